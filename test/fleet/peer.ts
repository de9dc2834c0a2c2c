// What another replica tells of a deployment.

import { outcomeClasses } from "../../src/table/outcome-class.ts";
import { emptyRow, type Row, states } from "../../src/table/row.ts";
import { bytesOfRow } from "../../src/table/row-words.ts";
import { dayOf } from "../../src/table/spending.ts";

export const intervalMs = 600_000;

/** Healthy, asked so long ago, and again an interval later. */
export function peerRow(agoMs: number, more: Partial<Row> = {}): Uint8Array {
  const lastCheckMs = Date.now() - agoMs;
  return bytesOfRow({
    ...emptyRow(),
    state: states.indexOf("healthy"),
    outcomeClass: outcomeClasses.ok.code,
    httpStatus: 200,
    sinceMs: lastCheckMs - 60_000,
    lastCheckMs,
    lastSuccessMs: lastCheckMs,
    nextDueMs: lastCheckMs + intervalMs,
    lastPaidSeconds: Math.floor(lastCheckMs / 1000),
    spentDay: dayOf(lastCheckMs),
    ...more,
  });
}
