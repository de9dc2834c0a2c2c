// A thread that never stops writing rows whose every field follows from one number.

import { parentPort, workerData } from "node:worker_threads";
import { attachTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { patternRow } from "./pattern.ts";

const { buffer, slots, offset } = workerData as {
  buffer: SharedArrayBuffer;
  slots: number[];
  offset: number;
};
const writer = createWriter(attachTable(buffer));
parentPort?.postMessage("ready");
for (let round = offset; ; round += 1) {
  for (const slot of slots) writer.write(slot, patternRow(round));
}
