// Which rows answer what somebody asked for.

import type { Wanted } from "../schedule/rung-choice.ts";
import { hasMark } from "../table/probe-marks.ts";
import { type Row, sourceOf } from "../table/row.ts";

/** Outcomes of a row that answer what somebody wants. */
export type Count = (row: Row) => number;

/** What was found out this recently need not be asked again. */
const sharedMs = 1000;

/** Whether a probe answered it a moment ago. */
export function isFresh(row: Row, wallMs: number, wanted: Wanted, free: boolean): boolean {
  const ageMs = wallMs - row.lastCheckMs;
  const isRecent = row.lastCheckMs > 0 && ageMs >= 0 && ageMs < sharedMs && isOfProbe(row);
  return isRecent && (answersAny(wanted, free) || !hasMark(row, "free") || fellBack(row, wanted));
}

/** A peer's row does not tell probes and requests apart, but for when the paid question was asked. */
function isOfProbe(row: Row): boolean {
  const source = sourceOf(row);
  const isPaid = row.lastPaidSeconds === Math.floor(row.lastCheckMs / 1000);
  return source === "probe" || (source === "peer" && isPaid);
}

function answersAny(wanted: Wanted, free: boolean): boolean {
  return wanted === "metadata" || (wanted === "usual" && free);
}

/** The budget is spent: the free question was asked in place of the paid one. */
function fellBack(row: Row, wanted: Wanted): boolean {
  return wanted === "usual" && (hasMark(row, "ownBudgetSpent") || hasMark(row, "wholeBudgetSpent"));
}

/** What has grown when somebody's question was answered. */
export function countOf(wanted: Wanted, free: boolean): Count {
  if (answersAny(wanted, free)) return outcomesOf;
  return (row) => (fellBack(row, wanted) ? outcomesOf(row) : outcomesOf(row) - row.freeProbes);
}

/** All outcomes of a deployment so far. */
function outcomesOf(row: Row): number {
  return row.classCounts.reduce((sum, count) => sum + count, 0);
}
