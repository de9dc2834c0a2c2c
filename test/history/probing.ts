// A process that records outcomes as fast as they come, until it is killed; it goes on from what an earlier one saved.
// bun probing.ts SQLITE_FILE

import { systemClock } from "../../src/clock.ts";
import { savedRows } from "../../src/history/journal.ts";
import { startRecorder } from "../../src/history/recorder.ts";
import { record } from "../../src/schedule/record.ts";
import { emptyRow } from "../../src/table/row.ts";
import { rowOfBytes } from "../../src/table/row-words.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";

const deployments = 100;
const dayMs = 24 * 3_600_000;
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
  settings: {
    ...{ sqliteFile: file, databaseUrl: null, timeoutMs: 500, nodeName: "test" },
    ...{ bufferBytesMax: 1 << 24, litellmTable: false },
    retention: {
      ...{ checksMs: dayMs, minutesMs: dayMs, hoursMs: dayMs, transitionsMs: dayMs },
      checksMax: 1_000_000,
    },
  },
}).follow(
  rows.map((_, slot) => {
    const name = `deployment-${slot}`;
    const subject = {
      key: name,
      model_id: name,
      model_name: "m",
      model: "openai/x",
      provider: "openai",
    };
    return { slot, identity: slot + 1, subject };
  }),
);

let made = 0;
setInterval(() => {
  for (let count = 0; count < 50; count += 1) {
    const slot = made % deployments;
    made += 1;
    const row = rows[slot] ?? emptyRow();
    const fails = made % 7 === 0;
    record(
      row,
      {
        ...{ class: fails ? "server_error" : "ok", httpStatus: fails ? 500 : 200, text: "" },
        ...{ retryAfterMs: null, usage: { promptTokens: 8, completionTokens: 2 } },
        phases: { dnsMs: null, connectMs: 1, tlsMs: null, firstByteMs: 4, totalMs: 5 },
      },
      { inputUsdPerToken: null, outputUsdPerToken: null, source: "unknown" },
      Date.now(),
      { rise: 1, fall: 1, degradedLimitMs: dayMs },
    );
    writer.write(slot, row);
  }
}, 10);
console.log("probing");
