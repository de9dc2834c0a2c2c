import { expect, test } from "bun:test";
import { createGatherer } from "../../src/history/gatherer.ts";
import { emptyRow } from "../../src/table/row.ts";
import { createTable, type Table } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { answer, membersIn } from "./outcomes.ts";

const count = 450;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startMs = Date.UTC(2026, 0, 1, 10, 20);
const fewCalls = 100;

function gathererOf(table: Table, wallMs: () => number) {
  const clock = { wallMs, monotonicMs: wallMs };
  return createGatherer({
    ...{ table, clock, litellmTable: false, isShared: false },
    onChanged: () => {},
  });
}

test("the minutes of a fleet that end at the same moment are gathered a hundred at a time, each once", () => {
  const table = createTable(count);
  const writer = createWriter(table);
  let nowMs = Date.now();
  const gatherer = gathererOf(table, () => nowMs);
  for (let slot = 0; slot < count; slot += 1) writer.claim(slot, slot + 1, emptyRow());
  gatherer.follow(membersIn(count));
  gatherer.look();
  for (let slot = 0; slot < count; slot += 1) {
    const row = emptyRow();
    answer(row, false);
    writer.write(slot, row);
  }
  gatherer.look();
  expect(gatherer.take()?.checks).toHaveLength(count);
  nowMs += minuteMs;
  const keys: string[] = [];
  for (let call = 0; call < fewCalls; call += 1) {
    gatherer.closeEnded();
    const minutes = gatherer.take()?.minutes ?? [];
    expect(minutes.length).toBeLessThanOrEqual(100);
    keys.push(...minutes.map(({ key }) => key));
  }
  expect(keys).toHaveLength(count);
  expect(new Set(keys).size).toBe(count);
});

/** One deployment that is healthy from the start on, looked at whenever the clock is told to go on. */
function healthySince(beginMs: number) {
  const table = createTable(1);
  const writer = createWriter(table);
  let nowMs = beginMs;
  const gatherer = gathererOf(table, () => nowMs);
  gatherer.restore([]);
  const row = emptyRow();
  writer.claim(0, 1, row);
  gatherer.follow(membersIn(1));
  answer(row, false);
  writer.write(0, { ...row, sinceMs: beginMs, lastCheckMs: beginMs });
  gatherer.look();
  const hours: { start_ms: number; up_ms: number }[] = [];
  return {
    gatherer,
    hours,
    goTo(ms: number) {
      nowMs = ms;
      gatherer.look();
      gatherer.closeEnded();
      hours.push(...(gatherer.take()?.hours ?? []));
    },
  };
}

test("the time in which the machine slept is neither up nor down", () => {
  const { gatherer, goTo, hours } = healthySince(startMs);
  goTo(startMs + minuteMs);
  goTo(startMs + 10 * hourMs);
  goTo(startMs + 10 * hourMs + minuteMs);
  expect(hours).toMatchObject([{ start_ms: startMs - 20 * minuteMs, up_ms: minuteMs }]);
  expect(gatherer.openOf("deployment-0").hour).toMatchObject({ up_ms: minuteMs });
});

test("a clock that was in 1970 makes no entries of the hours since", () => {
  const { goTo, hours } = healthySince(1000);
  goTo(startMs);
  goTo(startMs + 1000);
  expect(hours.map(({ start_ms }) => start_ms)).toEqual([0]);
});

test("a clock that is set back ends the hour that is to come, and goes on with that of now", () => {
  const { gatherer, goTo, hours } = healthySince(startMs);
  goTo(startMs + minuteMs);
  goTo(startMs - 5 * hourMs);
  goTo(startMs - 5 * hourMs + minuteMs);
  expect(hours).toMatchObject([{ start_ms: startMs - 20 * minuteMs, up_ms: minuteMs }]);
  expect(gatherer.openOf("deployment-0").hour).toMatchObject({
    ...{ start_ms: startMs - 5 * hourMs - 20 * minuteMs, up_ms: minuteMs },
  });
});

test("a deployment that is taken out and comes again begins anew, with its outcomes counted once", () => {
  const table = createTable(2);
  const writer = createWriter(table);
  const gatherer = gathererOf(table, () => startMs);
  gatherer.restore([]);
  const row = emptyRow();
  writer.claim(0, 1, row);
  gatherer.follow(membersIn(1));
  for (let time = 0; time < 2; time += 1) {
    answer(row, false);
    writer.write(0, row);
    gatherer.look();
  }
  expect(gatherer.follow([])).toBe(1);
  expect(gatherer.take()?.hours).toMatchObject([{ checks: 2 }]);
  const anew = emptyRow();
  for (let time = 0; time < 3; time += 1) answer(anew, false);
  writer.claim(0, 1, anew);
  gatherer.follow(membersIn(1));
  gatherer.look();
  expect(gatherer.openOf("deployment-0").hour).toMatchObject({ checks: 3 });
});
