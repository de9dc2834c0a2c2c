// The row of a deployment that no thread asks: new ones before their first probe, those that are left out on
// purpose, and those that cannot be asked, with the reason in words. Those that are asked on request only begin so.

import type { Deployment } from "../registry/deployment.ts";
import { outcomeClasses, outcomeClassOf } from "../table/outcome-class.ts";
import { emptyRow, type Row, stateOf, states } from "../table/row.ts";
import { bytesOfRow } from "../table/row-words.ts";

/** `before` keeps the counters of a deployment that was asked until now. */
export function restingRow(deployment: Deployment | null, wallMs: number, before?: Row): Row {
  const row = before === undefined ? emptyRow() : { ...before };
  row.sinceMs = wallMs;
  row.nextDueMs = 0;
  row.text = "";
  row.probeMarks = 0;
  row.state = states.indexOf("unknown");
  row.outcomeClass = outcomeClasses.ok.code;
  if (deployment === null) return row;
  if (deployment.problem !== null) {
    row.state = states.indexOf("unhealthy");
    row.outcomeClass = outcomeClasses.config.code;
    row.text = deployment.problem;
  } else if (deployment.skipped !== null) {
    row.text = deployment.skipped;
  }
  return row;
}

/** The same rows as bytes; deployments that have everything else in common have theirs in common. */
export function restingBytesAt(wallMs: number): (common: Deployment) => Uint8Array {
  const known = new Map<Deployment, Uint8Array>();
  return (common) => {
    const bytes = known.get(common) ?? bytesOfRow(restingRow(common, wallMs));
    known.set(common, bytes);
    return bytes;
  };
}

/** True when a row tells of no answer: nobody was asked, or it could not be asked. */
export function isResting(row: Row): boolean {
  const { effect } = outcomeClasses[outcomeClassOf(row.outcomeClass)];
  if (effect === "unprobeable" || row.lastCheckMs === 0) return true;
  return effect === "passed" && stateOf(row) === "unknown";
}
