import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  closeSync,
  existsSync,
  openSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { LayoutError } from "../../src/errors.ts";
import { openTableFile } from "../../src/table/file-reader.ts";
import {
  rowStart,
  slotStart,
  slotWordsWord,
  textWord,
  versionWord,
} from "../../src/table/layout.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";
import {
  attachTable,
  capacityOf,
  createMappedTable,
  createTable,
  growTable,
  slotsMax,
} from "../../src/table/table.ts";
import { beginTableFile } from "../../src/table/table-file.ts";
import { createWriter } from "../../src/table/writer.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

let folder: string;
let path: string;
let count = 0;
beforeAll(() => {
  folder = temporaryFolder("table-file");
});
afterAll(() => removeFolder(folder));
beforeEach(() => {
  count += 1;
  path = join(folder, `${count}.table`);
});

const said = (text: string): Row => ({ ...emptyRow(), text, lastCheckMs: 1 });
const named = (modelId: string) => ({ keyHash: 3, modelId });

function textsIn(file: string): string[] {
  const opened = openTableFile(file);
  const texts = [...opened.readings()].map(({ label, row }) => `${label.modelId}: ${row.text}`);
  opened.close();
  return texts;
}

/** A process that left a table file with one row, and is gone. */
function leave(text: string): void {
  const own = beginTableFile(path, 4);
  createWriter(own.table).claim(2, 9, said(text), named("m"));
  own.publish();
  own.release();
}

describe("a table file", () => {
  test("is what every thread that maps it writes and reads", () => {
    const table = createMappedTable(path, 4);
    createWriter(attachTable(table.handle)).claim(1, 5, said("hello"));
    expect(createReader(table).read(1).row.text).toBe("hello");
  });

  test("gives the next process what stood in it", () => {
    leave("before");
    const own = beginTableFile(path, 4);
    expect(
      own.before.map(({ slot, identity, label, row }) => [slot, identity, label, row.text]),
    ).toEqual([[2, 9, named("m"), "before"]]);
    own.release();
  });

  test("stays as it was until the next process has everything in its own", () => {
    leave("before");
    const next = beginTableFile(path, 4);
    createWriter(next.table).claim(0, 9, said("after"), named("m"));
    expect(textsIn(path)).toEqual(["m: before"]);
    next.publish();
    expect(textsIn(path)).toEqual(["m: after"]);
    next.release();
  });

  test("is not lost when a start was broken off", () => {
    leave("before");
    const broken = beginTableFile(path, 4);
    createWriter(broken.table).claim(0, 9, said("half"), named("m"));
    broken.release();
    const next = beginTableFile(path, 4);
    expect(next.before.map(({ row }) => row.text)).toEqual(["before"]);
    next.release();
  });

  test("tells a reader that another one took its place, and stays readable for it", () => {
    leave("before");
    const reader = openTableFile(path);
    expect(reader.isReplaced()).toBe(false);
    leave("after");
    expect(reader.isReplaced()).toBe(true);
    expect([...reader.readings()].map(({ row }) => row.text)).toEqual(["before"]);
    reader.close();
  });

  test("can be mapped by a thread that begins after it was renamed", () => {
    const own = beginTableFile(path, 4);
    own.publish();
    createWriter(attachTable(own.table.handle)).claim(0, 9, said("renamed"), named("m"));
    expect(textsIn(path)).toEqual(["m: renamed"]);
    own.release();
  });

  test("of a process that lives is refused to another, which is told whose it is", async () => {
    const holder = Bun.spawn([process.execPath, join(import.meta.dir, "table-holder.ts"), path], {
      stdout: "pipe",
      stdin: "pipe",
    });
    await holder.stdout.getReader().read();
    expect(() => beginTableFile(path, 4, 0)).toThrow(
      `${path} is in use by another process (${holder.pid})`,
    );
    // It need not be gone yet: that is waited for.
    holder.kill("SIGKILL");
    const own = beginTableFile(path, 4);
    expect(own.before.map(({ row }) => row.text)).toEqual(["held"]);
    own.release();
  });

  test("takes the disk that its slots need, not what it could grow to", () => {
    createMappedTable(path, 1024);
    const { blocks, size } = statSync(path);
    expect(size).toBeGreaterThan(2 ** 30);
    expect(blocks * 512).toBeLessThan(2 ** 21);
  });

  test("has what it grew by on the disk before a slot of it is used", () => {
    const table = createMappedTable(path, 16);
    growTable(table, 4096);
    expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(slotStart(4096) * 4);
  });
});

describe("a table file that cannot be read as it is", () => {
  const change = (at: number, value: number) => {
    const descriptor = openSync(path, "r+");
    writeSync(descriptor, new Int32Array([value]), 0, 4, at * 4);
    closeSync(descriptor);
  };

  test.each([
    ["is no table at all", () => writeFileSync(path, "model_list: []\n")],
    ["is empty", () => writeFileSync(path, "")],
    ["is of another version", () => change(versionWord, 1)],
    ["has slots of another size", () => change(slotWordsWord, 128)],
    ["was cut", () => truncateSync(path, 5000)],
  ])("because it %s is refused, kept under another name, and made anew", (_, spoil) => {
    leave("before");
    spoil();
    const { ino, size } = statSync(path);
    expect(() => openTableFile(path)).toThrow(LayoutError);
    const own = beginTableFile(path, 4);
    expect(own.before).toEqual([]);
    expect(own.refused).toContain(`${path}.refused`);
    own.publish();
    own.release();
    const kept = statSync(`${path}.refused`);
    expect([kept.ino, kept.size]).toEqual([ino, size]);
    expect(textsIn(path)).toEqual([]);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  test("row by row: a row that is not whole is shown as it was before", () => {
    const { words } = tableWith(["older", "newer"]);
    words[rowStart(0, 2) + textWord] = 0;
    expect(textsIn(path)).toEqual(["m: older"]);
  });

  test("row by row: a slot without any whole row is left out, the others are shown", () => {
    const { words } = tableWith(["older", "newer"]);
    words[rowStart(0, 1) + textWord] = 0;
    words[rowStart(0, 2) + textWord] = 0;
    expect(textsIn(path)).toEqual([]);
  });

  function tableWith(texts: readonly [string, string]) {
    const table = createMappedTable(path, 4);
    const writer = createWriter(table);
    writer.claim(0, 9, said(texts[0]), named("m"));
    writer.write(0, said(texts[1]));
    return table;
  }
});

describe.each([
  ["memory", () => createTable(1024)],
  ["a file", () => createMappedTable(path, 1024)],
])("a table in %s", (_, create) => {
  test("grows beyond 100,000 slots for those who opened it before", () => {
    const table = create();
    const reader = createReader(attachTable(table.handle));
    const writer = createWriter(table);
    writer.claim(1023, 1, said("first"));
    growTable(table, 150_000);
    writer.claim(149_999, 2, said("last"));
    expect(capacityOf(table)).toBe(150_000);
    expect(reader.read(1023).row.text).toBe("first");
    expect(reader.read(149_999).row.text).toBe("last");
  });

  test("refuses more slots than there is address space for", () => {
    expect(() => growTable(create(), slotsMax + 1)).toThrow(LayoutError);
  });
});
