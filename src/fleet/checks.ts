// Probes on request and those who wait for them. Threads are told which slots to ask; that an answer came in is seen in
// the table, where the slot's count of outcomes has grown. So it does not matter who asked: a probe that was in flight
// already counts as well, and several checks wait for one probe. It may be a thread here, or another replica whose row comes in.

import type { Clock, Timers } from "../clock.ts";
import type { Wanted } from "../schedule/rung-choice.ts";
import type { SlotReader } from "../table/reader.ts";
import { epochOf, type Table } from "../table/table.ts";
import { type Count, countOf, isFresh, isFreshToPeers } from "./answers.ts";
import { type CheckBounds, createCheckBudget } from "./check-budget.ts";

/** One request for probes. */
export interface Check {
  /** Slots whose answer has not come in. */
  pending(): ReadonlySet<number>;
  /** Resolves when nothing is pending any more, or at the deadline. */
  readonly done: Promise<void>;
  /** Waits no longer. Probes that were asked for are asked all the same. */
  end(): void;
}

export interface CheckRefusal {
  readonly refused: "stopping" | "waiting" | "rate";
  readonly retryAfterMs: number;
}

export interface CheckOrder {
  readonly slots: readonly number[];
  readonly timeoutMs: number;
  /** False: the probes are asked for, and nobody waits. */
  readonly wait: boolean;
  /** Which question; `usual` when left out. */
  readonly rung?: Wanted;
}

export interface CheckEnd {
  /** Slots whose answer has not come in. */
  readonly pending: readonly number[];
}

export interface Checks {
  /** Asks these slots, each once, unless somebody did within the last second. */
  start(slots: readonly number[], timeoutMs: number, wanted?: Wanted): Check | CheckRefusal;
  /**
   * Asks what another replica was asked for, where somebody waits. False when it may not: then he waits in vain. What was answered a moment
   * ago is left out: he has the answer or is about to, and asks again whenever his threads change.
   */
  relay(slots: readonly number[], wanted: Wanted): boolean;
  /** Checks that wait for answers. */
  waiting(): number;
  /** Asks again for what is waited for: a thread that has just begun knows nothing of it. */
  resume(): void;
  /** Starts none any more. */
  close(): void;
  /** Ends all that wait. */
  end(): void;
}

export interface ChecksOptions {
  readonly table: Table;
  readonly reader: SlotReader;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Has the owners of these slots ask them (see Fleet.probe). */
  readonly probe: (slots: readonly number[], wanted: Wanted) => void;
  /** Has threads here ask what another replica wants asked (see Fleet.obey). */
  readonly obey: (slots: readonly number[], wanted: Wanted) => boolean;
  /** Whether this deployment is asked for free only, unless the paid question is named. */
  readonly isFree: (slot: number) => boolean;
  readonly bounds: () => CheckBounds;
}

const waitingMax = 64;
const lookMs = 20;

interface AwaitedSlot {
  readonly identity: number;
  /** The slot's sequence when it was looked at last. */
  sequence: number;
  /** Who waits, and how many outcomes there were when he began. */
  readonly waiters: { readonly check: Waiting; readonly before: number; readonly count: Count }[];
}

interface Waiting {
  readonly wanted: Wanted;
  readonly pending: Set<number>;
  finish(): void;
}

