// What becomes of a deployment's row and plan: when its question was answered, when it may not be asked before tomorrow, and when real
// requests tell of it. Whatever is written here is written by the thread that owns the slot.

import type { Clock } from "../clock.ts";
import type { Outcome } from "../probe/outcome.ts";
import { outcomeClasses } from "../table/outcome-class.ts";
import { hasMark, setMark } from "../table/probe-marks.ts";
import type { Row } from "../table/row.ts";
import { nextDayMs, type Spent } from "../table/spending.ts";
import type { SlotWriter } from "../table/writer.ts";
import { type Asking, isOtherModel } from "./economy.ts";
import { type Holds, holdMs, holdNameOf, limitedMs } from "./holds.ts";
import type { KeptDeployment, KeptDeployments } from "./kept.ts";
import { isSuspect } from "./lanes.ts";
import { intervalsMax, isDown, type PassiveOutcome, recordPassive } from "./passive.ts";
import { type Pace, planNext } from "./plan.ts";
import { beginDay, countFree, record } from "./record.ts";
import { answersTo, freeMeaning, needsProof } from "./rung-choice.ts";
import type { Timetable } from "./timetable.ts";
import type { Thresholds } from "./verdict.ts";

/** What the thread has of its deployments, and how it tells what comes of them. */
export interface SettlingParts {
  readonly writer: SlotWriter;
  readonly readRow: (slot: number, row: Row) => void;
  /** Scratch: whoever fills it has written it back when he returns. */
  readonly row: Row;
  readonly timetable: Timetable;
  readonly holds: Holds;
  readonly kept: KeptDeployments;
  readonly policy: () => Omit<Pace, "intervalMs"> & Thresholds;
  readonly onRefused: (slot: number, text: string) => void;
  readonly onHold: (name: string, forMs: number) => void;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface Settling {
  /** Records what a question was answered with, and plans the next one. */
  settle(
    entry: KeptDeployment,
    question: Asking,
    charge: Spent,
    outcome: Outcome,
    delayMs: number,
  ): void;
  /**
   * What the free question could not tell is not recorded: the paid one is asked at once, or nothing before tomorrow. Who named the
   * free one is told of whatever it says, but nobody is called unknown for want of an endpoint. True when that is so.
   */
  isInVain(entry: KeptDeployment, question: Asking, outcome: Outcome): boolean;
  /** Plans a deployment for the next day: its budget is spent, and it has no free question. */
  rest(entry: KeptDeployment, spent: "own" | "whole", nowMs: number): void;
  /** Those that wait for tomorrow may have a budget again. */
  wake(): void;
  /** What real requests said; true when a probe should look into it. */
  takePassive(entry: KeptDeployment, outcome: PassiveOutcome): boolean;
}

/** Within so long after midnight those come back whose budget was spent, or within their interval. */
const restSpreadMs = 60_000;

/** Who calls arms his timer afterwards: the timetable may have changed. */
export function createSettling(parts: SettlingParts): Settling {
  const { writer, readRow, row, timetable, holds, kept, policy, clock, random } = parts;

  function isInVain(entry: KeptDeployment, { rung, spent }: Asking, outcome: Outcome): boolean {
    const { plan } = kept.definitionOf(entry);
    if (rung === "completion" || plan.rung === "metadata") return false;
    const meaning = freeMeaning(outcome);
    const isNamed = entry.wanted === "metadata";
    if (meaning === "recorded" || (meaning === "doubted" && (isNamed || spent !== null))) {
      return false;
    }
    const nowMs = clock.monotonicMs();
    const wallMs = clock.wallMs();
    readRow(entry.slot, row);
    beginDay(row, wallMs);
    setMark(row, "freeProvesNothing", true);
    if (isNamed) {
      entry.wanted = null;
      countFree(row, outcome.class);
    }
    writer.write(entry.slot, row);
    if (!isNamed) timetable.set(entry.slot, nowMs);
    else if (row.nextDueMs > 0) timetable.set(entry.slot, nowMs + row.nextDueMs - wallMs);
    return true;
  }

  function settle(
    entry: KeptDeployment,
    question: Asking,
    charge: Spent,
    outcome: Outcome,
    delayMs: number,
  ): void {
    const { slot } = entry;
    const { lanes, price, plan, intervalMs } = kept.definitionOf(entry);
    const bounds = policy();
    const nowMs = clock.monotonicMs();
    const wallMs = clock.wallMs();
    readRow(slot, row);
    const { effect } = outcomeClasses[outcome.class];
    const wasRefused = row.outcomeClass === outcomeClasses.bad_probe.code;
    // Without the paid one, what is free has to do.
    const hasPaid = plan.rung === "auto" && plan.paidIntervalMs !== null;
    const isHalf = question.rung === "metadata" && hasPaid && question.spent === null;
    const isProven = !(isHalf && effect === "passed" && needsProof(row));
    const limitMs = outcome.retryAfterMs === null ? limitedMs(outcome, wallMs) : null;
    const waitMs = outcome.retryAfterMs ?? limitMs;
    const verdict = record(
      row,
      limitMs === null ? outcome : { ...outcome, retryAfterMs: limitMs },
      price,
      wallMs,
      isProven ? bounds : { ...bounds, rise: Math.max(2, bounds.rise) },
      { rung: question.rung, charge, otherModel: isOtherModel(question.target, outcome) },
    );
    if (effect === "refused" && !wasRefused) parts.onRefused(slot, outcome.text);
    if (question.rung === "completion" && effect === "failed") {
      setMark(row, "freeProvesNothing", false);
    }
    setMark(row, "ownBudgetSpent", false);
    setMark(row, "wholeBudgetSpent", false);
    if (question.spent !== null) withhold(question.spent);
    row.startLatenessMicros = Math.round(delayMs * 1000);
    entry.suspect = isSuspect(row);
    const isNamed = entry.wanted === "metadata";
    const isAnswered = answersTo(entry.wanted, question.rung, question.spent, plan);
    if (isAnswered) entry.wanted = null;
    const forMs = holdMs(outcome.class, outcome.retryAfterMs) ?? limitMs;
    if (forMs !== null && holds.hold(holdNameOf(lanes), nowMs + forMs, nowMs)) {
      parts.onHold(holdNameOf(lanes), forMs);
    }
    if (!isProven) setMark(row, "confirm", true);
    if ((!isProven && !isNamed) || !isAnswered) {
      row.nextDueMs = Math.round(wallMs);
      writer.write(slot, row);
      timetable.set(slot, nowMs);
      return;
    }
    if (intervalMs === 0) {
      row.nextDueMs = 0;
      writer.write(slot, row);
      return;
    }
    const next = planNext(
      entry.gridMs,
      nowMs,
      { outcomeClass: outcome.class, verdict, retryAfterMs: waitMs },
      { ...bounds, intervalMs },
      bounds.fall,
      random(),
    );
    entry.gridBeforeMs = entry.gridMs;
    entry.gridMs = next.gridMs;
    const held = holds.keepsBack(lanes, intervalMs, next.dueMs, nowMs, random());
    if (held !== null) row.holdUntilMs = Math.round(wallMs + held.untilMs - nowMs);
    const { dueMs } = held ?? next;
    row.nextDueMs = Math.round(wallMs + dueMs - nowMs);
    writer.write(slot, row);
    timetable.set(slot, dueMs);
  }

  function rest(entry: KeptDeployment, spent: "own" | "whole", nowMs: number): void {
    const wallMs = clock.wallMs();
    readRow(entry.slot, row);
    beginDay(row, wallMs);
    withhold(spent);
    setMark(row, "waits", true);
    const { intervalMs } = entry.shared;
    // Not all at once.
    const dueMs = nextDayMs(wallMs) + random() * Math.min(intervalMs, restSpreadMs);
    row.nextDueMs = Math.round(dueMs);
    writer.write(entry.slot, row);
    timetable.set(entry.slot, nowMs + dueMs - wallMs);
  }

  function wake(): void {
    const nowMs = clock.monotonicMs();
    for (const { slot } of kept.all()) {
      readRow(slot, row);
      if (hasMark(row, "waits") && timetable.dueMs(slot) !== null) timetable.set(slot, nowMs);
    }
  }

  function withhold(spent: "own" | "whole"): void {
    row.withheldProbes += 1;
    setMark(row, spent === "own" ? "ownBudgetSpent" : "wholeBudgetSpent", true);
  }

  function takePassive(entry: KeptDeployment, outcome: PassiveOutcome): boolean {
    readRow(entry.slot, row);
    // One that is down is asked by its own plan.
    const isNews = outcomeClasses[outcome.outcome].effect === "failed" && !isDown(row);
    if (!outcome.decided) return isNews && outcome.atMs > row.lastCheckMs;
    const verdict = recordPassive(row, outcome, policy());
    if (verdict === null) return false;
    const { intervalMs } = entry.shared;
    const plannedMs = timetable.dueMs(entry.slot);
    if (
      verdict.state === "healthy" &&
      plannedMs !== null &&
      intervalMs > 0 &&
      entry.wanted === null
    ) {
      const aheadMs = clock.wallMs() - clock.monotonicMs();
      const latestMs = entry.gridMs + intervalMs * intervalsMax;
      const dueMs = Math.max(plannedMs, Math.min(latestMs, outcome.atMs - aheadMs + intervalMs));
      timetable.set(entry.slot, dueMs);
      row.nextDueMs = Math.round(aheadMs + dueMs);
    }
    writer.write(entry.slot, row);
    return isNews;
  }

  return { settle, isInVain, rest, wake, takePassive };
}
