import { describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { startServer } from "../../src/server/server.ts";
import { startContext } from "./context.ts";

const count = 3000;
const config = `model_list:\n${Array.from(
  { length: count },
  (_, index) =>
    `  - {model_name: group-${index % 7}, litellm_params: {model: openai/m-${index % 5}, api_base: "http://127.0.0.1:9/${index}", api_key: k}, model_info: {id: d-${index}}}\n`,
).join("")}`;

interface Health {
  readonly healthy_endpoints: readonly { model_id: string; status: string }[];
  readonly unhealthy_endpoints: readonly { model_id: string; status: string }[];
  readonly unknown_endpoints: readonly { model_id: string; status: string }[];
  readonly healthy_count: number;
  readonly unhealthy_count: number;
  readonly unknown_count: number;
}

const json = async (response: Response) => (await response.json()) as Health;
const listsOf = (body: Health) => [
  body.healthy_endpoints,
  body.unhealthy_endpoints,
  body.unknown_endpoints,
];

function started() {
  const server = startContext(config);
  server.say(0, "healthy");
  server.say(1, "unhealthy", "server_error", "boom");
  return server;
}

describe("an answer about thousands of deployments", () => {
  test("has every one of them once, in the order of the configuration, and counts them", async () => {
    const response = await started().get("/health");
    expect(response.status).toBe(200);
    const body = await json(response);
    expect(listsOf(body).map((list) => list.length)).toEqual([1, 1, count - 2]);
    expect(body).toMatchObject({ healthy_count: 1, unhealthy_count: 1, unknown_count: count - 2 });
    const unknown = Array.from({ length: count - 2 }, (_, index) => `d-${index + 2}`);
    expect(body.unknown_endpoints.map(({ model_id }) => model_id)).toEqual(unknown);
  });

  test("is the same whether one asks for it at once or in pages", async () => {
    const server = started();
    const whole = await json(await server.get("/health"));
    const paged: string[] = [];
    for (let cursor = ""; ; ) {
      const page = (await json(await server.get(`/health?limit=700${cursor}`))) as Health & {
        next_cursor?: string;
      };
      paged.push(...listsOf(page).flatMap((list) => list.map(({ model_id }) => model_id)));
      if (page.next_cursor === undefined) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    const all = listsOf(whole).flatMap((list) => list.map(({ model_id }) => model_id));
    expect(paged.sort()).toEqual(all.sort());
  });

  test("tells of no deployment twice, and of each in its list, while states change under it", async () => {
    const server = started();
    await (await server.get("/health")).text();
    const response = await server.get("/health");
    const reader = response.body?.getReader();
    const pieces = [(await reader?.read())?.value];
    // Between two chunks everything turns over.
    for (let slot = 0; slot < count; slot += 1) {
      server.say(slot, slot % 2 === 0 ? "unhealthy" : "healthy");
    }
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) break;
      pieces.push(next.value);
    }
    const body = JSON.parse(
      Buffer.concat(pieces.map((one) => one ?? new Uint8Array())).toString(),
    ) as Health;
    const ids = listsOf(body).flatMap((list) => list.map(({ model_id }) => model_id));
    expect(new Set(ids).size).toBe(count);
    expect(ids.length).toBe(count);
    expect([body.healthy_count, body.unhealthy_count, body.unknown_count]).toEqual(
      listsOf(body).map((list) => list.length),
    );
    const now = await json(await server.get("/health"));
    expect([now.healthy_count, now.unhealthy_count]).toEqual([count / 2, count / 2]);
    expect(now.healthy_endpoints.every(({ status }) => status === "healthy")).toBe(true);
  });

  test("is compressed for who wants that, and 304 for who has it", async () => {
    const listening = startServer(started().context, { hostname: "127.0.0.1", port: 0 });
    const url = new URL("health", listening.url);
    const zipped = await fetch(url, {
      headers: { "accept-encoding": "gzip, deflate, br" },
      decompress: false,
    } as RequestInit);
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    const body = JSON.parse(gunzipSync(await zipped.bytes()).toString()) as Health;
    expect(body.unknown_endpoints.length).toBe(count - 2);
    const etag = zipped.headers.get("etag") ?? "";
    expect((await fetch(url, { headers: { "if-none-match": etag } })).status).toBe(304);
    await listening.stop();
  });

  for (const path of ["/health/models", "/health/latest", "/health?provider=openai", "/metrics"]) {
    test(`is whole for ${path} too, and a client that goes away in the middle harms nobody`, async () => {
      const server = started();
      const listening = startServer(server.context, { hostname: "127.0.0.1", port: 0 });
      const url = new URL(path.slice(1), listening.url);
      const client = new AbortController();
      const cut = await fetch(url, { signal: client.signal });
      await cut.body?.getReader().read();
      client.abort();
      const text = await (await fetch(url)).text();
      if (path === "/metrics") {
        expect(text.match(/^fleetpulse_deployment_info\{/gm)?.length).toBe(count);
      } else {
        expect(() => JSON.parse(text)).not.toThrow();
      }
      expect(server.state.faults).toEqual([]);
      await listening.stop();
    });
  }
});
