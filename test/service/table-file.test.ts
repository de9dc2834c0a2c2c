// The table in a file, as an operator has it: after kill -9, with a changed configuration, and beside history.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";
import { openTableFile } from "../../src/table/file-reader.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";
import { type RunningService, runService } from "./process.ts";

let provider: DemoProvider;
let folder: string;
let file: string;
let count = 0;
let running: RunningService[] = [];

beforeAll(() => {
  provider = startDemoProvider({ latencyMs: 0 });
  folder = temporaryFolder("table-file");
});
afterAll(async () => {
  await provider.stop();
  removeFolder(folder);
});
beforeEach(() => {
  count += 1;
  file = join(folder, `${count}.table`);
});
afterEach(async () => {
  for (const service of running) await kill(service);
  running = [];
});

async function run(config: string): Promise<RunningService> {
  const service = await runService(config);
  running.push(service);
  return service;
}

async function kill({ child }: RunningService): Promise<void> {
  child.kill("SIGKILL");
  await child.exited;
}

function config(ids: readonly string[], more = "history: false"): string {
  const models = ids.map(
    (id) => `  - model_name: group
    litellm_params: {model: openai/m, api_base: "${provider.url}/${id}/v1", api_key: "sk-secret-${id}"}
    model_info: {id: "${id}"}`,
  );
  return `model_list:\n${models.join("\n")}\nfleetpulse: {table_file: "${file}", interval: 600, unhealthy_interval: 600, threads: 2, ${more}}\n`;
}

type Entry = Record<string, unknown>;

/** Entries by id. */
async function statuses(service: RunningService): Promise<Map<string, Entry>> {
  const { healthy_endpoints, unhealthy_endpoints, unknown_endpoints } = await service.health();
  const all = [...healthy_endpoints, ...unhealthy_endpoints, ...unknown_endpoints];
  return new Map(all.map((entry) => [String(entry["model_id"]), entry]));
}

const withoutSource = ({ source: _source, ...entry }: Entry) => entry;

async function allKnown(service: RunningService): Promise<Map<string, Entry>> {
  await eventually("all are known", async () => (await service.health()).unknown_count === 0);
  return await statuses(service);
}

const ids = ["ok-1", "auth-2", "ok-3", "limited-4"];

describe("a table file", () => {
  test("answers after kill -9 with every status as it was, and nobody is asked", async () => {
    const before = await allKnown(await run(config(ids)));
    for (const service of running) await kill(service);
    const asked = provider.requests();

    const after = await statuses(await run(config(ids)));
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [id, entry] of after) {
      expect(entry["source"]).toBe("restored");
      expect(withoutSource(entry)).toEqual(withoutSource(before.get(id) ?? {}));
    }
    expect(provider.requests()).toBe(asked);
  }, 60_000);

  test("finds the rows of deployments that now stand elsewhere, and forgets those that are gone", async () => {
    const before = await allKnown(await run(config(ids)));
    for (const service of running) await kill(service);

    const changed = ["limited-4", "new-5", "ok-1", "auth-2"];
    const service = await run(config(changed));
    const after = await statuses(service);
    expect([...after.keys()].sort()).toEqual([...changed].sort());
    for (const id of ["limited-4", "ok-1", "auth-2"]) {
      expect(withoutSource(after.get(id) ?? {})).toEqual(withoutSource(before.get(id) ?? {}));
    }
    await allKnown(service);
    const opened = openTableFile(file);
    expect([...opened.readings()].map(({ label }) => label.modelId)).toEqual(changed);
    opened.close();
  }, 60_000);

  test("goes on when history was lost, and what it counted is in the new one", async () => {
    const sqlite = join(folder, `${count}.sqlite`);
    const first = await run(config(ids, `sqlite_file: "${sqlite}"`));
    const before = await allKnown(first);
    await kill(first);
    // As if the recorder had not come to it.
    for (const end of ["", "-wal", "-shm"]) rmSync(`${sqlite}${end}`, { force: true });

    const second = await run(config(ids, `sqlite_file: "${sqlite}"`));
    const after = await statuses(second);
    expect([...after.values()].map(withoutSource)).toEqual([...before.values()].map(withoutSource));
    await eventually("what the first one saw is in history", async () => {
      const page = (await (await second.get("/health/history")).json()) as Entry;
      return page["total_records"] === ids.length;
    });
  }, 60_000);

  test("that another service has is a clear error at the start", async () => {
    const first = await run(config(ids));
    const second = await run(config(ids));
    expect(await second.child.exited).toBe(1);
    expect(second.output()).toContain(`is in use by another process (${first.child.pid})`);
    expect((await first.get("/health/liveliness")).status).toBe(200);
  }, 60_000);

  test("is read by `bun run table` without a request, while the service runs and after it was killed", async () => {
    const service = await run(config(ids));
    await allKnown(service);
    const running = await tableCommand(file);
    await kill(service);
    const killed = await tableCommand(file);
    for (const text of [running, killed]) {
      const lines = text.trim().split("\n");
      expect(lines.map((line) => line.split(/ +/).slice(0, 2))).toEqual([
        ["ok-1", "healthy"],
        ["auth-2", "unhealthy"],
        ["ok-3", "healthy"],
        ["limited-4", "degraded"],
      ]);
      expect(lines[1]).toMatch(/ \d+\.\d s +\d+\.\d ms +auth +HTTP 401/);
    }
    const [entry] = (await tableCommand(file, "--json")).split("\n");
    expect(JSON.parse(entry ?? "")).toMatchObject({
      model_id: "ok-1",
      slot: 0,
      state: "healthy",
      source: "probe",
      error_type: null,
    });
  }, 60_000);
});

async function tableCommand(...args: readonly string[]): Promise<string> {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "../../src/cli/table.ts"), ...args],
    { stdout: "pipe" },
  );
  return await new Response(child.stdout).text();
}
