// A thread that never stops writing rows whose every field follows from one number.

import { parentPort, workerData } from "node:worker_threads";
import { attachTable, type TableHandle } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { roundsMax, rowOfRound } from "./pattern.ts";

const { handle, slots, offset } = workerData as {
  handle: TableHandle;
  slots: number[];
  offset: number;
};
const writer = createWriter(attachTable(handle));
const rows = Array.from({ length: roundsMax }, (_, round) => rowOfRound(round));
for (const slot of slots) writer.claim(slot, slot + 1, rowOfRound(offset));
parentPort?.postMessage("ready");
for (let round = offset; ; round += 1) {
  const row = rows[round % roundsMax] ?? rowOfRound(0);
  for (const slot of slots) writer.write(slot, row);
}
