// Which rows answer what somebody asked for.

import type { Wanted } from "../schedule/rung-choice.ts";
import { hasMark } from "../table/probe-marks.ts";
import { type Row, sourceOf } from "../table/row.ts";

/** Outcomes of a row that answer what somebody wants. */
export type Count = (row: Row) => number;

/** What was found out this recently need not be asked again. */
const sharedMs = 1000;
/** By how much clocks of replicas may differ for it. */
const skewMs = 250;

/** Whether a probe answered it a moment ago. */
export function isFresh(row: Row, wallMs: number, wanted: Wanted, free: boolean): boolean {
  const ageMs = wallMs - row.lastCheckMs;
  const aheadMs = sourceOf(row) === "peer" ? skewMs : 0;
  const isRecent = row.lastCheckMs > 0 && ageMs >= -aheadMs && ageMs < sharedMs && isOfProbe(row);
  return isRecent && (answersAny(wanted, free) || !hasMark(row, "free") || fellBack(row, wanted));
}

/** Whether a peer that has the row by now calls it fresh too, also when his clock is a little behind or ahead. */
export function isFreshToPeers(row: Row, wallMs: number, wanted: Wanted, free: boolean): boolean {
  const isYoung = wallMs - row.lastCheckMs < sharedMs - skewMs;
  return isYoung && isPaid(row) && isFresh(row, wallMs, wanted, free);
}

/** A peer's row does not tell probes and requests apart, but for when the paid question was asked. */
function isOfProbe(row: Row): boolean {
  const source = sourceOf(row);
  return source === "probe" || (source === "peer" && isPaid(row));
}

function isPaid(row: Row): boolean {
  return row.lastPaidSeconds === Math.floor(row.lastCheckMs / 1000);
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
