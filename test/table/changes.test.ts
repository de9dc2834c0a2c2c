import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { followChanges } from "../../src/table/changes.ts";
import { changeOf, changesMax, changesStart, epochWord } from "../../src/table/layout.ts";
import { emptyRow } from "../../src/table/row.ts";
import { createTable, slotsMax } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";

function follow(table = createTable(64)) {
  const writer = createWriter(table);
  const changes = followChanges(table);
  return {
    table,
    write: (slot: number) => writer.write(slot, emptyRow()),
    take() {
      const slots: number[] = [];
      const complete = changes.take((slot) => slots.push(slot));
      return { slots, complete };
    },
  };
}

describe("who follows the changes of a table", () => {
  test("hears of every slot that was written, in order, once a write", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 63 }))), (rounds) => {
        const { write, take } = follow();
        for (const slots of rounds) {
          for (const slot of slots) write(slot);
          expect(take()).toEqual({ slots, complete: true });
        }
      }),
    );
  });

  test("hears of the last slot that a table can have", () => {
    const { table } = follow();
    const changes = followChanges(table);
    // The slot itself needs 1.2 GB: its entry in the log alone is made.
    const write = Atomics.add(table.words, epochWord, 1);
    Atomics.store(table.words, changesStart + write, changeOf(write, slotsMax - 1));
    const slots: number[] = [];
    expect(changes.take((slot) => slots.push(slot))).toBe(true);
    expect(slots).toEqual([slotsMax - 1]);
  });

  test("hears of a whole log of writes, and is told when it was away for longer", () => {
    const { write, take } = follow();
    for (let count = 0; count < changesMax; count += 1) write(count % 64);
    expect(take().slots.length).toBe(changesMax);
    for (let count = 0; count <= changesMax; count += 1) write(count % 64);
    expect(take()).toEqual({ slots: [], complete: false });
    write(5);
    expect(take()).toEqual({ slots: [5], complete: true });
  });

  test("waits for an entry that is still being made, and hears of it then", () => {
    const { table, write, take } = follow();
    write(1);
    const unfinished = Atomics.add(table.words, epochWord, 1);
    write(3);
    expect(take()).toEqual({ slots: [1], complete: true });
    Atomics.store(table.words, changesStart + unfinished, changeOf(unfinished, 2));
    expect(take()).toEqual({ slots: [2, 3], complete: true });
  });

  test("is told that anything may have changed when a writer died before its entry", () => {
    const { table, write, take } = follow();
    // Over one lap, so that an old entry stands where the new one is missing.
    for (let count = 0; count < changesMax; count += 1) write(0);
    take();
    Atomics.add(table.words, epochWord, 1);
    write(3);
    const ends = Array.from({ length: 20 }, () => take().complete);
    expect(ends.filter((complete) => !complete).length).toBe(1);
    write(4);
    expect(take()).toEqual({ slots: [4], complete: true });
  });

  test("goes on when the number of writes has outgrown 32 bits", () => {
    const table = createTable(64);
    Atomics.store(table.words, epochWord, -2);
    const { write, take } = follow(table);
    for (const slot of [1, 2, 3, 4]) write(slot);
    expect(take()).toEqual({ slots: [1, 2, 3, 4], complete: true });
  });
});
