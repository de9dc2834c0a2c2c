// What a LiteLLM proxy's callback sends to the service as it runs, and what a scrape shows of it.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";
import { eventually } from "../servers/process.ts";
import { failure, payload } from "../traffic/payloads.ts";
import { type RunningService, runService } from "./process.ts";

let provider: DemoProvider;
let running: RunningService | null = null;

beforeAll(() => {
  // Slow enough for history to see what traffic said before a probe looks into it.
  provider = startDemoProvider({ latencyMs: 800 });
});
afterAll(() => provider.stop());
afterEach(async () => {
  running?.child.kill("SIGKILL");
  await running?.child.exited;
  running = null;
});

function config(ids: readonly string[], settings = ""): string {
  const models = ids.map(
    (id, index) => `  - model_name: gpt
    litellm_params: {model: openai/m, api_base: "${provider.url}/ok-${index}/v1", api_key: sk-x}
    model_info: {id: ${id}}`,
  );
  return `model_list:\n${models.join("\n")}\nfleetpulse: {interval: 600, callback_key: sk-callback-key, ${settings}}\n`;
}

async function started(ids: readonly string[], settings = ""): Promise<RunningService> {
  running = await runService(config(ids, settings));
  return running;
}

async function send(
  { url }: RunningService,
  body: string | Buffer,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${url}/callbacks/litellm`, {
    method: "POST",
    headers: {
      authorization: "Bearer sk-callback-key",
      "content-type": "application/json",
      ...headers,
    },
    body: typeof body === "string" ? body : new Blob([new Uint8Array(body)]),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function metrics(service: RunningService): Promise<Map<string, number>> {
  const text = await (await service.get("/metrics")).text();
  return new Map(
    text.split("\n").flatMap((line) => {
      const found = /^(fleetpulse_traffic_\S+(?:\{.*\})?) (\S+)$/.exec(line);
      return found === null ? [] : [[found[1] ?? "", Number(found[2])] as const];
    }),
  );
}

const of = (id: string, more = "") =>
  `{model_name="gpt",model_id="${id}",provider="openai"${more}}`;

describe("what the proxy's callback reports", () => {
  test("is counted however it is sent, and a bad entry costs itself only", async () => {
    const service = await started(["a", "b"]);
    const lines = [payload("4"), payload("5", { stream: false })].map((one) => JSON.stringify(one));
    const bodies = [
      await send(service, JSON.stringify([payload("1"), { id: 7 }, null, payload("2")])),
      await send(service, JSON.stringify(payload("3"))),
      await send(service, gzipSync(lines.join("\n")), { "content-encoding": "gzip" }),
      await send(service, JSON.stringify([failure("6", "RateLimitError", "429"), payload("1")])),
    ];
    expect(bodies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(bodies.map(({ body }) => body["accepted"])).toEqual([2, 1, 2, 2]);
    expect(bodies[0]?.body["rejected"]).toEqual([
      { index: 1, error: expect.stringContaining("required") },
      { index: 2, error: expect.stringContaining("not a standard logging payload") },
    ]);
    const seen = await metrics(service);
    expect(seen.get(`fleetpulse_traffic_requests_total${of("a", ',class="ok"')}`)).toBe(5);
    expect(seen.get(`fleetpulse_traffic_requests_total${of("a", ',class="rate_limited"')}`)).toBe(
      1,
    );
    expect(seen.get(`fleetpulse_traffic_request_duration_seconds_count${of("a")}`)).toBe(5);
    expect(seen.get(`fleetpulse_traffic_first_token_seconds_count${of("a")}`)).toBe(4);
    expect(seen.get(`fleetpulse_traffic_tokens_total${of("a", ',kind="completion"')}`)).toBe(100);
    expect(seen.get(`fleetpulse_traffic_cost_usd_total${of("a")}`)).toBeCloseTo(0.0625);
    const entries = (result: string) =>
      seen.get(`fleetpulse_traffic_entries_total{source="callback",result="${result}"}`);
    expect(["counted", "duplicate", "rejected"].map(entries)).toEqual([6, 1, 2]);
  }, 60_000);

  test("moves the status of a deployment, and says that it comes from traffic", async () => {
    const service = await started(["a", "b"], "confirm_interval: 1");
    await eventually("both are asked", async () => (await service.health()).unknown_count === 0);
    const entry = async () => {
      const { healthy_endpoints, unhealthy_endpoints } = await service.health();
      return [...healthy_endpoints, ...unhealthy_endpoints].find(
        ({ model_id }) => model_id === "a",
      );
    };
    expect(await entry()).toMatchObject({ status: "healthy", source: "probe" });
    const now = () => ({ startTime: Date.now() / 1000 - 0.2, endTime: Date.now() / 1000 });
    await send(service, JSON.stringify(payload("fine", now())));
    await eventually(
      "its status is traffic's",
      async () => (await entry())?.["source"] === "passive",
    );
    expect(await entry()).toMatchObject({ status: "healthy", error: null });
    const failures = Array.from({ length: 5 }, (_, index) =>
      failure(`bad-${index}`, "InternalServerError", "500", now()),
    );
    await send(service, JSON.stringify(failures));
    // Traffic made it unhealthy, which had it asked at once: the probe found that it answers.
    await eventually("it was down and is up again", async () => {
      const one = (await (await service.get("/health/models/a")).json()) as {
        history: { transitions: number; checks: number };
        source: string;
      };
      return one.history.transitions === 3 && one.history.checks > 1 && one.source === "probe";
    });
    await eventually("history tells why", async () => {
      const text = await (await service.get("/health/history?kind=transitions&model_id=a")).text();
      return text.includes("5 requests in a row failed, as the proxy reports");
    });
  }, 60_000);

  test("shows no prompt, no answer and no hash of a key anywhere", async () => {
    const service = await started(["a"], "traffic_team_labels: true, traffic_key_labels: true");
    await send(service, JSON.stringify([payload("1"), { ...payload("2"), status: "weather" }]));
    const text = await (await service.get("/metrics")).text();
    expect(text).toContain('team="Payments",key_alias="billing-service"');
    expect(text + service.output()).not.toMatch(/weather|rains|5f0c3e|203\.0\.113/);
  }, 60_000);

  test("of a deployment that left the configuration is shown no longer, and the rest goes on", async () => {
    const service = await started(["a", "b"]);
    await send(service, JSON.stringify([payload("1"), payload("2", { model_id: "b" })]));
    const total = (id: string) => `fleetpulse_traffic_requests_total${of(id, ',class="ok"')}`;
    expect((await metrics(service)).get(total("b"))).toBe(1);
    service.configure(config(["a"]));
    await eventually("b is shown no longer", async () => {
      const seen = await metrics(service);
      return !seen.has(total("b")) && seen.get(total("a")) === 1;
    });
    await send(service, JSON.stringify([payload("3"), payload("4", { model_id: "b" })]));
    const seen = await metrics(service);
    expect(seen.get(total("a"))).toBe(2);
    const unknown = '{model_name="gpt",model_id="unknown",provider="openai",class="ok"}';
    expect(seen.get(`fleetpulse_traffic_requests_total${unknown}`)).toBe(1);
  }, 60_000);

  test("is OpenMetrics for a scraper that asks for it", async () => {
    const service = await started(["a"]);
    await send(service, JSON.stringify(payload("1")));
    const response = await fetch(`${service.url}/metrics`, {
      headers: { accept: "application/openmetrics-text; version=1.0.0" },
    });
    const text = await response.text();
    expect(text).toContain("# TYPE fleetpulse_traffic_requests counter\n");
    expect(text).toContain(`fleetpulse_traffic_requests_total${of("a", ',class="ok"')} 1\n`);
    expect(text.trimEnd().endsWith("# EOF")).toBe(true);
  }, 60_000);

  test("is refused when its body unpacks to more than the bound", async () => {
    const service = await started(["a"], "callback_bytes_max: 100000");
    const bomb = gzipSync(Buffer.alloc(10_000_000, " "));
    const { status, body } = await send(service, bomb, { "content-encoding": "gzip" });
    expect(status).toBe(413);
    expect(body).toMatchObject({ error: { type: "request_too_large" } });
    expect((await send(service, JSON.stringify(payload("1")))).status).toBe(200);
  }, 60_000);
});
