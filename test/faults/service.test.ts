// The whole service while its database is gone: every route goes on answering from memory, probes go on, and history is complete
// afterwards, also when the service itself is killed in between.

import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";
import { savedRows } from "../../src/history/journal.ts";
import { rowOfBytes } from "../../src/table/row-words.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";
import { type RunningService, runService } from "../service/process.ts";

const models = 4;
const boundMs = 60_000;
let provider: DemoProvider;
let server: PostgresServer;
let folder: string;
let running: RunningService[] = [];

beforeAll(async () => {
  provider = startDemoProvider({ latencyMs: 0 });
  folder = temporaryFolder("outage");
  server = await startPostgres();
}, 60_000);
afterAll(async () => {
  await server.stop();
  await provider.stop();
  removeFolder(folder);
});
afterEach(async () => {
  for (const { child } of running) {
    child.kill("SIGKILL");
    await child.exited;
  }
  running = [];
});

async function run(file: string): Promise<RunningService> {
  const list = Array.from(
    { length: models },
    (_, index) => `  - model_name: group
    litellm_params: {model: openai/model, api_base: "${provider.url}/ok-${index}/v1", api_key: sk-secret-${index}}
    model_info: {id: "id-${index}"}`,
  );
  const settings = `sqlite_file: "${join(folder, file)}", interval: 600, service_interval: 0.2, service_timeout: 0.5`;
  const service = await runService(`model_list:\n${list.join("\n")}\nfleetpulse: {${settings}}\n`, {
    env: { DATABASE_URL: server.url },
  });
  running.push(service);
  return service;
}

/** Asks every deployment once more. */
async function check(service: RunningService): Promise<void> {
  const before = provider.requests();
  await eventually("all were asked again", async () => {
    // An answer of the last second is shared, so that this may take a second time.
    const url = `${service.url}/health/check?fail_on=none`;
    expect((await fetch(url, { method: "POST", keepalive: false })).status).toBe(200);
    return provider.requests() >= before + models;
  });
}

async function waitingEntries(service: RunningService): Promise<number> {
  const { history } = (await (await service.get("/health/services")).json()) as {
    history: { waiting_entries: number };
  };
  return history.waiting_entries;
}

/** Outcomes that the process would find again: what came in the last second may not be saved. */
function onDisk(way: string): number {
  const rows = [...savedRows(join(folder, `${way}.sqlite`)).values()].map(rowOfBytes);
  const counts = rows.flatMap((row) => [...(row?.classCounts ?? [])]);
  return counts.reduce((sum, count) => sum + count, 0);
}

const isLost = async (service: RunningService) => (await service.health())["db"] === "disconnected";

async function total(service: RunningService): Promise<number> {
  const { total_records } = (await (await service.get("/health/history")).json()) as {
    total_records?: number;
  };
  return total_records ?? -1;
}

for (const [way, fail, mend] of [
  ["was killed", () => server.kill(), () => server.start()],
  ["hung", () => server.freeze(), () => server.thaw()],
] as const) {
  test(
    `history has every probe once after PostgreSQL ${way} and the service was killed meanwhile`,
    async () => {
      const asked = provider.requests();
      const [before] = await server
        .query("select count(*)::int as count from fleetpulse.outcome")
        .catch(() => [{ count: 0 }]);
      const first = await run(`${way}.sqlite`);
      const expected = () => Number(before?.["count"] ?? 0) + provider.requests() - asked;
      await eventually(
        "the first outcomes are in history",
        async () => (await total(first)) === expected(),
      );

      await fail();
      await eventually("the loss is told", () => isLost(first));
      await check(first);
      await eventually(
        "outcomes wait on disk",
        async () =>
          (await waitingEntries(first)) >= models && onDisk(way) === provider.requests() - asked,
      );
      for (const path of [
        "/health?fail_on=none",
        "/health/readiness",
        "/health/liveliness",
        "/metrics",
        "/health/latest",
      ])
        expect([path, (await first.get(path)).status]).toEqual([path, 200]);
      const one = (await (await first.get("/health/models/id-0")).json()) as Record<
        string,
        unknown
      >;
      expect(one).toMatchObject({ status: "healthy", history_error: expect.any(String) });

      first.child.kill("SIGKILL");
      await first.child.exited;
      const second = await run(`${way}.sqlite`);
      expect((await second.health()).healthy_count).toBe(models);
      await check(second);

      await mend();
      await eventually(
        "all that was probed is in history",
        async () => (await total(second)) === expected(),
      );
      await eventually("nothing waits", async () => (await waitingEntries(second)) === 0);
      expect(await total(second)).toBe(expected());
      expect(first.output() + second.output()).not.toContain(server.password);
    },
    boundMs,
  );
}
