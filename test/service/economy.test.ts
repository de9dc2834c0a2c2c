// What a running service asks of a provider, counted there: the free question in between, and nothing twice after a restart.

import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";
import { type RunningService, runService } from "./process.ts";

let folder: string;
let free = 0;
let paid = 0;
let served = "one-2026-01-01";
let running: RunningService[] = [];
const limits = { "x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "77" };
const provider = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request) {
    if (request.method === "GET") {
      free += 1;
      return Response.json({ object: "list", data: [{ id: "one" }], id: "one" });
    }
    paid += 1;
    return Response.json(
      {
        id: "1",
        model: served,
        choices: [{ index: 0, message: { role: "assistant", content: "" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
      },
      { headers: limits },
    );
  },
});

beforeAll(() => {
  folder = temporaryFolder("economy");
});
afterAll(async () => {
  await provider.stop(true);
  removeFolder(folder);
});
afterEach(async () => {
  for (const { child } of running) {
    child.kill("SIGKILL");
    await child.exited;
  }
  running = [];
  free = 0;
  paid = 0;
  served = "one-2026-01-01";
});

async function run(file: string, own: string, info = ""): Promise<RunningService> {
  const service = await runService(`
model_list:
  - model_name: one
    litellm_params: {model: openai_like/one, api_base: "http://127.0.0.1:${provider.port}/v1"}
    model_info: {id: one, ${info}}
fleetpulse: {sqlite_file: "${join(folder, file)}", interval: 0.2, ${own}}
`);
  running.push(service);
  return service;
}

const entryOf = async (service: RunningService) =>
  (await (await service.get("/health/models/one")).json()) as Record<string, unknown>;

test("a deployment is paid for once and asked for free from then on, after kill -9 too", async () => {
  const first = await run("auto.sqlite", "paid_interval: 600");
  await eventually("it was asked for free some times", () => free >= 3);
  expect(paid).toBe(1);
  await eventually(
    "its status is saved",
    async () => ((await entryOf(first))["history"] as { checks: number }).checks > 3,
  );
  await eventually("it is in history", async () => {
    const page = (await (await first.get("/health/history")).json()) as { total_records: number };
    return page.total_records > 3;
  });
  first.child.kill("SIGKILL");
  await first.child.exited;
  const before = free;

  const second = await run("auto.sqlite", "paid_interval: 600");
  await eventually("it was asked again", () => free > before + 2);
  expect(paid).toBe(1);
  expect(await entryOf(second)).toMatchObject({
    probe: "metadata",
    "x-ratelimit-remaining-requests": "77",
  });
}, 60_000);

test("a budget of the day is counted on by the next process", async () => {
  const own = "probe: completion, deployment_budget_tokens_per_day: 45";
  const first = await run("budget.sqlite", own);
  // 10 are spent by each, 24 are set aside: the third is the last.
  await eventually("the budget is spent", () => free >= 1);
  expect(paid).toBe(3);
  await eventually("it is in history", async () => {
    const page = (await (await first.get("/health/history")).json()) as { total_records: number };
    return page.total_records >= 4;
  });
  expect(await entryOf(first)).toMatchObject({
    probe_budget: "spent",
    budget: { tokens_today: 30 },
  });
  first.child.kill("SIGKILL");
  await first.child.exited;
  const before = free;

  await run("budget.sqlite", own);
  await eventually("it was asked again", () => free > before + 1);
  expect(paid).toBe(3);
}, 60_000);

test("POST /health/check asks the paid question, or the free one when that is named", async () => {
  const service = await run("check.sqlite", "paid_interval: 600");
  await eventually("it was asked for free", () => free >= 1);
  const check = async (query: string) =>
    (await fetch(`${service.url}/health/check${query}`, { method: "POST" })).json();
  expect(await check("")).toMatchObject({
    checked: 1,
    healthy_endpoints: [{ probe: "completion" }],
  });
  expect(paid).toBeGreaterThanOrEqual(2);
  const before = paid;
  expect(await check("?rung=metadata")).toMatchObject({ checked: 1 });
  expect(paid).toBe(before);
}, 60_000);

test("a model that was exchanged behind its name is an event of the history", async () => {
  const service = await run("model.sqlite", "probe: completion");
  const transitions = async (): Promise<Record<string, unknown>[]> => {
    const answer = await service.get("/health/history?kind=transitions");
    const page = (await answer.json()) as { transitions?: Record<string, unknown>[] };
    // Until history is there, the answer says that it is not.
    return page.transitions ?? [];
  };
  await eventually("the first answer is in history", async () => (await transitions()).length > 0);
  served = "two-2026-02-02";
  await eventually("the change is in history", async () => (await transitions()).length > 1);
  expect((await transitions()).map(({ event, from, to }) => [event, from, to])).toEqual([
    ["model_changed", "healthy", "healthy"],
    ["state_changed", "unknown", "healthy"],
  ]);
  expect(await entryOf(service)).toMatchObject({ served_model: "two-2026-02-02" });
}, 60_000);
