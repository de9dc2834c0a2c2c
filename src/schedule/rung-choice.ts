// Which question a deployment is asked now: the paid one, the free one, or none before the day ends. Pure.
//
// With `auto` the free question is asked, but for these, which are paid:
//   - the first one of all, and one every `paidIntervalMs` (neither where that is null)
//   - the next one after a paid one that did not pass, until it is up again: what money told is not taken back for nothing
//   - at once, when the free question turns good after a failure, or says that key or model are not: that may be the
//     question's fault, not the model's (an alias that no list names, a key that may not list), so nothing is recorded
// Where the free question proves nothing (no such endpoint, a list without the model), the paid one is asked for the rest of the day.

import type { Outcome } from "../probe/outcome.ts";
import type { ProbePlan, Rung } from "../registry/deployment.ts";
import { outcomeClasses, outcomeClassOf } from "../table/outcome-class.ts";
import { hasMark } from "../table/probe-marks.ts";
import { type Row, stateOf } from "../table/row.ts";
import { dayOf, type Spent } from "../table/spending.ts";

/** What somebody asks for by hand; `usual` is the paid question where the plan knows one. */
export type Wanted = Rung | "usual";

export interface Budget {
  readonly tokensPerDay: number | null;
  readonly usdPerDay: number | null;
}

export interface Choice {
  /** Null: nothing is asked before the day ends. */
  readonly rung: Rung | null;
  /** The budget that kept the paid question from being asked. */
  readonly spent: "own" | "whole" | null;
}

export interface Situation {
  readonly plan: ProbePlan;
  readonly intervalMs: number;
  readonly row: Row;
  readonly wallMs: number;
  readonly wanted: Wanted | null;
  /** What the paid question would cost. */
  readonly estimate: Spent;
  /** Of all deployments, and what is spent of it. */
  readonly whole: Budget;
  readonly spent: Spent;
}

export function chooseRung(situation: Situation): Choice {
  const { plan, wanted } = situation;
  const due = wanted === "usual" || wanted === null ? dueRung(situation) : wanted;
  if (due === "metadata") return { rung: "metadata", spent: null };
  // Who names the paid question means it.
  const spent = wanted === "completion" ? null : spentBudget(situation);
  if (spent === null) return { rung: "completion", spent: null };
  if (plan.hasFree && !provesNothing(situation)) return { rung: "metadata", spent };
  return { rung: wanted === null ? null : "completion", spent };
}

function dueRung({ plan, intervalMs, row, wallMs, wanted, ...rest }: Situation): Rung {
  if (plan.rung !== "auto") return plan.rung;
  if (wanted === "usual") return "completion";
  const { effect } = outcomeClasses[outcomeClassOf(row.outcomeClass)];
  const wasFree = hasMark(row, "free");
  const isDown = effect !== "passed" || stateOf(row) === "unhealthy";
  if (hasMark(row, "confirm") || (!wasFree && isDown)) return "completion";
  if (provesNothing({ row, wallMs, ...rest })) return "completion";
  if (plan.paidIntervalMs === null) return "metadata";
  const paidMs = row.lastPaidSeconds * 1000;
  // One in the future is as good as none: the clock was set back since.
  if (paidMs === 0 || paidMs > wallMs) return "completion";
  // Half an interval early is better than a whole one late.
  return wallMs >= paidMs + plan.paidIntervalMs - intervalMs / 2 ? "completion" : "metadata";
}

function provesNothing({ row, wallMs }: Pick<Situation, "row" | "wallMs">): boolean {
  return hasMark(row, "freeProvesNothing") && row.spentDay === dayOf(wallMs);
}

function spentBudget({ plan, row, wallMs, estimate, whole, spent }: Situation): Choice["spent"] {
  const own =
    row.spentDay === dayOf(wallMs)
      ? { tokens: row.spentTokens, nanoUsd: row.spentNanoUsd }
      : { tokens: 0, nanoUsd: 0 };
  if (exceeds(own, estimate, plan)) return "own";
  return exceeds(spent, estimate, whole) ? "whole" : null;
}

function exceeds(spent: Spent, estimate: Spent, { tokensPerDay, usdPerDay }: Budget): boolean {
  const tokens = tokensPerDay !== null && spent.tokens + estimate.tokens > tokensPerDay;
  const usd = usdPerDay !== null && spent.nanoUsd + estimate.nanoUsd > usdPerDay * 1e9;
  return (tokens && estimate.tokens > 0) || (usd && estimate.nanoUsd > 0);
}

/** What the free question could only say for want of the right question. */
const ofTheQuestion: ReadonlySet<Outcome["class"]> = new Set([
  "auth",
  "permission",
  "region",
  "billing",
  "model_not_found",
  "protocol",
]);

/**
 * What to make of an answer to the free question where it stands in for the paid one: it is `recorded`, it `provesNothing`, or the
 * paid one is asked at once in its place (`doubted`).
 */
export function freeMeaning({
  class: outcomeClass,
  text,
}: Pick<Outcome, "class" | "text">): "recorded" | "provesNothing" | "doubted" {
  const { effect } = outcomeClasses[outcomeClass];
  if (effect === "refused" || (effect === "passed" && text !== "")) return "provesNothing";
  return ofTheQuestion.has(outcomeClass) ? "doubted" : "recorded";
}

/** Whether a free answer that passed has to be confirmed by the paid question at once. */
export function needsProof(before: Row): boolean {
  return before.consecutiveFailures > 0 || stateOf(before) === "unhealthy";
}

/** Whether this question is what was asked for by hand. */
export function answersTo(
  wanted: Wanted | null,
  rung: Rung,
  spent: Choice["spent"],
  plan: ProbePlan,
): boolean {
  if (wanted === null || wanted === "metadata" || rung === "completion") return true;
  return wanted === "usual" && (plan.rung === "metadata" || spent !== null);
}

/** Of two that were asked for, the one that answers both. */
export function stronger(before: Wanted | null, now: Wanted): Wanted {
  if (before === "completion" || now === "completion") return "completion";
  return before === "usual" ? before : now;
}
