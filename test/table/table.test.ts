import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { LayoutError } from "../../src/errors.ts";
import {
  layoutVersion,
  rowStart,
  sequenceWord,
  slotStart,
  textBytesMax,
  textWord,
  versionWord,
} from "../../src/table/layout.ts";
import { createReader, readFallbacks } from "../../src/table/reader.ts";
import { emptyRow } from "../../src/table/row.ts";
import { attachTable, capacityOf, createTable, epochOf, growTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { anyRow } from "./any-row.ts";

describe("the shared table", () => {
  test("gives back every row as it was written, the text cut on a character boundary", () => {
    const table = createTable(2);
    const writer = createWriter(table);
    const reader = createReader(table);
    fc.assert(
      fc.property(anyRow(300), fc.integer({ min: 0, max: 1 }), (row, slot) => {
        writer.claim(slot, 7, row);
        const { row: read, identity } = reader.read(slot);
        expect(identity).toBe(7);
        expect({ ...read, text: "" }).toEqual({ ...row, text: "" });
        expect(row.text.startsWith(read.text)).toBe(true);
        const room = textBytesMax - Buffer.byteLength(row.servedModel + row.region);
        if (Buffer.byteLength(row.text) <= room) expect(read.text).toBe(row.text);
        else expect(Buffer.byteLength(read.text)).toBeGreaterThan(room - 4);
      }),
    );
  });

  test("gives the same into a row of the caller's, whatever was in it", () => {
    const table = createTable(2);
    const writer = createWriter(table);
    const reader = createReader(table);
    const row = emptyRow();
    fc.assert(
      fc.property(anyRow(300), fc.integer({ min: 0, max: 1 }), (written, slot) => {
        writer.claim(slot, 7, written);
        const taken = reader.take(slot, row);
        expect({ ...taken, row }).toEqual(reader.read(slot));
      }),
    );
  });

  test("tells by its epoch that something was written", () => {
    const table = createTable(1);
    const before = epochOf(table);
    createWriter(table).write(0, emptyRow());
    expect(epochOf(table)).not.toBe(before);
  });

  test("hands out the same reading while a slot is unchanged", () => {
    const table = createTable(1);
    const writer = createWriter(table);
    const reader = createReader(table);
    writer.write(0, emptyRow());
    const first = reader.read(0);
    expect(reader.read(0)).toBe(first);
    writer.write(0, emptyRow());
    expect(reader.read(0)).not.toBe(first);
  });

  test("shows the row before, and counts it, when a slot is written anew at every try to read it", () => {
    const table = createTable(1);
    const writer = createWriter(table);
    const [mine, others] = [createReader(table), createReader(table)];
    writer.claim(0, 1, emptyRow());
    const before = mine.read(0);
    writer.write(0, { ...emptyRow(), httpStatus: 200 });
    const { load } = Atomics;
    // Whoever looks at the sequence finds that another row was written meanwhile.
    const overtaken = (words: Int32Array, index: number) =>
      index === slotStart(0) ? Atomics.add(words, index, 2) : load(words, index);
    Object.assign(Atomics, { load: overtaken });
    try {
      expect(mine.read(0)).toBe(before);
      expect(others.scalar(0, "httpStatus").value).toBe(0);
    } finally {
      Object.assign(Atomics, { load });
    }
    expect(readFallbacks(table)).toBe(2);
    expect(mine.read(0).row.httpStatus).toBe(200);
    expect(readFallbacks(table)).toBe(2);
  });

  test("goes back to the row before when two threads have written at once", () => {
    const table = createTable(1);
    const writer = createWriter(table);
    writer.claim(0, 5, { ...emptyRow(), text: "before" });
    writer.write(0, { ...emptyRow(), text: "torn" });
    const sequence = Atomics.load(table.words, slotStart(0) + sequenceWord);
    Atomics.store(table.words, rowStart(0, sequence) + textWord, 0x41414141);
    expect(writer.repair(0)).toBe(true);
    expect(createReader(table).read(0).row.text).toBe("before");
    expect(writer.repair(0)).toBe(false);
  });

  test("refuses the writes of a thread that was replaced", () => {
    const table = createTable(1);
    let current = true;
    const writer = createWriter(table, () => current);
    writer.write(0, { ...emptyRow(), text: "mine" });
    current = false;
    writer.write(0, { ...emptyRow(), text: "too late" });
    expect(createReader(table).read(0).row.text).toBe("mine");
  });

  test("grows without moving what is there, also for those who opened it before", () => {
    const table = createTable(1);
    const other = attachTable(table.handle);
    createWriter(table).claim(0, 1, { ...emptyRow(), text: "first" });
    growTable(table, 5000);
    expect(capacityOf(other)).toBeGreaterThanOrEqual(5000);
    createWriter(table).claim(4999, 2, { ...emptyRow(), text: "last" });
    const reader = createReader(other);
    expect(reader.read(0).row.text).toBe("first");
    expect(reader.read(4999).row.text).toBe("last");
  });

  test("of another layout is refused, not misread", () => {
    const table = createTable(1);
    Atomics.store(table.words, versionWord, layoutVersion + 1);
    expect(() => attachTable(table.handle)).toThrow(LayoutError);
  });
});
