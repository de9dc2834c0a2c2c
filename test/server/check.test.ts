import { describe, expect, test } from "bun:test";
import { startServer } from "../../src/server/server.ts";
import { eventually } from "../servers/process.ts";
import { startContext, threeModels } from "./context.ts";

const withUnprobeable = threeModels.replace(
  "router_settings:",
  `  - model_name: pictures
    litellm_params: {model: bytez/dall-e, api_key: sk-very-secret-4}
    model_info: {id: d, mode: image_generation}
router_settings:`,
);

type Server = ReturnType<typeof startContext>;

/** Answers every slot that is asked, as the prober threads would. */
async function answered(server: Server, check: Promise<Response>): Promise<Response> {
  let done = false;
  void check.then(() => {
    done = true;
  });
  let seen = 0;
  await eventually("the check answers", () => {
    for (const slots of server.state.asked.slice(seen)) {
      for (const slot of slots) server.say(slot, slot === 1 ? "unhealthy" : "healthy");
    }
    seen = server.state.asked.length;
    return done;
  });
  return await check;
}

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;
const post = (server: Server, path: string, body?: unknown) =>
  Promise.resolve(server.post(path, body));

describe("POST /health/check", () => {
  test("has every deployment asked and answers like GET /health when all have answered", async () => {
    const server = startContext(withUnprobeable);
    const response = await answered(server, post(server, "/health/check"));
    expect(response.status).toBe(200);
    expect(server.state.asked).toEqual([[0, 1, 2]]);
    const body = await json(response);
    expect(body).toMatchObject({ checked: 3, pending: 0, skipped: 1 });
    const health = await json(await server.get("/health"));
    for (const key of ["healthy_endpoints", "unhealthy_endpoints", "unknown_count", "db"]) {
      expect(body[key]).toEqual(health[key]);
    }
    expect(JSON.stringify(body)).not.toContain("very-secret");
  });

  for (const path of ["/health", "/health/models", "/health/latest"]) {
    test(`shows in GET ${path} what came of it, though the same was rendered a moment before`, async () => {
      const server = startContext(threeModels);
      const before = await (await server.get(path)).text();
      const again = await (await server.get(path)).text();
      expect(again).toBe(before);
      await answered(server, post(server, "/health/check"));
      // No time has passed: what was rendered before would still do for anybody else.
      server.advance(-3000);
      expect(await (await server.get(path)).text()).not.toBe(before);
    });
  }

  const selections: [title: string, path: string, body: unknown, asked: number[]][] = [
    ["model", "/health/check?model=gpt", undefined, [0, 1]],
    ["alias of a model", "/health/check?model=gpt-alias", undefined, [0, 1]],
    ["model_id", "/health/check?model_id=b", undefined, [1]],
    ["provider", "/health/check?provider=anthropic", undefined, [2]],
    ["model in the body", "/health/check", { model: "gpt" }, [0, 1]],
    ["model_id in the body", "/health/check", { model_id: "c/1" }, [2]],
    ["query string before the body", "/health/check?model=claude", { model: "gpt" }, [2]],
  ];
  for (const [title, path, body, asked] of selections) {
    test(`asks only what is chosen by ${title}`, async () => {
      const server = startContext(threeModels);
      const response = await answered(server, post(server, path, body));
      expect(server.state.asked).toEqual([asked]);
      expect(await json(response)).toMatchObject({ checked: asked.length, pending: 0 });
    });
  }

  test("answers 503 when nothing of what was chosen is healthy, unless fail_on says otherwise", async () => {
    const server = startContext(threeModels);
    const path = "/health/check?model_id=b";
    expect((await answered(server, post(server, path))).status).toBe(503);
    expect((await answered(server, post(server, `${path}&fail_on=none`))).status).toBe(200);
    expect((await answered(server, post(server, "/health/check?fail_on=any"))).status).toBe(503);
  });

  test("answers at its deadline with what is pending", async () => {
    const server = startContext(threeModels);
    const response = await server.post("/health/check?model=gpt&timeout=0.02&fail_on=none");
    expect(await json(response)).toMatchObject({ checked: 0, pending: 2, skipped: 0 });
  });

  test("answers 202 at once with wait=false, and the probes run", async () => {
    const server = startContext(threeModels);
    const response = await server.post("/health/check", { wait: false });
    expect(response.status).toBe(202);
    expect(await json(response)).toMatchObject({ checked: 0, pending: 3 });
    expect(server.state.asked).toEqual([[0, 1, 2]]);
    server.checks.end();
  });

  test("asks for nothing that cannot be probed, and answers at once", async () => {
    const server = startContext(withUnprobeable);
    const response = await server.post("/health/check?model=pictures&fail_on=none");
    expect(await json(response)).toMatchObject({ checked: 0, pending: 0, skipped: 1 });
    expect(server.state.asked).toEqual([]);
  });

  const refused: [title: string, path: string, body: unknown, status: number, says: RegExp][] = [
    ["a model that nobody serves", "/health/check?model=nope", undefined, 404, /no deployment/],
    ["a misspelled parameter", "/health/check?modle=gpt", undefined, 400, /no parameter "modle"/],
    ["a misspelled field", "/health/check", { modle: "gpt" }, 400, /field modle/],
    ["a wrong type", "/health/check", { wait: "maybe" }, 400, /field wait/],
    ["a body that is no object", "/health/check", [], 400, /the body/],
    ["a body that is no JSON", "/health/check", '{"model', 400, /not JSON/],
    ["a wrong number", "/health/check?timeout=1000", undefined, 400, /120/],
    ["a wrong word", "/health/check?wait=2", undefined, 400, /wait is not true or false/],
  ];
  for (const [title, path, body, status, says] of refused) {
    test(`refuses ${title} with ${status}, and asks nobody`, async () => {
      const server = startContext(threeModels);
      const response = await server.post(path, body);
      expect(response.status).toBe(status);
      expect(JSON.stringify(await response.json())).toMatch(
        new RegExp(says.source.replaceAll('"', '\\\\*"')),
      );
      expect(server.state.asked).toEqual([]);
    });
  }

  test("refuses a body without the type of JSON, and a page of another site", async () => {
    const server = startContext(threeModels);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await server.post("/health/check", '{"model":"gpt"}', form)).status).toBe(400);
    const foreign = await server.post("/health/check", undefined, {
      "sec-fetch-site": "cross-site",
    });
    expect(foreign.status).toBe(403);
    expect(server.state.asked).toEqual([]);
  });

  test("answers 429 with Retry-After beyond the rate, and 503 when the service stops", async () => {
    const server = startContext(threeModels, { checkRatePerMinute: 6 });
    // The bucket holds 6, and nothing is refilled: the clock stands still.
    for (let count = 0; count < 2; count += 1) {
      await server.post("/health/check?timeout=0");
      server.checks.end();
    }
    const limited = await server.post("/health/check?timeout=0");
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get("retry-after"))).toBe(30);
    expect(await limited.json()).toMatchObject({ error: { code: "429" } });
    server.checks.close();
    expect((await server.post("/health/check")).status).toBe(503);
  });

  test("does not answer before the configuration is loaded", async () => {
    const server = startContext(threeModels);
    server.state.configured = false;
    expect((await server.post("/health/check")).status).toBe(503);
  });

  test("waits no longer for a client that has gone", async () => {
    const server = startContext(threeModels);
    const listening = startServer(server.context, { hostname: "127.0.0.1", port: 0 });
    const client = new AbortController();
    const request = fetch(new URL("health/check", listening.url), {
      method: "POST",
      signal: client.signal,
    });
    const { checks } = server;
    await eventually("it waits", () => checks.waiting() === 1);
    client.abort();
    await request.catch(() => undefined);
    await eventually("it waits no more", () => checks.waiting() === 0);
    await listening.stop();
  });
});

describe("GET /health/backlog", () => {
  test("counts requests, probes and checks, by thread", async () => {
    const server = startContext(threeModels);
    const check = post(server, "/health/check?timeout=5");
    await eventually("it waits", () => server.checks.waiting() === 1);
    const response = await server.get("/health/backlog");
    expect(await json(response)).toEqual({
      in_flight_requests: 2,
      probes_in_flight: 0,
      probes_queued: 0,
      checks_waiting: 1,
      threads: [{ thread: 0, alive: true, deployments: 0, scheduled: 0, in_flight: 0, queued: 0 }],
    });
    server.checks.end();
    await check;
    expect(await json(await server.get("/health/backlog"))).toMatchObject({
      in_flight_requests: 1,
    });
  });
});
