// The work of one prober thread: due slots -> bounds -> probe -> verdict -> row, for the slots assigned to it.
// One timer for the whole timetable. A slot that is waiting or in flight is not in the timetable, so nothing
// is ever asked twice at the same time, and what waits is bounded by the number of slots.
//
// Rows are not kept: this thread is the only writer of its slots, so the table itself is where a row is taken from when an
// outcome is recorded.

import type { Clock, Timers } from "../clock.ts";
import { emptyRow, type Row, sourceOf, sources } from "../table/row.ts";
import type { SlotWriter } from "../table/writer.ts";
import { type Ask, createAsking, type RoundsGauge } from "./asking.ts";
import type { AssignmentBatch } from "./assignment.ts";
import { type Asking, createEconomy, type Spending } from "./economy.ts";
import { Holds } from "./holds.ts";
import { type KeptDeployment, KeptDeployments } from "./kept.ts";
import { isSuspect, type LaneLimits } from "./lanes.ts";
import type { PassiveOutcome } from "./passive.ts";
import type { Pace } from "./plan.ts";
import { createRate } from "./rate.ts";
import { type Budget, stronger, type Wanted } from "./rung-choice.ts";
import { createSettling } from "./settling.ts";
import { Timetable } from "./timetable.ts";
import type { Thresholds } from "./verdict.ts";

export interface SchedulePolicy extends Omit<Pace, "intervalMs">, Thresholds, Budget {
  /** Probes that this thread may start a second. */
  readonly ratePerSecond: number;
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
  /** Slots that are planned; those whose probe waits for a bound or is in flight are not. */
  scheduled(): number;
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
  const settling = createSettling({
    ...{ writer, readRow, row, timetable, holds, kept, clock, random },
    policy: () => policy,
    onRefused: options.onRefused,
    onHold: options.onHold,
  });
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

  /** Plans a deployment anew whose key is held back. Its row says so: it is not overdue. */
  function heldBack(entry: KeptDeployment, nowMs: number): boolean {
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

  function begin(entry: KeptDeployment, plannedMs: number, allowedMs: number, nowMs: number): void {
    readRow(entry.slot, row);
    const choice = economy.choose(kept.definitionOf(entry), row, entry.wanted);
    if ("rest" in choice) settling.rest(entry, choice.rest, nowMs);
    else {
      rate.take(nowMs);
      entry.busy = round(entry, choice, plannedMs, allowedMs);
    }
  }

  async function round(
    entry: KeptDeployment,
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
    if (!settling.isInVain(entry, question, outcome)) {
      settling.settle(entry, question, charge, outcome, answer.delayMs);
    }
    arm();
  }

  /** Plans a deployment that waited for the end of a probe that was let go of. */
  function plan(entry: KeptDeployment, firstMs: number): void {
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
        // A peer's until now: from here on this thread tells of it, and asks it anew in its turn.
        if (sourceOf(row) === "peer") row.source = sources.indexOf("restored");
        writer.write(slot, row);
        entry.suspect = isSuspect(row);
        const ended = kept.unfinishedOf(entry);
        if (ended !== null) entry.busy = ended.then(() => plan(entry, nowMs + firstDelayMs));
        else if (intervalMs > 0) timetable.set(slot, nowMs + firstDelayMs);
      }
      arm();
    },
    scheduled: () => timetable.size,
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
        return entry !== undefined && settling.takePassive(entry, outcome);
      });
      rounds.probe(suspects.map(({ slot }) => slot));
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
      if (isOther) settling.wake();
      arm();
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
