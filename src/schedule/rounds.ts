// The work of one prober thread: due slots -> bounds -> probe -> verdict -> row, for the slots assigned to it.
// One timer for the whole timetable. A slot that is waiting or in flight is not in the timetable, so nothing
// is ever asked twice at the same time, and what waits is bounded by the number of slots.
//
// Rows are not kept: this thread is the only writer of its slots, so the table itself is where a row is taken from when an
// outcome is recorded.

import type { Clock } from "../clock.ts";
import type { Outcome } from "../probe/outcome.ts";
import { outcomeClasses } from "../table/outcome-class.ts";
import { hasMark, setMark } from "../table/probe-marks.ts";
import { emptyRow, type Row } from "../table/row.ts";
import { nextDayMs, type Spent } from "../table/spending.ts";
import type { SlotWriter } from "../table/writer.ts";
import { type Ask, createAsking, type RoundsGauge } from "./asking.ts";
import type { AssignmentBatch } from "./assignment.ts";
import { type Asking, createEconomy, isOtherModel, type Spending } from "./economy.ts";
import { Holds, holdMs, holdNameOf, limitedMs } from "./holds.ts";
import { type Kept, KeptDeployments } from "./kept.ts";
import { isSuspect, type LaneLimits } from "./lanes.ts";
import { intervalsMax, isDown, type PassiveOutcome, recordPassive } from "./passive.ts";
import { type Pace, planNext } from "./plan.ts";
import { createRate } from "./rate.ts";
import { beginDay, countFree, record } from "./record.ts";
import {
  answersTo,
  type Budget,
  freeMeaning,
  needsProof,
  stronger,
  type Wanted,
} from "./rung-choice.ts";
import { Timetable } from "./timetable.ts";
import type { Thresholds } from "./verdict.ts";

export interface SchedulePolicy extends Omit<Pace, "intervalMs">, Thresholds, Budget {
  /** Probes that this thread may start a second. */
  readonly ratePerSecond: number;
}

export interface Timers {
  set(callback: () => void, delayMs: number): unknown;
  clear(timer: unknown): void;
}

export interface RoundsOptions {
  readonly ask: Ask;
  readonly writer: SlotWriter;
  /** Fills the row with what a slot has now. */
  readonly readRow: (slot: number, row: Row) => void;
  readonly policy: SchedulePolicy;
  readonly limits: LaneLimits;
  readonly gauge: RoundsGauge;
  readonly spending: Spending;
  /** A deployment's probe is refused as a bad request, as it was not before. */
  readonly onRefused: (slot: number, text: string) => void;
  /** A provider wants a key left alone for so long: news for other threads. */
  readonly onHold: (name: string, forMs: number) => void;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
}

export interface Rounds {
  assign(batch: AssignmentBatch): void;
  /** Asks these as soon as the bounds let it; one that is being asked just that already is not asked again. */
  probe(slots: readonly number[], wanted?: Wanted): void;
  /** Leaves a key alone that another thread was asked to leave alone. */
  hold(name: string, forMs: number): void;
  /** What real requests said of these: it moves verdicts, puts probes off, and has failures looked into at once. */
  passive(outcomes: readonly PassiveOutcome[]): void;
  /** Stops asking these; resolves when none of them is in flight any more, or after a second. */
  release(slots: readonly number[]): Promise<void>;
  setLimits(limits: LaneLimits): void;
  setPolicy(policy: SchedulePolicy): void;
  /** Stops asking; resolves when nothing is in flight any more. */
  drain(): Promise<void>;
}

/** A probe that hangs is not waited for: its answer is forgotten, and a reload goes on. */
const releaseWaitMs = 1000;
/** Probes that start in one turn of the event loop: more would keep the heart from beating. */
const startsMax = 64;
/** Within so long after midnight those come back whose budget was spent, or within their interval. */
const restSpreadMs = 60_000;

