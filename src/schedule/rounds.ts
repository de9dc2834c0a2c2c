// The work of one prober thread: due slots -> bounds -> probe -> verdict -> row, for the slots assigned to it.
// One timer for the whole timetable. A slot that is waiting or in flight is not in the timetable, so nothing
// is ever asked twice at the same time, and what waits is bounded by the number of slots.

import type { Clock } from "../clock.ts";
import type { Outcome } from "../probe/outcome.ts";
import { type Deployment, isPlanned, type ProbeTarget } from "../registry/deployment.ts";
import type { Row } from "../table/row.ts";
import type { SlotWriter } from "../table/writer.ts";
import { type Admission, createAdmission, isSuspect, type LaneLimits } from "./lanes.ts";
import { type Pace, planNext } from "./plan.ts";
import { createRate } from "./rate.ts";
import { record } from "./record.ts";
import { Timetable } from "./timetable.ts";
import type { Thresholds } from "./verdict.ts";

/** A deployment handed to a thread. Delays count from the moment it is taken over. */
export interface Assignment {
  readonly slot: number;
  readonly deployment: Deployment;
  readonly firstDelayMs: number;
  /** When its grid begins (see plan.ts). */
  readonly gridDelayMs: number;
}

/** A deployment that can be asked. */
export type Askable = Pick<Deployment, "lanes" | "deadlines"> & { readonly target: ProbeTarget };

/** Asks one deployment once. Never rejects. `adapted` is the target to use from now on. */
export type Ask = (
  deployment: Askable,
) => Promise<{ readonly outcome: Outcome; readonly adapted: ProbeTarget | null }>;

export interface SchedulePolicy extends Omit<Pace, "intervalMs">, Thresholds {
  /** Probes that this thread may start a second. */
  readonly ratePerSecond: number;
}

export interface Timers {
  set(callback: () => void, delayMs: number): unknown;
  clear(timer: unknown): void;
}

/** Counters of a thread, kept up to date by the rounds. */
export interface RoundsGauge {
  queued(change: 1 | -1): void;
  inFlight(change: 1 | -1): void;
  started(latenessMs: number): void;
  completed(): void;
}

export interface RoundsOptions {
  readonly ask: Ask;
  readonly writer: SlotWriter;
  /** The row that a slot has now: what a predecessor left. */
  readonly rowOf: (slot: number) => Row;
  readonly policy: SchedulePolicy;
  readonly limits: LaneLimits;
  readonly gauge: RoundsGauge;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
}

export interface Rounds {
  assign(assignments: readonly Assignment[]): void;
  /** Asks these as soon as the bounds let it; one that is being asked already is not asked again. */
  probe(slots: readonly number[]): void;
  /** Stops asking these; resolves when none of them is in flight any more, or after a second. */
  release(slots: readonly number[]): Promise<void>;
  setLimits(limits: LaneLimits): void;
  setPolicy(policy: SchedulePolicy): void;
  /** Stops asking; resolves when nothing is in flight any more. */
  drain(): Promise<void>;
}

/** A probe that hangs is not waited for: its answer is forgotten, and a reload goes on. */
const releaseWaitMs = 1000;

interface Kept {
  readonly slot: number;
  readonly row: Row;
  deployment: Deployment;
  target: ProbeTarget;
  gridMs: number;
  /** What `gridMs` was before the plan that stands was made. */
  gridBeforeMs: number;
  busy: Promise<void> | null;
  released: boolean;
}

