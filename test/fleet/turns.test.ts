import { beforeEach, describe, expect, test } from "bun:test";
import { turnsOf } from "../../src/fleet/turns.ts";
import { createRegistry, identityOf } from "../../src/registry/registry.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";
import { createTable, type Table } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { deployment } from "../registry/deployment.ts";

const intervalMs = 300_000;
const wallMs = 1_800_000_000_000;
const registry = createRegistry();
registry.replace(["a", "b", "c", "d"].map((key) => deployment(key, { intervalMs })));
let table: Table;

beforeEach(() => {
  table = createTable(4);
});

/** When these are asked first, and when their grid begins, from now on. */
function turns(rows: readonly Partial<Row>[], restoredInMs: readonly number[] = [], shift = 0) {
  const writer = createWriter(table);
  for (const [slot, row] of rows.entries()) {
    const identity = identityOf(registry.shownAt(slot)?.key ?? "");
    writer.claim(slot, identity, { ...emptyRow(), lastCheckMs: slot + 1, ...row });
  }
  return turnsOf([...rows.keys()], "resume", {
    ...{ registry, reader: createReader(table), thread: 0, threads: 1 },
    ...{ startRatePerSecond: 1000, wallMs },
    shift,
    restoredDueMs: (slot) => (restoredInMs[slot] === undefined ? 0 : wallMs + restoredInMs[slot]),
  }).map(({ firstDelayMs, gridDelayMs }) => [firstDelayMs, gridDelayMs]);
}

const inMs = (ms: number) => ({ nextDueMs: wallMs + ms });

describe("a deployment that is taken over", () => {
  test("is asked when it was due, and one interval after the other from there", () => {
    expect(turns([inMs(1000), inMs(200_000), inMs(299_000)])).toEqual([
      [1000, 1000],
      [200_000, 200_000],
      [299_000, 299_000],
    ]);
  });

  test("and overdue is asked at once, the next ones spread over the interval", () => {
    expect(turns([inMs(-1000), inMs(-500), inMs(-1), inMs(1)])).toEqual([
      [0, 0.5 * intervalMs],
      [1, 0.75 * intervalMs],
      [2, intervalMs],
      [3, 1.25 * intervalMs],
    ]);
  });

  test("may have been due later than in an interval, but not as late as a clock may say", () => {
    expect(turns([inMs(1.5 * intervalMs), inMs(1e12)])).toEqual([
      [1.5 * intervalMs, 1.5 * intervalMs],
      [intervalMs, intervalMs],
    ]);
  });

  test("waits for the end of a hold, and its grid is spread", () => {
    const held = { ...inMs(100_000), holdUntilMs: wallMs + 380_000 };
    expect(turns([held])).toEqual([[380_000, 0.5 * intervalMs]]);
  });

  test("and was only restored here is asked when it was due then", () => {
    expect(turns([{}, {}], [100_000, -5])).toEqual([
      [100_000, 0.5 * intervalMs],
      [1, intervalMs],
    ]);
  });

  test("by several replicas at once is asked by each at a time of its own, within an interval", () => {
    const rows = [inMs(1000), inMs(200_000)];
    const times = [0, 0.25, 0.5, 0.75].map((shift) => turns(rows, [], shift));
    expect(times.map(([first]) => first)).toEqual(
      [1000, 76_000, 151_000, 226_000].map((ms) => [ms, ms]),
    );
    expect(times.map(([, second]) => second)).toEqual(
      [200_000, 275_000, 50_000, 125_000].map((ms) => [ms, ms]),
    );
  });

  test("and overdue is asked by each at a time of its own too, one after the other", () => {
    const both = [{ ...inMs(-1000) }, { ...inMs(-500) }];
    expect(turns(both, [], 0.5)).toEqual([
      [0.5 * intervalMs, intervalMs],
      [0.5 * intervalMs + 1, 0.5 * intervalMs],
    ]);
  });

  test("that is down is put off by a part of the pause only after which it is asked", () => {
    const down = { lastCheckMs: wallMs - 5000, ...inMs(10_000) };
    expect(turns([down, down], [], 0.2)).toEqual([
      [13_000, 13_000],
      [13_000, 13_000],
    ]);
  });
});