export function createRounds(options: RoundsOptions): Rounds {
  const { writer, readRow, clock, timers, random } = options;
  let { policy } = options;
  const asking = createAsking(options.limits, options.ask, options.gauge, clock);
  const rate = createRate(policy.ratePerSecond, clock.monotonicMs());
  const economy = createEconomy(options.spending, clock, () => policy);
  const timetable = new Timetable();
  const holds = new Holds();
  const kept = new KeptDeployments();
  /** Scratch: whoever fills it has written it back when he returns. */
  const row = emptyRow();
  let timer: unknown = null;
  let timerDueMs = Number.POSITIVE_INFINITY;
  let draining = false;

  function arm(): void {
    const nextMs = timetable.nextDueMs();
    if (nextMs === null || draining) return;
    const nowMs = clock.monotonicMs();
    const dueMs = Math.max(nextMs, nowMs, rate.allowedMs());
    if (dueMs >= timerDueMs) return;
    timers.clear(timer);
    timerDueMs = dueMs;
    timer = timers.set(step, dueMs - nowMs);
  }

  function step(): void {
    timer = null;
    timerDueMs = Number.POSITIVE_INFINITY;
    if (draining) return;
    const nowMs = clock.monotonicMs();
    // Half a millisecond early is on time: timers tick in whole milliseconds.
    const untilMs = nowMs + 0.5;
    for (let starts = 0; starts < startsMax; starts += 1) {
      const allowedMs = rate.allowedMs();
      const due = allowedMs > nowMs ? null : timetable.take(untilMs);
      if (due === null) break;
      const entry = kept.at(due.slot);
      if (entry === undefined || heldBack(entry, nowMs)) continue;
      begin(entry, due.dueMs, Math.max(due.dueMs, allowedMs), nowMs);
    }
    arm();
  }

  /** True when a probe should look into it. */
  function takePassive(entry: Kept, outcome: PassiveOutcome): boolean {
    readRow(entry.slot, row);
    // One that is down is asked by its own plan.
    const isNews = outcomeClasses[outcome.outcome].effect === "failed" && !isDown(row);
    if (!outcome.decided) return isNews && outcome.atMs > row.lastCheckMs;
    const verdict = recordPassive(row, outcome, policy);
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

  /** Plans a deployment anew whose key is held back. Its row says so: it is not overdue. */
  function heldBack(entry: Kept, nowMs: number): boolean {
    if (entry.wanted !== null || holds.size === 0) return false;
    const { lanes, intervalMs } = kept.definitionOf(entry);
    const held = holds.keepsBack(lanes, intervalMs, nowMs, nowMs, random());
    if (held === null) return false;
    const aheadMs = clock.wallMs() - nowMs;
    readRow(entry.slot, row);
    row.nextDueMs = Math.round(aheadMs + held.dueMs);
    row.holdUntilMs = Math.round(aheadMs + held.untilMs);
    writer.write(entry.slot, row);
    timetable.set(entry.slot, held.dueMs);
    return true;
  }

  /** Plans a deployment for the next day: its budget is spent, and it has no free question. */
  function rest(entry: Kept, spent: "own" | "whole", nowMs: number): void {
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

  /** Those that wait for tomorrow may have a budget again. */
  function wake(): void {
    const nowMs = clock.monotonicMs();
    for (const { slot } of kept.all()) {
      readRow(slot, row);
      if (hasMark(row, "waits") && timetable.dueMs(slot) !== null) timetable.set(slot, nowMs);
    }
    arm();
  }

  function withhold(spent: "own" | "whole"): void {
    row.withheldProbes += 1;
    setMark(row, spent === "own" ? "ownBudgetSpent" : "wholeBudgetSpent", true);
  }

  function begin(entry: Kept, plannedMs: number, allowedMs: number, nowMs: number): void {
    readRow(entry.slot, row);
    const choice = economy.choose(kept.definitionOf(entry), row, entry.wanted);
    if ("rest" in choice) rest(entry, choice.rest, nowMs);
    else {
      rate.take(nowMs);
      entry.busy = round(entry, choice, plannedMs, allowedMs);
    }
  }

  async function round(
    entry: Kept,
    question: Asking,
    plannedMs: number,
    allowedMs: number,
  ): Promise<void> {
    const definition = kept.definitionOf(entry);
    const { target } = question;
    const asked = target === definition.target ? definition : { ...definition, target };
    const answer = await asking.ask(asked, {
      plannedMs,
      allowedMs,
      suspect: entry.suspect,
      isWanted: () => !entry.released && !draining,
    });
    const charge = economy.settle(question, answer?.asked.outcome ?? null, definition);
    entry.busy = null;
    if (entry.released || answer === null) return;
    const { outcome, adapted } = answer.asked;
    if (adapted !== null) kept.adapt(entry, { ...adapted, rung: definition.target.rung });
    if (isInVain(entry, question, outcome)) return;
    settle(entry, question, charge, outcome, answer.delayMs);
  }

  /**
   * What the free question could not tell is not recorded: the paid one is asked at once, or nothing before tomorrow. Who named the
   * free one is told of whatever it says, but nobody is called unknown for want of an endpoint.
   */
  function isInVain(entry: Kept, { rung, spent }: Asking, outcome: Outcome): boolean {
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
    arm();
    return true;
  }

  function settle(
    entry: Kept,
    question: Asking,
    charge: Spent,
    outcome: Outcome,
    delayMs: number,
  ): void {
    const { slot } = entry;
    const { lanes, price, plan, intervalMs } = kept.definitionOf(entry);
    const nowMs = clock.monotonicMs();
    const wallMs = clock.wallMs();
    readRow(slot, row);
    const { effect } = outcomeClasses[outcome.class];
    const wasRefused = row.outcomeClass === outcomeClasses.bad_probe.code;
    // Without the paid one, what is free has to do.
    const isHalf = question.rung === "metadata" && plan.rung === "auto" && question.spent === null;
    const isProven = !(isHalf && effect === "passed" && needsProof(row));
    const limitMs = outcome.retryAfterMs === null ? limitedMs(outcome, wallMs) : null;
    const waitMs = outcome.retryAfterMs ?? limitMs;
    const verdict = record(
      row,
      limitMs === null ? outcome : { ...outcome, retryAfterMs: limitMs },
      price,
      wallMs,
      isProven ? policy : { ...policy, rise: Math.max(2, policy.rise) },
      { rung: question.rung, charge, otherModel: isOtherModel(question.target, outcome) },
    );
    if (effect === "refused" && !wasRefused) options.onRefused(slot, outcome.text);
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
      options.onHold(holdNameOf(lanes), forMs);
    }
    if (!isProven) setMark(row, "confirm", true);
    if ((!isProven && !isNamed) || !isAnswered) {
      row.nextDueMs = Math.round(wallMs);
      writer.write(slot, row);
      timetable.set(slot, nowMs);
      arm();
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
      { ...policy, intervalMs },
      policy.fall,
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
    arm();
  }

  /** Plans a deployment that waited for the end of a probe that was let go of. */
  function plan(entry: Kept, firstMs: number): void {
    if (entry.released) return;
    entry.busy = null;
    const nowMs = clock.monotonicMs();
    if (entry.wanted !== null) timetable.set(entry.slot, nowMs);
    else if (entry.shared.intervalMs > 0) timetable.set(entry.slot, Math.max(nowMs, firstMs));
    arm();
  }

  /** Resolves with the promise, or when it takes too long. */
  function withinMoment(ended: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const giveUp = timers.set(resolve, releaseWaitMs);
      void ended.then(() => {
        timers.clear(giveUp);
        resolve();
      });
    });
  }

  const rounds: Rounds = {
    assign({ shared, assignments }) {
      const nowMs = clock.monotonicMs();
      const wallMs = clock.wallMs();
      for (const { slot, shared: place, own, firstDelayMs, gridDelayMs } of assignments) {
        const entry = kept.add(slot, shared[place] ?? "", own);
        const { intervalMs } = entry.shared;
        entry.gridMs = nowMs + gridDelayMs - intervalMs;
        entry.gridBeforeMs = entry.gridMs;
        writer.repair(slot);
        readRow(slot, row);
        row.nextDueMs = intervalMs > 0 ? Math.round(wallMs + firstDelayMs) : 0;
        writer.write(slot, row);
        entry.suspect = isSuspect(row);
        const ended = kept.unfinishedOf(entry);
        if (ended !== null) entry.busy = ended.then(() => plan(entry, nowMs + firstDelayMs));
        else if (intervalMs > 0) timetable.set(slot, nowMs + firstDelayMs);
      }
      arm();
    },
    probe(slots, wanted = "usual") {
      const nowMs = clock.monotonicMs();
      for (const slot of slots) {
        const entry = kept.at(slot);
        if (entry === undefined) continue;
        entry.wanted = stronger(entry.wanted, wanted);
        const plannedMs = timetable.dueMs(slot);
        if (entry.busy !== null || (plannedMs !== null && plannedMs <= nowMs)) continue;
        // It takes no planned probe's place: the plan that stood is made anew from the answer, on the same grid.
        entry.gridMs = entry.gridBeforeMs;
        timetable.set(slot, nowMs);
      }
      arm();
    },
    hold(name, forMs) {
      const nowMs = clock.monotonicMs();
      holds.hold(name, nowMs + forMs, nowMs);
    },
    passive(outcomes) {
      const suspects = outcomes.filter((outcome) => {
        const entry = kept.at(outcome.slot);
        return entry !== undefined && takePassive(entry, outcome);
      });
      if (suspects.length > 0) rounds.probe(suspects.map(({ slot }) => slot));
    },
    async release(slots) {
      const busy = slots.flatMap((slot) => {
        const entry = kept.at(slot);
        if (entry === undefined) return [];
        timetable.remove(slot);
        return kept.letGo(entry) ?? [];
      });
      if (busy.length > 0) await withinMoment(Promise.all(busy));
    },
    setLimits: (limits) => asking.setLimits(limits),
    setPolicy(next) {
      const isOther =
        next.tokensPerDay !== policy.tokensPerDay || next.usdPerDay !== policy.usdPerDay;
      policy = next;
      rate.setPerSecond(next.ratePerSecond);
      if (isOther) wake();
    },
    async drain() {
      draining = true;
      timers.clear(timer);
      timer = null;
      await Promise.all(kept.busy());
    },
  };
  return rounds;
}
