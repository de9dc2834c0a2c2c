// All prober threads together: starting them, telling them what they ask, watching, draining.

import { type Clock, systemTimers } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Subject } from "../probe/probe.ts";
import type { RegistryChange } from "../registry/registry.ts";
import type { PassiveOutcome } from "../schedule/passive.ts";
import type { Wanted } from "../schedule/rung-choice.ts";
import { createReader } from "../table/reader.ts";
import { growTable, setThreadWord, threadWord } from "../table/table.ts";
import { checkMs } from "../threads/supervised-thread.ts";
import { createApplied, noChange } from "./applied.ts";
import { createHoldNames } from "./hold-names.ts";
import { createLoginDesk } from "./login-desk.ts";
import type { FromThread } from "./messages.ts";
import { createOrders, type ForeignOrder } from "./orders.ts";
import { createOwnership } from "./ownership.ts";
import { createPeerRows, type PeerRowEnd, type PeerRowsOptions } from "./peer-rows.ts";
import { type ProberThread, startProberThread } from "./prober-thread.ts";
import { createRefusals } from "./refusals.ts";
import { createReleases } from "./releases.ts";
import { policyOf } from "./schedule-policy.ts";
import { createSlotRows, type SlotRowsOptions } from "./slot-rows.ts";
import { createTickets } from "./tickets.ts";
import { assignMessages, type TakeOver, turnsOf } from "./turns.ts";

type LoginWanted = Extract<FromThread, { readonly type: "login" }>;

export interface ThreadReport {
  readonly thread: number;
  readonly alive: boolean;
  readonly restarts: number;
}