export function createChecks(options: ChecksOptions): Checks {
  const { table, reader, clock, timers, probe, obey, isFree, bounds } = options;
  const budget = createCheckBudget();
  const awaited = new Map<number, AwaitedSlot>();
  const open = new Set<Waiting>();
  let closed = false;
  let lookTimer: unknown = null;
  let epoch = 0;

  function look(): void {
    lookTimer = null;
    lookAtAll();
    arm();
  }

  function lookAtAll(): void {
    const now = epochOf(table);
    if (now === epoch) return;
    epoch = now;
    for (const [slot, want] of awaited) lookAt(slot, want);
  }

  function lookAt(slot: number, want: AwaitedSlot): void {
    const { sequence, identity, row } = reader.read(slot);
    if (sequence === want.sequence) return;
    want.sequence = sequence;
    // A slot that has become somebody else's is waited for no more.
    const gone = identity !== want.identity;
    const answered = want.waiters.filter(({ before, count }) => gone || before !== count(row));
    for (const { check } of answered) {
      check.pending.delete(slot);
      if (check.pending.size === 0) check.finish();
    }
    forget(slot);
  }

  /** Drops those who wait for this slot no more. */
  function forget(slot: number): void {
    const want = awaited.get(slot);
    if (want === undefined) return;
    const left = want.waiters.filter(({ check }) => check.pending.has(slot) && open.has(check));
    want.waiters.splice(0, want.waiters.length, ...left);
    if (left.length === 0) awaited.delete(slot);
    if (awaited.size > 0) return;
    timers.clear(lookTimer);
    lookTimer = null;
  }

  function arm(): void {
    if (awaited.size > 0 && lookTimer === null) lookTimer = timers.set(look, lookMs);
  }

  /**
   * Somebody else waits for the same answer. His order may reach the owner, and be answered, before another one would: then the
   * deployment would be asked, and paid for, twice.
   */
  function isAskedFor(slot: number, rung: Wanted): boolean {
    const same = awaited.get(slot)?.waiters.filter(({ check }) => check.wanted === rung);
    return same !== undefined && same.length > 1;
  }

  function waitFor(slots: readonly number[], timeoutMs: number, rung: Wanted): Check {
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const waiting: Waiting = {
      wanted: rung,
      pending: new Set(slots),
      finish() {
        if (!open.delete(waiting)) return;
        timers.clear(deadline);
        for (const slot of waiting.pending) forget(slot);
        resolve();
      },
    };
    open.add(waiting);
    const deadline = timers.set(() => {
      lookAtAll();
      waiting.finish();
    }, timeoutMs);
    for (const slot of slots) {
      const known = awaited.get(slot);
      if (known !== undefined) lookAt(slot, known);
      const { sequence, identity, row } = reader.read(slot);
      const count = countOf(rung, isFree(slot));
      const waiter = { check: waiting, before: count(row), count };
      const want = awaited.get(slot);
      if (want === undefined) awaited.set(slot, { identity, sequence, waiters: [waiter] });
      else want.waiters.push(waiter);
    }
    if (slots.length === 0) waiting.finish();
    arm();
    return { pending: () => waiting.pending, done, end: waiting.finish };
  }

  return {
    start(slots, timeoutMs, rung = "usual") {
      if (closed) return { refused: "stopping", retryAfterMs: 0 };
      if (open.size >= waitingMax) return { refused: "waiting", retryAfterMs: 1000 };
      const wallMs = clock.wallMs();
      const asked = slots.filter(
        (slot) => !isFresh(reader.read(slot).row, wallMs, rung, isFree(slot)),
      );
      const cost = asked.filter((slot) => !awaited.has(slot)).length;
      const retryAfterMs = budget.take(cost, bounds(), clock.monotonicMs());
      if (retryAfterMs > 0) return { refused: "rate", retryAfterMs };
      const check = waitFor(asked, timeoutMs, rung);
      const unasked = asked.filter((slot) => !isAskedFor(slot, rung));
      if (unasked.length > 0) probe(unasked, rung);
      return check;
    },
    relay(slots, rung) {
      if (closed) return false;
      const wallMs = clock.wallMs();
      const asked = slots.filter(
        (slot) => !isFreshToPeers(reader.read(slot).row, wallMs, rung, isFree(slot)),
      );
      if (asked.length === 0) return slots.length > 0;
      return budget.take(asked.length, bounds(), clock.monotonicMs()) === 0 && obey(asked, rung);
    },
    waiting: () => open.size,
    resume() {
      const rungs = new Set([...open].map((waiting) => waiting.wanted));
      for (const rung of rungs) {
        const slots = [...awaited].flatMap(([slot, { waiters }]) =>
          waiters.some(({ check }) => check.wanted === rung) ? [slot] : [],
        );
        if (slots.length > 0) probe(slots, rung);
      }
    },
    close() {
      closed = true;
    },
    end() {
      lookAtAll();
      for (const waiting of [...open]) waiting.finish();
    },
  };
}

/** Has these asked; resolves when nothing is pending, at the deadline, or when `gone` says that nobody waits any more. */
export async function runCheck(
  checks: Checks,
  { slots, timeoutMs, wait, rung = "usual" }: CheckOrder,
  gone: AbortSignal,
): Promise<CheckEnd | CheckRefusal> {
  const started = checks.start(slots, timeoutMs, rung);
  if ("refused" in started) return started;
  if (wait) {
    gone.addEventListener("abort", started.end, { once: true });
    await started.done;
  }
  return { pending: [...started.pending()] };
}
