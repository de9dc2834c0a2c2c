import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { LayoutError } from "../../src/errors.ts";
import {
  identityWord,
  layoutVersion,
  scalarNames,
  scalarWidths,
  slotStart,
  textBytesMax,
  versionWord,
} from "../../src/table/layout.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";
import { attachTable, capacityOf, createTable, epochOf, growTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";

const anyRow: fc.Arbitrary<Row> = fc
  .record({
    scalars: fc.tuple(
      ...scalarNames.map((name) =>
        scalarWidths[name] === 2
          ? fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
          : fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      ),
    ),
    text: fc.string({ unit: "binary", maxLength: 300 }),
    counts: fc.uint32Array({ minLength: 24, maxLength: 24 }),
    buckets: fc.uint32Array({ minLength: 16, maxLength: 16 }),
  })
  .map(({ scalars, text, counts, buckets }) => {
    const row = emptyRow();
    for (const [index, name] of scalarNames.entries()) row[name] = scalars[index] as number;
    row.text = text.toWellFormed();
    row.classCounts = new Uint32Array(counts);
    row.latencyBuckets = new Uint32Array(buckets);
    return row;
  });

describe("the shared table", () => {
  test("gives back every row as it was written, the text cut on a character boundary", () => {
    const table = createTable(2);
    const writer = createWriter(table);
    const reader = createReader(table);
    fc.assert(
      fc.property(anyRow, fc.integer({ min: 0, max: 1 }), (row, slot) => {
        writer.claim(slot, 7, row);
        const { row: read, identity } = reader.read(slot);
        expect(identity).toBe(7);
        expect({ ...read, text: "" }).toEqual({ ...row, text: "" });
        expect(row.text.startsWith(read.text)).toBe(true);
        const bytes = new TextEncoder().encode(row.text).length;
        if (bytes <= textBytesMax) expect(read.text).toBe(row.text);
        else expect(new TextEncoder().encode(read.text).length).toBeGreaterThan(textBytesMax - 4);
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

  test("keeps answering with the last good row while a writer has died in the middle of a write", () => {
    const table = createTable(1);
    const reader = createReader(table);
    const writer = createWriter(table);
    writer.claim(0, 5, { ...emptyRow(), text: "good" });
    expect(reader.read(0).row.text).toBe("good");
    Atomics.add(table.words, slotStart(0), 1);
    Atomics.store(table.words, slotStart(0) + identityWord, 99);
    expect(reader.read(0).row.text).toBe("good");
    expect(reader.read(0).identity).toBe(5);
    expect(reader.fallbacks()).toBe(2);
  });

  test("is readable again as soon as a successor repairs or writes the slot", () => {
    const table = createTable(1);
    const writer = createWriter(table);
    const reader = createReader(table);
    writer.claim(0, 5, emptyRow());
    Atomics.add(table.words, slotStart(0), 1);
    expect(writer.repair(0)).toBe(true);
    expect(writer.repair(0)).toBe(false);
    writer.write(0, { ...emptyRow(), text: "new" });
    expect(reader.read(0).row.text).toBe("new");
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
    const other = attachTable(table.buffer);
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
    expect(() => attachTable(table.buffer)).toThrow(LayoutError);
  });
});
