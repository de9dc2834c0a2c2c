// All prober threads together: starting them, telling them what they ask, watching, draining.

import { type Clock, systemTimers } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Subject } from "../probe/probe.ts";
import type { RegistryChange } from "../registry/registry.ts";
import { Holds } from "../schedule/holds.ts";
import type { PassiveOutcome } from "../schedule/passive.ts";
import type { Wanted } from "../schedule/rung-choice.ts";
import { createReader } from "../table/reader.ts";
import { growTable, setThreadWord, threadWord } from "../table/table.ts";
import { checkMs } from "../threads/supervised-thread.ts";
import { createLoginDesk } from "./login-desk.ts";
import type { FromThread } from "./messages.ts";
import { createOwnership } from "./ownership.ts";
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
  /** Has these asked now by their owners. What a thread misses that is being replaced, `onAssigned` can bring again. */
  probe(slots: readonly number[], wanted: Wanted): void;
  /** Has a deployment that is not of the fleet asked once; null when no thread could. */
  test(subject: Subject): Promise<Outcome | null>;
  /** Tells the owners what real requests said of their deployments. */
  passive(outcomes: readonly PassiveOutcome[]): void;
  threads(): readonly ThreadReport[];
  /** Every thread has reported in at least once. */
  allReady(): boolean;
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
}

export function startFleet(options: FleetOptions): Fleet {
  const { table, registry, clock } = options;
  const reader = createReader(table);
  const rows = createSlotRows(options);
  const releases = createReleases(systemTimers);
  const ownership = createOwnership(registry, options.threads, (owner, slots) =>
    releases.release(threads[owner], slots),
  );
  const refusals = createRefusals(clock, options.onNotice);
  const tests = createTickets<Outcome>();
  const drains = createTickets<true>();
  const loginDesk = createLoginDesk(clock);
  const holds = new Holds();
  let settings: Settings | null = null;
  let draining = false;

  const threads: ProberThread[] = Array.from({ length: options.threads }, (_, thread) =>
    startProberThread({
      thread,
      table,
      clock,
      entry: options.entry,
      onReady: (restarted) => {
        releases.abandon(thread);
        tests.abandon(thread);
        drains.abandon(thread);
        if (draining) return;
        assign(thread, ownership.ownedBy(thread), restarted ? "resume" : "fresh");
        options.onAssigned();
      },
      onMessage: (message) => {
        if (message.type === "released") releases.settle(message.ticket);
        else if (message.type === "tested") tests.settle(message.ticket, message.outcome);
        else if (message.type === "drained") drains.settle(message.ticket, true);
        else if (message.type === "held") pass(thread, message);
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

  /** What one thread was asked to leave alone, the others leave alone as well, also those that are still to come. */
  function pass(from: number, { name, forMs }: { name: string; forMs: number }): void {
    const nowMs = clock.monotonicMs();
    holds.hold(name, nowMs + forMs, nowMs);
    for (const other of threads) {
      if (other.thread !== from) other.send({ type: "hold", name, forMs });
    }
  }

  function assign(thread: number, slots: readonly number[], how: TakeOver): void {
    const prober = threads[thread];
    const limits = ownership.limitsOf(thread);
    // One that is not there yet is assigned its slots when it is.
    if (prober?.isAlive() !== true || settings === null || limits === undefined) return;
    const { startRatePerSecond, responseBytesMax, keepAliveMs } = settings;
    const turns = turnsOf(slots, how, {
      ...{ registry, reader, thread, threads: options.threads, startRatePerSecond },
      wallMs: clock.wallMs(),
      restoredDueMs: rows.restoredDueMs,
    });
    prober.send({
      type: "bounds",
      limits,
      policy: policyOf(settings, ownership.shareOf(thread)),
      responseBytesMax,
      keepAliveMs,
      holds: holds.left(clock.monotonicMs()),
    });
    for (const message of assignMessages(registry.list(), turns)) prober.send(message);
  }

  return {
    async apply(change, next) {
      settings = next;
      growTable(table, registry.slotCount());
      const moved = await ownership.reshard(change, next);
      rows.follow(change, clock.wallMs());
      ownership.settle();
      const fresh = new Set([...change.added, ...change.changed]);
      for (const { thread } of threads) {
        const owned = ownership.ownedBy(thread);
        assign(
          thread,
          owned.filter((slot) => fresh.has(slot)),
          "fresh",
        );
        const taken = owned.filter((slot) => moved.has(slot) && !fresh.has(slot));
        if (taken.length > 0) assign(thread, taken, "resume");
        setThreadWord(table, thread, "deployments", owned.length);
      }
      options.onAssigned();
    },
    probe(slots, wanted) {
      for (const [owner, owned] of Map.groupBy(slots, ownership.ownerOf)) {
        threads[owner]?.send({ type: "probe", slots: owned, wanted });
      }
    },
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
    passive(outcomes) {
      const byOwner = Map.groupBy(outcomes, ({ slot }) => ownership.ownerOf(slot));
      for (const [owner, told] of byOwner)
        threads[owner]?.send({ type: "passive", outcomes: told });
    },
    threads: () =>
      threads.map((thread) => ({
        thread: thread.thread,
        alive: thread.isAlive(),
        restarts: thread.restarts(),
      })),
    allReady: () => threads.every((thread) => thread.wasReady()),
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
      loginDesk.close();
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}
