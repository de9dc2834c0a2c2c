// What real requests say of a deployment, written into its row like a probe's outcome, but for what only probes measure: counters,
// latencies, phases, tokens and cost stay theirs.

import { type OutcomeClass, outcomeClasses } from "../table/outcome-class.ts";
import { type Row, sources, stateOf, states } from "../table/row.ts";
import { verdictOf } from "./record.ts";
import { judge, type Thresholds, type Verdict } from "./verdict.ts";

/** About the deployment in a slot. */
export interface PassiveOutcome {
  readonly slot: number;
  readonly outcome: OutcomeClass;
  /** When the request ended, wall time. */
  readonly atMs: number;
  /** The thresholds of traffic are reached; else it is a suspicion, which a probe looks into. */
  readonly decided: boolean;
  readonly words: string;
}

/** However steady its traffic is, a deployment is asked after as many intervals: only a probe sees phases and certificates. */
export const intervalsMax = 12;

export const isDown = (row: Row) => stateOf(row) === "unhealthy";

/** Changes the row; null when a probe or another request has told something newer already. */
export function recordPassive(
  row: Row,
  { outcome, atMs, words }: PassiveOutcome,
  thresholds: Thresholds,
): Verdict | null {
  if (atMs <= row.lastCheckMs) return null;
  const before = verdictOf(row);
  // Failures were counted where the requests were.
  const verdict = judge(before, outcome, atMs, { ...thresholds, fall: 1 });
  if (verdict.state !== before.state) row.transitions += 1;
  row.state = states.indexOf(verdict.state);
  row.sinceMs = verdict.sinceMs;
  row.consecutiveSuccesses = verdict.consecutiveSuccesses;
  row.consecutiveFailures = verdict.consecutiveFailures;
  row.lastSuccessMs = verdict.lastSuccessMs;
  row.outcomeClass = outcomeClasses[outcome].code;
  row.source = sources.indexOf("passive");
  row.httpStatus = 0;
  row.lastCheckMs = atMs;
  row.text = words;
  return verdict;
}
