import { expect, test } from "bun:test";
import { createGatherer } from "../../src/history/gatherer.ts";
import { emptyRow } from "../../src/table/row.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { answer, membersIn } from "./outcomes.ts";

const count = 450;
const minuteMs = 60_000;
const fewCalls = 100;

test("the minutes of a fleet that end at the same moment are gathered a hundred at a time, each once", () => {
  const table = createTable(count);
  const writer = createWriter(table);
  let nowMs = Date.now();
  const gatherer = createGatherer({
    table,
    clock: { wallMs: () => nowMs, monotonicMs: () => nowMs },
    litellmTable: false,
    onChanged: () => {},
  });
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
