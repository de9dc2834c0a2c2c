import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { openTableFile } from "../../src/table/file-reader.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow } from "../../src/table/row.ts";
import { bytesOfRow } from "../../src/table/row-words.ts";
import { createMappedTable, type Table } from "../../src/table/table.ts";
import { createWriter, type SlotWriter } from "../../src/table/writer.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";
import { isTorn, patternRow } from "./pattern.ts";
import { stopAfter } from "./stopping.ts";

let folder: string;
let path: string;
let table: Table;
beforeAll(() => {
  folder = temporaryFolder("stopped-writer");
  path = join(folder, "one.table");
  table = createMappedTable(path, 1);
});
afterAll(() => removeFolder(folder));

/** What somebody sees of the slot: identity, name and round of the pattern; "free", or "torn". */
function seenInMemory(): string {
  const { identity, row } = createReader(table).read(0);
  if (identity === 0) return "free";
  return isTorn(row) ? "torn" : `${identity} ${row.state}`;
}

function seenInFile(): string {
  const file = openTableFile(path);
  const [reading] = file.readings();
  file.close();
  if (reading === undefined) return "free";
  const { identity, label, row } = reading;
  return isTorn(row) ? "torn" : `${identity} ${label.modelId} ${row.state}`;
}

interface Change {
  readonly make: (writer: SlotWriter, round: number) => void;
  /** What is seen before and after it, and what may be seen between. */
  readonly after: (round: number) => readonly string[];
}

const label = (modelId: string) => ({ keyHash: modelId.length, modelId });
const changes: Readonly<Record<string, Change>> = {
  "a write": {
    make: (writer, round) => writer.write(0, patternRow(round)),
    after: (round) => [`1 first ${round}`],
  },
  "a claim for another deployment": {
    make: (writer, round) => writer.claim(0, 2, patternRow(round), label("the second")),
    after: (round) => ["free", `2 the second ${round}`],
  },
  "a claim with bytes": {
    make: (writer, round) =>
      writer.claimBytes(0, 2, bytesOfRow(patternRow(round)), label("the second")),
    after: (round) => ["free", `2 the second ${round}`],
  },
  "a new name": {
    make: (writer) => writer.relabel(0, label("another name")),
    after: () => ["free", "1 another name 7"],
  },
  "freeing a slot": {
    make: (writer) => writer.claim(0, 0, emptyRow()),
    after: () => ["free"],
  },
};

describe("a writer that stops at any store", () => {
  for (const [name, { make, after }] of Object.entries(changes)) {
    test(`of ${name} leaves the row before it or the one after it, and never a mix`, () => {
      const writer = createWriter(table);
      const seen = new Set<string>();
      fc.assert(
        fc.property(fc.nat({ max: 400 }), fc.integer({ min: 8, max: 99 }), (stores, round) => {
          writer.claim(0, 1, patternRow(6), label("first"));
          writer.write(0, patternRow(7));
          const done = stopAfter(stores, () => make(writer, round));
          const allowed = done ? after(round).slice(-1) : ["1 first 7", ...after(round)];
          const inFile = seenInFile();
          expect(allowed).toContain(inFile);
          const [identity, ...rest] = inFile.split(" ");
          const inMemory = inFile === "free" ? "free" : `${identity} ${rest.at(-1)}`;
          expect(seenInMemory()).toBe(inMemory);
          seen.add(inFile === "1 first 7" ? "before" : done ? "after" : "between");
        }),
        { numRuns: 300 },
      );
      expect(seen.has("before") && seen.has("after")).toBe(true);
    });

    test(`of ${name} does not hinder its successor`, () => {
      fc.assert(
        fc.property(fc.nat({ max: 200 }), (stores) => {
          createWriter(table).claim(0, 1, patternRow(7), label("first"));
          stopAfter(stores, () => make(createWriter(table), 8));
          const successor = createWriter(table);
          successor.repair(0);
          successor.claim(0, 1, patternRow(9), label("first"));
          expect(seenInFile()).toBe("1 first 9");
        }),
      );
    });
  }
});

test("a process that is killed while it writes leaves every row whole", async () => {
  for (let round = 0; round < 5; round += 1) {
    const file = join(folder, `killed-${round}.table`);
    const child = Bun.spawn(
      [process.execPath, join(import.meta.dir, "killed-writer.ts"), file, "64"],
      { stdout: "pipe" },
    );
    await child.stdout.getReader().read();
    await eventually("it has written each row several times", () => {
      const opened = openTableFile(file);
      const rounds = [...opened.readings()].map(({ row }) => row.state);
      opened.close();
      return rounds.length === 64 && rounds.every((one) => one > 10 + round * 7);
    });
    child.kill("SIGKILL");
    await child.exited;
    const left = openTableFile(file);
    const readings = [...left.readings()];
    left.close();
    expect(readings.length).toBe(64);
    expect(readings.filter(({ row }) => isTorn(row))).toEqual([]);
    expect(readings.map(({ label }) => label.modelId)).toEqual(
      readings.map((_, slot) => `deployment ${slot}`),
    );
  }
}, 60_000);
