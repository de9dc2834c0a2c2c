// What outlives a process: statuses and history, after an orderly end and after kill -9.

import { Database } from "bun:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";
import { savedRows } from "../../src/history/journal.ts";
import { rowOfBytes } from "../../src/table/row-words.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";
import { type RunningService, runService } from "./process.ts";

let provider: DemoProvider;
let folder: string;
let running: RunningService[] = [];

beforeAll(() => {
  provider = startDemoProvider({ latencyMs: 0 });
  folder = temporaryFolder("restart");
});
afterAll(async () => {
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

async function run(config: string, env: Record<string, string> = {}): Promise<RunningService> {
  const service = await runService(config, { env });
  running.push(service);
  return service;
}

const behaviours = ["ok", "auth", "ok", "ratelimit"];

function config(file: string, more = "", url = provider.url): string {
  const models = behaviours.map(
    (behaviour, index) => `  - model_name: group-${index}
    litellm_params: {model: openai/model-${index}, api_base: "${url}/${behaviour}-${index}/v1", api_key: sk-secret-${index}}
    model_info: {id: "id-${index}"}`,
  );
  return `model_list:\n${models.join("\n")}\nfleetpulse: {sqlite_file: "${file}", probe: completion, interval: 600, unhealthy_interval: 600, service_interval: 0.2, service_timeout: 1${more}}\n`;
}

interface Page {
  readonly total_records: number;
  readonly health_checks: readonly { model_id: string; outcome: string; checked_at: string }[];
}

const history = async (service: RunningService) =>
  (await (await service.get("/health/history")).json()) as Page;

/** Entries by id, without what says where they come from. */
async function statuses(service: RunningService) {
  const { healthy_endpoints, unhealthy_endpoints } = await service.health();
  return [...healthy_endpoints, ...unhealthy_endpoints]
    .map(({ source: _source, ...entry }) => entry)
    .sort((a, b) => String(a["model_id"]).localeCompare(String(b["model_id"])));
}

const sources = async (service: RunningService) => {
  const { healthy_endpoints, unhealthy_endpoints } = await service.health();
  return new Set([...healthy_endpoints, ...unhealthy_endpoints].map((entry) => entry["source"]));
};

async function recorded(service: RunningService): Promise<Page> {
  let page: Page | null = null;
  await eventually("every outcome is in history", async () => {
    page = await history(service);
    return page.total_records === behaviours.length;
  });
  if (page === null) throw new Error("no page");
  return page;
}

/** Answers nobody before it is told to. */
function startPatient() {
  let waiting = 0;
  const told = Promise.withResolvers<void>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 255,
    async fetch() {
      waiting += 1;
      await told.promise;
      return Response.json({ choices: [{ message: { content: "pong" } }] });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    waiting: () => waiting,
    answer: () => told.resolve(),
    stop: () => server.stop(true),
  };
}

function outcomesIn(file: string): number {
  const database = new Database(file, { readonly: true });
  const found = database
    .query<{ count: number }, []>("select count(*) as count from outcome")
    .get();
  database.close();
  return found?.count ?? 0;
}

/** By the rows that a restart begins with. */
function checksCountedIn(file: string): number {
  return [...savedRows(file).values()]
    .flatMap((bytes) => [...(rowOfBytes(bytes)?.classCounts ?? [])])
    .reduce((sum, one) => sum + one, 0);
}

describe("a restart", () => {
  test("after kill -9 begins with every status as it was, and asks nobody before they are due", async () => {
    const file = join(folder, "killed.sqlite");
    const first = await run(config(file));
    const before = await recorded(first);
    const known = await statuses(first);
    first.child.kill("SIGKILL");
    await first.child.exited;
    const asked = provider.requests();

    const second = await run(config(file));
    expect(await statuses(second)).toEqual(known);
    expect(await sources(second)).toEqual(new Set(["restored"]));
    await eventually("it is ready", async () => (await second.get("/health/readiness")).ok);
    expect(await history(second)).toEqual(before);
    expect(provider.requests()).toBe(asked);
  });

  test("after SIGTERM has every outcome in history, also of those that were being asked", async () => {
    const file = join(folder, "ended.sqlite");
    const upstream = startPatient();
    const first = await run(config(file, "", upstream.url));
    await eventually("all are being asked", () => upstream.waiting() === behaviours.length);
    first.child.kill("SIGTERM");
    await eventually("it is stopping", async () => !(await first.get("/health/liveliness")).ok);
    upstream.answer();
    expect(await first.child.exited).toBe(0);
    expect(outcomesIn(file)).toBe(behaviours.length);
    expect(checksCountedIn(file)).toBe(behaviours.length);
    await upstream.stop();
  });

  test("after SIGTERM has counted every outcome of those that are asked all the time", async () => {
    const file = join(folder, "often.sqlite");
    const asked = provider.requests();
    const first = await run(config(file).replaceAll("interval: 600", "interval: 0.5"));
    await eventually("some were asked again", () => provider.requests() > asked + 20);
    first.child.kill("SIGTERM");
    expect(await first.child.exited).toBe(0);
    expect(checksCountedIn(file)).toBe(provider.requests() - asked);
  });

  test("after SIGTERM with no time to stop has every outcome in history too", async () => {
    const file = join(folder, "at-once.sqlite");
    const asked = provider.requests();
    const first = await run(config(file), { GRACEFUL_SHUTDOWN_TIMEOUT: "0" });
    await eventually("all are known", async () => (await first.health()).unknown_count === 0);
    first.child.kill("SIGTERM");
    expect(await first.child.exited).toBe(0);
    expect(outcomesIn(file)).toBe(provider.requests() - asked);
  });

  test("begins its metrics at zero: what an earlier process counted is not counted again", async () => {
    const file = join(folder, "metrics.sqlite");
    const first = await run(config(file));
    await recorded(first);
    first.child.kill("SIGTERM");
    await first.child.exited;

    const second = await run(config(file));
    const text = await (await second.get("/metrics")).text();
    const counts = [...text.matchAll(/^fleetpulse_probes_total\{.*\} (\d+)$/gm)].map(([, n]) => n);
    expect(counts.filter((count) => count !== "0")).toEqual([]);
    expect(text).toMatch(/^fleetpulse_deployment_up\{model_id="id-1".*\} 0$/m);
  });

  test("without history begins with nothing known", async () => {
    const file = join(folder, "none.sqlite");
    const first = await run(config(file, ", history: false"));
    await eventually("all are known", async () => (await first.health()).unknown_count === 0);
    expect((await first.get("/health/history")).status).toBe(404);
    first.child.kill("SIGKILL");
    await first.child.exited;
    const asked = provider.requests();
    const second = await run(config(file, ", history: false"));
    await eventually("all are known", async () => (await second.health()).unknown_count === 0);
    expect(provider.requests()).toBe(asked + behaviours.length);
    expect(await sources(second)).toEqual(new Set(["probe"]));
  });
});

describe("a restart on a new disk", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  test("begins with the statuses that PostgreSQL has", async () => {
    const env = { DATABASE_URL: server.url };
    const first = await run(config(join(folder, "old-disk.sqlite")), env);
    await recorded(first);
    const known = await statuses(first);
    first.child.kill("SIGTERM");
    expect(await first.child.exited).toBe(0);
    const asked = provider.requests();

    const second = await run(config(join(folder, "new-disk.sqlite")), env);
    expect(await statuses(second)).toEqual(known);
    expect(await sources(second)).toEqual(new Set(["restored"]));
    expect(provider.requests()).toBe(asked);
  });

  test("does not write down again what another disk has accounted for", async () => {
    const counts = async () => {
      const tables = ["outcome", "transition", "rollup_minute", "rollup_hour"];
      const all = tables.map((table) =>
        server.query(`select count(*)::int as count from fleetpulse.${table}`),
      );
      return (await Promise.all(all)).map(([row]) => row?.["count"]);
    };
    await server.query("drop schema if exists fleetpulse cascade");
    const env = { DATABASE_URL: server.url };
    const first = await run(config(join(folder, "first-disk.sqlite")), env);
    await recorded(first);
    first.child.kill("SIGTERM");
    expect(await first.child.exited).toBe(0);
    const [outcomes, transitions] = await counts();
    const before = provider.requests();

    const second = await run(config(join(folder, "second-disk.sqlite")), env);
    // An answer of the last second is shared: then the check asks nobody.
    await eventually("the one that was asked is in history", async () => {
      const asked = `${second.url}/health/check?model_id=id-0&fail_on=none`;
      if (provider.requests() === before) await fetch(asked, { method: "POST", keepalive: false });
      return (await counts())[0] === Number(outcomes) + 1;
    });
    second.child.kill("SIGTERM");
    expect(await second.child.exited).toBe(0);
    const [later, changes] = await counts();
    expect([later, changes]).toEqual([Number(outcomes) + 1, transitions]);
    const [sums] = await server.query(
      "select sum(checks)::int as checks from (select checks from fleetpulse.rollup_minute) x",
    );
    expect(Number(sums?.["checks"] ?? 0)).toBeLessThanOrEqual(Number(later));
  });
});
