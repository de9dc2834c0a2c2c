import { afterEach, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { parseConfig } from "../../src/config/read.ts";
import { startFleet } from "../../src/fleet/fleet.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow, type Row, sourceOf, stateOf, states } from "../../src/table/row.ts";
import { bytesOfRow } from "../../src/table/row-words.ts";
import { createTable } from "../../src/table/table.ts";
import { eventually } from "../servers/process.ts";

let stop: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of stop.reverse()) await one();
  stop = [];
});

/** What an earlier process knew: healthy since an hour, checked and due so many seconds from now. */
function known(checkedSeconds: number, dueSeconds: number): Row {
  const row = emptyRow();
  row.state = states.indexOf("healthy");
  row.sinceMs = Date.now() - 3_600_000;
  row.lastCheckMs = Date.now() + checkedSeconds * 1000;
  row.nextDueMs = Date.now() + dueSeconds * 1000;
  row.classCounts[0] = 7;
  return row;
}

/** A fleet whose deployments begin with these rows (null: not known), and the order in which they are asked. */
async function started(rows: readonly (Row | null)[]) {
  const asked: string[] = [];
  const provider = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      asked.push(new URL(request.url).pathname.split("/")[1] ?? "");
      return Response.json({ error: { message: "no" } }, { status: 500 });
    },
  });
  const models = (key: string) =>
    rows.map(
      (_, index) =>
        `  - model_name: g\n    litellm_params: {model: openai/m, api_base: "http://127.0.0.1:${provider.port}/d${index}/v1", api_key: ${key}}\n    model_info: {id: "${index}"}`,
    );
  const configOf = (key: string) =>
    parseConfig(
      `model_list:\n${models(key).join("\n")}\nfleetpulse: {interval: 600, confirm_interval: 600, unhealthy_interval: 600, start_rate: 1000, max_in_flight: 1, jitter: 0}\n`,
      { file: "f", flags: {}, environment: {}, cores: 1 },
    );
  const { settings } = configOf("sk-x");
  const deploymentsOf = (key: string) =>
    resolveDeployments(configOf(key).entries, settings, {}).deployments;
  const deployments = deploymentsOf("sk-x");
  const table = createTable(16);
  const registry = createRegistry();
  const reader = createReader(table);
  const began: string[] = [];
  const restored = new Map(
    deployments.flatMap(({ key }, index) => {
      const row = rows[index];
      return row === null || row === undefined ? [] : [[key, bytesOfRow(row)] as const];
    }),
  );
  restored.set("not configured any more", bytesOfRow(emptyRow()));
  const fleet = startFleet({
    table,
    registry,
    threads: 1,
    clock: systemClock,
    entry: new URL("../../workers/prober.ts", import.meta.url),
    restored,
    onRestore: (slot) => began.push(registry.shownAt(slot)?.modelId ?? ""),
    onRetire: () => {},
    onAssigned: () => {},
    onNotice: () => {},
  });
  stop.push(
    () => provider.stop(true),
    () => fleet.stop(),
  );
  await fleet.apply(registry.replace(deployments), settings);
  return {
    ...{ asked, began, restored },
    row: (slot: number) => reader.read(slot).row,
    reload: (key: string) => fleet.apply(registry.replace(deploymentsOf(key)), settings),
  };
}

describe("a fleet that begins with what an earlier process knew", () => {
  test("shows it at once, with its true age and where it comes from", async () => {
    const before = known(-30, 500);
    const { row, began } = await started([before, null]);
    expect(stateOf(row(0))).toBe("healthy");
    expect(row(0).lastCheckMs).toBe(before.lastCheckMs);
    expect(sourceOf(row(0))).toBe("restored");
    expect(stateOf(row(1))).toBe("unknown");
    expect(began).toEqual(["0"]);
  });

  test("asks what is not known and what is overdue first, the oldest before the others", async () => {
    const { asked } = await started([known(-100, -10), known(-900, -300), null, known(-400, -5)]);
    await eventually("all are asked", () => asked.length === 4);
    expect(asked).toEqual(["d2", "d1", "d3", "d0"]);
  });

  test("leaves what is not due alone: a restart costs no probes", async () => {
    const { asked, row } = await started([known(-30, 500), known(-700, -100)]);
    await eventually("the one that is due is asked", () => row(1).httpStatus === 500);
    expect(asked).toEqual(["d1"]);
    expect(sourceOf(row(1))).toBe("probe");
    expect(sourceOf(row(0))).toBe("restored");
  });

  test("keeps nothing of deployments that are not there any more", async () => {
    const { restored } = await started([known(-30, 500)]);
    expect(restored.size).toBe(0);
  });

  test("goes on from the verdict: one failure does not take a healthy deployment down", async () => {
    const { row } = await started([known(-700, -100)]);
    await eventually("it is asked", () => row(0).httpStatus === 500);
    expect(stateOf(row(0))).toBe("healthy");
    expect(row(0).consecutiveFailures).toBe(1);
  });

  test("asks at once what a reload has changed, whenever it was due", async () => {
    const { asked, row, reload } = await started([known(-30, 500)]);
    await reload("sk-other");
    await eventually("it is asked", () => row(0).httpStatus === 500);
    expect(asked).toEqual(["d0"]);
  });
});