export interface Fleet {
  /** Gives every deployment a slot and an owner, after the registry took a new list over. */
  apply(change: RegistryChange, settings: Settings): Promise<void>;
  /** After `isOurs` has begun to answer otherwise: lets go of what is another replica's and takes what is ours, when it is due. */
  reshare(): Promise<void>;
  /** A thread has the slot, or lets go of it. */
  owns(slot: number): boolean;
  /** Shows what another replica tells of a slot that nobody here owns: a row as bytes. */
  takePeerRow(slot: number, row: Uint8Array): PeerRowEnd;
  /** Does what another replica passes on, as far as it is for our threads; false when nothing is. */
  obey(order: ForeignOrder): boolean;
  /** Has these asked now by their owners. What a thread misses that is being replaced, `onAssigned` can bring again. */
  probe(slots: readonly number[], wanted: Wanted): void;
  /** Has a deployment that is not of the fleet asked once; null when no thread could. */
  test(subject: Subject): Promise<Outcome | null>;
  /** Tells the owners what real requests said of their deployments. */
  passive(outcomes: readonly PassiveOutcome[]): void;
  threads(): readonly ThreadReport[];
  /** Every thread has reported in at least once. */
  allReady(): boolean;
  /** What is ours is asked: it has been handed out to threads that have all been there, and one of them is. */
  isFit(): boolean;
  /** Stops asking; resolves when nothing is in flight, or after the bound. */
  drain(timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface FleetOptions extends SlotRowsOptions {
  readonly threads: number;
  readonly clock: Clock;
  readonly entry: URL;
  /** Some thread has new assignments: after a start, a restart or a reload. */
  readonly onAssigned: () => void;
  readonly onNotice: (text: string) => void;
  /** Whether this replica asks the slot; it asks all unless given. */
  readonly isOurs?: (slot: number) => boolean;
  /**
   * What part of its interval later than planned a deployment is asked that nobody here had: where several replicas take the same, each
   * has another one. From 0 up to 1; 0 unless given.
   */
  readonly shift?: () => number;
  /** What is for another replica: for slots that it asks, and every hold that a thread here was told. */
  readonly onForeign?: (order: ForeignOrder) => void;
  /** A peer's row was taken; the rows are good during the call only. */
  readonly onPeerRow?: PeerRowsOptions["onTaken"];
}

/** A reload that the registry has taken over, and that has not come here within so long, has failed on its way. */
const reloadMs = 2000;

export function startFleet(options: FleetOptions): Fleet {
  const { table, registry, clock } = options;
  const reader = createReader(table);
  const rows = createSlotRows(options);
  const releases = createReleases(systemTimers);
  const ownership = createOwnership({
    registry,
    threads: options.threads,
    isOurs: options.isOurs ?? (() => true),
    release: (owner, slots) => releases.release(threads[owner], slots),
  });
  const takePeerRow = createPeerRows({
    ...{ table, registry, clock, isOwned: ownership.isOwned },
    onTaken: options.onPeerRow ?? (() => {}),
  });
  const orders = createOrders({
    ...{ clock, ownership, threads: () => threads, hasKey: createHoldNames(registry) },
    onForeign: options.onForeign ?? (() => {}),
  });
  const refusals = createRefusals(clock, options.onNotice);
  const tests = createTickets<Outcome>();
  const drains = createTickets<true>();
  const loginDesk = createLoginDesk(clock);
  let settings: Settings | null = null;
  let draining = false;
  /** Once. */
  let isApplied = false;
  /** Ends when nothing changes hands any more. */
  let changing: Promise<void> = Promise.resolve();
  /** Begins when nothing changes hands any more. */
  let nextReshare: Promise<void> | null = null;
  const applied = createApplied(registry);
  /** A reload that is to come: the registry's generation with it, and since when it was missed. */
  let missed: { readonly generation: number; readonly sinceMs: number } | null = null;
  let laterReshare: unknown = null;

  const threads: ProberThread[] = Array.from({ length: options.threads }, (_, thread) =>
    startProberThread({
      thread,
      table,
      clock,
      entry: options.entry,
      onReady: () => {
        releases.abandon(thread);
        tests.abandon(thread);
        drains.abandon(thread);
        if (draining) return;
        assign(thread, ownership.ownedBy(thread), "resume");
        options.onAssigned();
      },
      onMessage: (message) => {
        if (message.type === "released") releases.settle(message.ticket);
        else if (message.type === "tested") tests.settle(message.ticket, message.outcome);
        else if (message.type === "drained") drains.settle(message.ticket, true);
        else if (message.type === "held") orders.held(thread, message);
        else if (message.type === "login") void logIn(thread, message);
        else if (message.type === "refused") refusals.tell(registry.at(message.slot), message.text);
      },
      onNotice: options.onNotice,
    }),
  );

  let expectedMs = clock.monotonicMs() + checkMs;
  const watch = setInterval(() => {
    const nowMs = clock.monotonicMs();
    for (const thread of threads) thread.check(nowMs - expectedMs);
    expectedMs = nowMs + checkMs;
  }, checkMs);

  /** The credential of a login, fetched once for all threads. */
  async function logIn(thread: number, { login, refused }: LoginWanted): Promise<void> {
    const issued = await loginDesk.issue(login, refused);
    threads[thread]?.send({ type: "issued", id: login.id, issued });
  }

  function assign(thread: number, slots: readonly number[], how: TakeOver, shift = 0): void {
    const prober = threads[thread];
    const limits = ownership.limitsOf(thread);
    // One that is not there yet is assigned its slots when it is.
    if (prober?.isAlive() !== true || settings === null || limits === undefined) return;
    const { startRatePerSecond, responseBytesMax, keepAliveMs } = settings;
    const turns = turnsOf(slots, how, {
      ...{ registry, reader, thread, threads: options.threads, startRatePerSecond },
      ...{ wallMs: clock.wallMs(), restoredDueMs: rows.restoredDueMs, shift },
    });
    prober.send({
      type: "bounds",
      limits,
      policy: policyOf(settings, ownership.shareOf(thread)),
      responseBytesMax,
      keepAliveMs,
      holds: orders.holds(),
    });
    for (const message of assignMessages(registry.list(), turns)) prober.send(message);
  }

  /** One change after the other: two cannot cross. */
  function inTurn(change: () => Promise<void>): Promise<void> {
    const ended = changing.then(change);
    changing = ended.catch(() => {});
    return ended;
  }

  async function changeHands(lastStep: RegistryChange, next: Settings): Promise<void> {
    const { change, settle } = applied.change(lastStep);
    growTable(table, registry.slotCount());
    const formerOf = await ownership.reshard(change, next);
    rows.follow(change, clock.wallMs());
    ownership.settle();
    settle();
    const shift = options.shift?.() ?? 0;
    const fresh = new Set([...change.added, ...change.changed]);
    for (const { thread } of threads) {
      const owned = ownership.ownedBy(thread);
      assign(
        thread,
        owned.filter((slot) => fresh.has(slot)),
        "fresh",
      );
      const known = owned.filter((slot) => !fresh.has(slot));
      const moved = known.filter((slot) => formerOf(slot) === "thread");
      if (moved.length > 0) assign(thread, moved, "resume");
      const taken = known.filter((slot) => formerOf(slot) === "nobody");
      if (taken.length > 0) assign(thread, taken, "resume", shift);
      setThreadWord(table, thread, "deployments", owned.length);
    }
    options.onAssigned();
  }

  async function reshareNow(): Promise<void> {
    nextReshare = null;
    if (settings === null || draining || isReloadToCome()) return;
    await changeHands(noChange, settings);
  }

  /** What is about to be applied is divided anew by that. One that never comes is looked after by a later look. */
  function isReloadToCome(): boolean {
    if (applied.isCurrent()) return false;
    const generation = registry.generation();
    const nowMs = clock.monotonicMs();
    if (missed?.generation === generation) return nowMs - missed.sinceMs < reloadMs;
    missed = { generation, sinceMs: nowMs };
    systemTimers.clear(laterReshare);
    laterReshare = systemTimers.set(() => void fleet.reshare().catch(() => {}), reloadMs + 1);
    return true;
  }

  const fleet: Fleet = {
    apply(change, next) {
      return inTurn(async () => {
        settings = next;
        await changeHands(change, next);
        isApplied = true;
      });
    },
    reshare() {
      nextReshare ??= inTurn(reshareNow);
      return nextReshare;
    },
    owns: ownership.isOwned,
    takePeerRow,
    obey: orders.obey,
    probe: orders.probe,
    passive: orders.passive,
    test(subject) {
      const alive = threads.filter((thread) => thread.isAlive());
      const load = ({ thread }: ProberThread) => threadWord(table, thread, "inFlight");
      const [idlest] = alive.sort((a, b) => load(a) - load(b));
      if (idlest === undefined || settings === null || draining) return Promise.resolve(null);
      const { responseBytesMax } = settings;
      const { ticket, answer } = tests.open(idlest.thread);
      idlest.send({ type: "test", subject, responseBytesMax, ticket });
      return answer;
    },
    threads: () =>
      threads.map((thread) => ({
        thread: thread.thread,
        alive: thread.isAlive(),
        restarts: thread.restarts(),
      })),
    allReady: () => threads.every((thread) => thread.wasReady()),
    isFit: () => isApplied && fleet.allReady() && threads.some((thread) => thread.isAlive()),
    async drain(timeoutMs) {
      draining = true;
      const alive = threads.filter((thread) => thread.isAlive());
      const answers = alive.map((thread) => {
        const { ticket, answer } = drains.open(thread.thread);
        thread.send({ type: "drain", ticket });
        return answer;
      });
      const late = systemTimers.set(() => {
        for (const { thread } of alive) drains.abandon(thread);
      }, timeoutMs);
      await Promise.all(answers);
      systemTimers.clear(late);
    },
    async stop() {
      clearInterval(watch);
      systemTimers.clear(laterReshare);
      loginDesk.close();
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
  return fleet;
}
