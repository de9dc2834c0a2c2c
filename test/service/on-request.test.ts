import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";
import { eventually } from "../servers/process.ts";
import { type RunningService, runService } from "./process.ts";

let provider: DemoProvider;
let running: RunningService[] = [];

beforeAll(() => {
  provider = startDemoProvider({ latencyMs: 0 });
});
afterAll(() => provider.stop());
afterEach(async () => {
  for (const { child } of running) {
    child.kill("SIGKILL");
    await child.exited;
  }
  running = [];
});

/** A service that asks nothing by itself. */
async function run(behaviours: readonly string[], general = "{}", own = "") {
  const models = behaviours.map(
    (behaviour, index) => `  - model_name: group-${index}
    litellm_params:
      model: openai/model-${index}
      api_base: ${provider.url}/${behaviour}-${index}/v1
      api_key: sk-secret-of-${index}
    model_info: {id: "id-${index}"}`,
  );
  const service = await runService(
    `model_list:\n${models.join("\n")}
credential_list:
  - {credential_name: team, credential_values: {api_key: sk-secret-of-team, api_base: "${provider.url}/ok-9/v1"}}
  - {credential_name: echoed, credential_values: {api_key: sk-secret-of-team, api_base: "${provider.url}/auth-9/v1"}}
general_settings: ${general}
fleetpulse: {interval: 0, timeout: 2, ${own}}\n`,
    { env: { OPENAI_API_KEY: "sk-secret-of-environment" } },
  );
  running.push(service);
  const post = async (path: string, body?: object) => {
    const response = await fetch(`${service.url}${path}`, {
      method: "POST",
      keepalive: false,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) as Record<string, unknown> };
  };
  await eventually(
    "it is ready",
    async () => (await service.get("/health/readiness")).status === 200,
  );
  return { service, post };
}

/** A check waits for a probe that hangs. */
async function isWaiting(service: RunningService): Promise<boolean> {
  const backlog = (await (await service.get("/health/backlog")).json()) as Record<string, number>;
  return backlog["checks_waiting"] === 1 && backlog["probes_in_flight"] === 1;
}

test("a check tells at once of every deployment what an interval would have told later", async () => {
  const { service, post } = await run(["ok", "auth", "ok"]);
  expect((await service.health()).unknown_count).toBe(3);
  const { status, body } = await post("/health/check");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    healthy_count: 2,
    unhealthy_count: 1,
    checked: 3,
    pending: 0,
    skipped: 0,
  });
  expect((await service.health()).healthy_count).toBe(2);
}, 60_000);

test("a check that waits for a hanging deployment holds up nobody, and ends with its verdict", async () => {
  const { service, post } = await run(["hang", "ok"]);
  const check = post("/health/check?fail_on=none");
  await eventually("its probe is in flight", () => isWaiting(service));
  expect((await post("/health/check?model_id=id-1")).body).toMatchObject({ healthy_count: 1 });
  expect((await check).body).toMatchObject({ checked: 2, pending: 0, unhealthy_count: 1 });
}, 60_000);

test("a test of a connection uses named credentials and no other secret of ours", async () => {
  const { service, post } = await run([]);
  const path = "/health/test_connection";
  const model = "openai/m";
  const api_base = `${provider.url}/ok-9/v1`;
  const named = await post(path, { litellm_params: { model, litellm_credential_name: "team" } });
  expect(named.body).toMatchObject({ status: "success", result: { http_status: 200 } });
  const echoed = await post(path, {
    litellm_params: { model, litellm_credential_name: "echoed" },
  });
  expect(echoed.body).toMatchObject({ status: "error", result: { error_type: "auth" } });
  const before = provider.requests();
  const bare = await post(path, { litellm_params: { model, api_base } });
  expect(bare.body).toMatchObject({
    status: "error",
    result: { error: expect.stringContaining("no key") },
  });
  const elsewhere = await post(path, {
    litellm_params: {
      ...{ model, litellm_credential_name: "team" },
      api_base: `${provider.url}/ok-8/v1`,
    },
  });
  expect(elsewhere.status).toBe(400);
  expect(provider.requests()).toBe(before);
  expect(
    [named.text, echoed.text, bare.text, elsewhere.text, service.output()].join(),
  ).not.toContain("secret-of");
}, 60_000);

test("draining lets what is under way end, takes the process out of service, and says the same again", async () => {
  const { service, post } = await run(
    ["hang", "ok"],
    "{enable_drain_endpoint: true, drain_endpoint_token: let-me}",
  );
  const check = post("/health/check?fail_on=none");
  await eventually("its probe is in flight", () => isWaiting(service));
  expect((await service.get("/health/drain")).status).toBe(401);
  const drain = async () => {
    const headers = { "x-drain-token": "let-me" };
    const response = await fetch(`${service.url}/health/drain`, { headers, keepalive: false });
    return (await response.json()) as object;
  };
  const drained = await drain();
  expect(drained).toEqual({ status: "drained", drained_requests: 1 });
  expect((await check).body).toMatchObject({ checked: 2, pending: 0 });
  expect((await service.get("/health/liveliness")).status).toBe(503);
  expect((await service.get("/health/readiness")).status).toBe(503);
  expect((await post("/health/check")).status).toBe(503);
  expect(
    (await post("/health/test_connection", { litellm_params: { model: "openai/x" } })).status,
  ).toBe(503);
  expect(await drain()).toEqual(drained);
  service.child.kill("SIGTERM");
  expect(await service.child.exited).toBe(0);
}, 60_000);

test("a service that stops answers the checks that wait", async () => {
  const { service, post } = await run(["hang"], "{}", "shutdown_timeout: 1");
  const check = post("/health/check?fail_on=none");
  await eventually("its probe is in flight", () => isWaiting(service));
  service.child.kill("SIGTERM");
  expect((await check).body).toMatchObject({ pending: 1, checked: 0 });
  expect(await service.child.exited).toBe(0);
}, 60_000);
