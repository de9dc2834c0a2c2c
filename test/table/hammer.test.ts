import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { createMappedTable, createTable } from "../../src/table/table.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";
import { hammer } from "./hammering.ts";

const writers = 2;
const slotsPerWriter = 2;
const freshMin = 2000;

let folder: string;
beforeAll(() => {
  folder = temporaryFolder("hammer");
});
afterAll(() => removeFolder(folder));

test.each([
  ["memory", () => createTable(writers * slotsPerWriter)],
  ["a file", () => createMappedTable(join(folder, "one.table"), writers * slotsPerWriter)],
])(
  "no reader ever sees a torn row of a table in %s while threads write without a pause",
  async (_, create) => {
    const seen = await hammer({
      table: create(),
      ...{ writers, slotsPerWriter },
      readers: ["rows", "words"],
      ...{ readsMin: 1_000_000, freshMin, forMs: 50_000 },
    });
    expect(seen.map(({ torn }) => torn)).toEqual([0, 0]);
    for (const { fresh } of seen) expect(fresh).toBeGreaterThanOrEqual(freshMin);
  },
  60_000,
);
