// A process that writes a table file without a pause until it is killed: `killed-writer.ts FILE SLOTS`.

import { createMappedTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { patternRow } from "./pattern.ts";

const [file = "", count = "1"] = process.argv.slice(2);
const slots = Number(count);
const writer = createWriter(createMappedTable(file, slots));
for (let slot = 0; slot < slots; slot += 1) {
  writer.claim(slot, slot + 1, patternRow(1), { keyHash: slot, modelId: `deployment ${slot}` });
}
process.stdout.write("ready\n");
for (let round = 2; ; round += 1) {
  for (let slot = 0; slot < slots; slot += 1) writer.write(slot, patternRow(round));
}