export function createRounds(options: RoundsOptions): Rounds {
  const { ask, writer, rowOf, gauge, clock, timers, random } = options;
  let { policy } = options;
  const admission: Admission = createAdmission(options.limits);
  const rate = createRate(policy.ratePerSecond, clock.monotonicMs());
  const timetable = new Timetable();
  const kept = new Map<number, Kept>();
  let timer: unknown = null;
  let timerDueMs = Number.POSITIVE_INFINITY;
  let draining = false;

  function arm(): void {
    const nextMs = timetable.nextDueMs();
    if (nextMs === null || draining) return;
    const nowMs = clock.monotonicMs();
    const dueMs = Math.max(nextMs, nowMs + rate.waitMs(nowMs));
    if (dueMs >= timerDueMs) return;
    timers.clear(timer);
    timerDueMs = dueMs;
    timer = timers.set(step, Math.max(0, dueMs - nowMs));
  }

  function step(): void {
    timer = null;
    timerDueMs = Number.POSITIVE_INFINITY;
    if (draining) return;
    const nowMs = clock.monotonicMs();
    // Half a millisecond early is on time: timers tick in whole milliseconds.
    const untilMs = nowMs + 0.5;
    while ((timetable.nextDueMs() ?? Number.POSITIVE_INFINITY) <= untilMs && rate.take(nowMs)) {
      const due = timetable.take(untilMs);
      const entry = due === null ? undefined : kept.get(due.slot);
      if (due !== null && entry !== undefined) entry.busy = round(entry, due.dueMs);
    }
    arm();
  }

  async function round(entry: Kept, plannedMs: number): Promise<void> {
    const { lanes, deadlines } = entry.deployment;
    let outcome: Outcome | null = null;
    gauge.queued(1);
    await admission.admit(lanes, isSuspect(entry.row), async () => {
      gauge.queued(-1);
      if (entry.released || draining) return;
      const latenessMs = Math.max(0, clock.monotonicMs() - plannedMs);
      entry.row.startLatenessMicros = Math.round(latenessMs * 1000);
      gauge.started(latenessMs);
      gauge.inFlight(1);
      const asked = await ask({ lanes, deadlines, target: entry.target });
      gauge.inFlight(-1);
      gauge.completed();
      outcome = asked.outcome;
      if (asked.adapted !== null) entry.target = asked.adapted;
    });
    entry.busy = null;
    if (entry.released || outcome === null) return;
    settle(entry, outcome);
  }

  function settle(entry: Kept, outcome: Outcome): void {
    const { row, deployment, slot } = entry;
    const nowMs = clock.monotonicMs();
    const wallMs = clock.wallMs();
    const verdict = record(row, outcome, deployment.price, wallMs, policy);
    if (!isPlanned(deployment)) {
      row.nextDueMs = 0;
      writer.write(slot, row);
      return;
    }
    const next = planNext(
      entry.gridMs,
      nowMs,
      { outcomeClass: outcome.class, verdict, retryAfterMs: outcome.retryAfterMs },
      { ...policy, intervalMs: deployment.intervalMs },
      policy.fall,
      random(),
    );
    entry.gridBeforeMs = entry.gridMs;
    entry.gridMs = next.gridMs;
    row.nextDueMs = Math.round(wallMs + next.dueMs - nowMs);
    writer.write(slot, row);
    timetable.set(slot, next.dueMs);
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

  return {
    assign(assignments) {
      const nowMs = clock.monotonicMs();
      const wallMs = clock.wallMs();
      for (const { slot, deployment, firstDelayMs, gridDelayMs } of assignments) {
        if (deployment.target === null) continue;
        const planned = isPlanned(deployment);
        const gridMs = nowMs + gridDelayMs - deployment.intervalMs;
        writer.repair(slot);
        const row = rowOf(slot);
        row.nextDueMs = planned ? Math.round(wallMs + firstDelayMs) : 0;
        writer.write(slot, row);
        kept.set(slot, {
          slot,
          row,
          deployment,
          target: deployment.target,
          gridMs,
          gridBeforeMs: gridMs,
          busy: null,
          released: false,
        });
        if (planned) timetable.set(slot, nowMs + firstDelayMs);
      }
      arm();
    },
    probe(slots) {
      const nowMs = clock.monotonicMs();
      for (const slot of slots) {
        const entry = kept.get(slot);
        if (entry === undefined || entry.busy !== null) continue;
        const plannedMs = timetable.dueMs(slot);
        if (plannedMs !== null && plannedMs <= nowMs) continue;
        // It takes no planned probe's place: the plan that stood is made anew from the answer, on the same grid.
        entry.gridMs = entry.gridBeforeMs;
        timetable.set(slot, nowMs);
      }
      arm();
    },
    async release(slots) {
      const busy: Promise<void>[] = [];
      for (const slot of slots) {
        const entry = kept.get(slot);
        if (entry === undefined) continue;
        entry.released = true;
        timetable.remove(slot);
        kept.delete(slot);
        if (entry.busy !== null) busy.push(entry.busy);
      }
      if (busy.length > 0) await withinMoment(Promise.all(busy));
    },
    setLimits: (limits) => admission.setLimits(limits),
    setPolicy: (next) => {
      policy = next;
      rate.setPerSecond(next.ratePerSecond);
    },
    async drain() {
      draining = true;
      timers.clear(timer);
      timer = null;
      await Promise.all([...kept.values()].map((entry) => entry.busy));
    },
  };
}
