// A process that records outcomes as fast as they come, until it is killed; it goes on from what an earlier one saved.
// bun probing.ts SQLITE_FILE

import { systemClock } from "../../src/clock.ts";
import { savedRows } from "../../src/history/journal.ts";
import { startRecorder } from "../../src/history/recorder.ts";
import { emptyRow } from "../../src/table/row.ts";
import { rowOfBytes } from "../../src/table/row-words.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { answer, membersIn, settingsOf } from "./outcomes.ts";

const deployments = 100;
const [file = ""] = process.argv.slice(2);
const table = createTable(deployments);
const writer = createWriter(table);
const saved = savedRows(file);
const rows = Array.from({ length: deployments }, (_, slot) => {
  const bytes = saved.get(`deployment-${slot}`);
  const row = (bytes === undefined ? null : rowOfBytes(bytes)) ?? emptyRow();
  writer.claim(slot, slot + 1, row);
  return row;
});
startRecorder({
  table,
  clock: systemClock,
  onNotice: (text) => console.error(text),
  settings: settingsOf(file),
}).follow(membersIn(deployments));

let made = 0;
setInterval(() => {
  for (let count = 0; count < 50; count += 1) {
    const slot = made % deployments;
    made += 1;
    const row = rows[slot] ?? emptyRow();
    answer(row, made % 7 === 0);
    writer.write(slot, row);
  }
}, 10);
console.log("probing");
