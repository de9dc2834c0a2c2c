// A thread that writes outcomes into a table at a given pace, slot by slot, as prober threads do.

import { parentPort, workerData } from "node:worker_threads";
import { record } from "../src/schedule/record.ts";
import { emptyRow } from "../src/table/row.ts";
import { attachTable, type TableHandle } from "../src/table/table.ts";
import { createWriter } from "../src/table/writer.ts";
import { yieldToServer } from "../src/threads/priority.ts";
import { nothingMeasured } from "../src/transport/transport.ts";

const { handle, identities, perSecond } = workerData as {
  readonly handle: TableHandle;
  readonly identities: readonly number[];
  readonly perSecond: number;
};
yieldToServer();
const writer = createWriter(attachTable(handle));
const rows = identities.map(() => emptyRow());
for (const [slot, row] of rows.entries()) writer.claim(slot, identities[slot] ?? 0, row);

const thresholds = { rise: 2, fall: 3, degradedLimitMs: 3_600_000 };
const price = { inputUsdPerToken: 1e-7, outputUsdPerToken: 4e-7, source: "config" } as const;
const tickMs = 10;
let made = 0;
const startMs = performance.now();

const timer = setInterval(() => {
  const due = Math.floor(((performance.now() - startMs) / 1000) * perSecond);
  for (; made < due; made += 1) {
    const slot = made % rows.length;
    const row = rows[slot];
    if (row === undefined) continue;
    const fails = made % 97 === 0;
    record(
      row,
      {
        class: fails ? "server_error" : "ok",
        httpStatus: fails ? 500 : 200,
        text: fails ? "HTTP 500: the server had an error" : "",
        retryAfterMs: null,
        usage: { promptTokens: 8, completionTokens: 2 },
        phases: {
          ...nothingMeasured(50 + ((made * 7919) % 400)).phases,
          connectMs: 1,
          firstByteMs: 40,
        },
        peer: nothingMeasured(0).peer,
      },
      price,
      Date.now(),
      thresholds,
    );
    writer.write(slot, row);
  }
}, tickMs);

parentPort?.on("message", () => {
  clearInterval(timer);
  // The recorder looks at the table a moment later.
  setTimeout(() => {
    parentPort?.postMessage(made);
    parentPort?.close();
  }, 500);
});
