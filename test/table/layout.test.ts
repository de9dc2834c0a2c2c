// The head of src/table/layout.ts is what readers in other languages are written by: here is one.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { scalarNames } from "../../src/table/layout.ts";
import { emptyRow } from "../../src/table/row.ts";
import { createMappedTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";
import { anyRow } from "./any-row.ts";

const python = Bun.which("python3");
if (python === null) console.warn("python3 is missing: no other language reads a table file here");

let folder: string;
beforeAll(() => {
  folder = temporaryFolder("layout");
});
afterAll(() => removeFolder(folder));

test.skipIf(python === null)(
  "a reader in another language finds every field by the documentation",
  async () => {
    const file = join(folder, "documented.table");
    const writer = createWriter(createMappedTable(file, 80));
    const written = fc.sample(anyRow(60), 60).map((row, slot) => {
      const label = { keyHash: slot * 7919, modelId: `modèle ${slot} ${"x".repeat(slot)}` };
      writer.claim(slot, slot + 1, emptyRow(), label);
      // So that both copies of a slot are seen.
      if (slot % 2 === 1) writer.write(slot, row);
      writer.write(slot, row);
      return { slot, identity: slot + 1, keyHash: label.keyHash, model_id: label.modelId, ...row };
    });
    writer.claim(7, 0, emptyRow());

    const child = Bun.spawn([python ?? "", join(import.meta.dir, "read-table.py"), file], {
      stdout: "pipe",
    });
    const lines = (await new Response(child.stdout).text()).trim().split("\n");
    expect(await child.exited).toBe(0);
    const expected = written
      .filter(({ slot }) => slot !== 7)
      .map(({ classCounts, latencyBuckets, ...entry }) => ({
        ...entry,
        classCounts: [...classCounts],
        latencyBuckets: [...latencyBuckets],
      }));
    expect(lines.map((line) => JSON.parse(line))).toEqual(expected);
    expect(scalarNames.every((name) => name in (expected[0] ?? {}))).toBe(true);
  },
);
