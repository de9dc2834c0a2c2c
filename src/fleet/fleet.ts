// All prober threads together: who asks what, handing over on reload, watching, draining.
//
// The main thread writes a slot only while no thread owns it: when it is claimed for a new deployment, when it is
// freed, and for deployments that cannot be asked at all. Everything else is written by the owning thread.

import type { Clock } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Subject } from "../probe/probe.ts";
import { type Deployment, isPlanned } from "../registry/deployment.ts";
import { identityOf, labelOf, type Registry, type RegistryChange } from "../registry/registry.ts";
import { type Sharding, type ShardMember, shard } from "../registry/shard.ts";
import { batchOfPacked, type Turn } from "../schedule/assignment.ts";
import { packListed } from "../schedule/definition.ts";
import { Holds, longestHoldMs } from "../schedule/holds.ts";
import type { PassiveOutcome } from "../schedule/passive.ts";
import { firstDelayMs, gridDelayMs } from "../schedule/plan.ts";
import type { Wanted } from "../schedule/rung-choice.ts";
import { createReader } from "../table/reader.ts";
import { sources } from "../table/row.ts";
import { scalarOfBytes, setScalarOfBytes } from "../table/row-words.ts";
import { createSpending, dayOf } from "../table/spending.ts";
import { growTable, setThreadWord, type Table, threadWord } from "../table/table.ts";
import { createWriter } from "../table/writer.ts";
import { checkMs } from "../threads/supervised-thread.ts";
import { createLoginDesk } from "./login-desk.ts";
import type { FromThread } from "./messages.ts";
import { type ProberThread, startProberThread } from "./prober-thread.ts";
import { createRefusals } from "./refusals.ts";
import { isResting, restingBytesAt, restingRow } from "./resting-row.ts";
import { policyOf } from "./schedule-policy.ts";
import { createTickets } from "./tickets.ts";

/** Deployments in one message to a thread. */
const assignmentsMax = 250;

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

export interface FleetOptions {
  readonly table: Table;
  readonly registry: Registry;
  readonly threads: number;
  readonly clock: Clock;
  readonly entry: URL;
  /** Last rows of an earlier process, as bytes by deployment key; each is taken once. */
  readonly restored: Map<string, Uint8Array>;
  /** Called when a slot begins with such a row. */
  readonly onRestore: (slot: number, deployment: Deployment) => void;
  /** Called before a slot is freed, so that its counters can be kept. */
  readonly onRetire: (slot: number, deployment: Deployment) => void;
  /** Some thread has new assignments: after a start, a restart or a reload. */
  readonly onAssigned: () => void;
  readonly onNotice: (text: string) => void;
}

export function startFleet(options: FleetOptions): Fleet {
  const { table, registry, clock } = options;
  const writer = createWriter(table);
  const reader = createReader(table);
  const spend = createSpending(table);
  const refusals = createRefusals(clock, options.onNotice);
  const releases = createTickets<true>();
  const tests = createTickets<Outcome>();
  const loginDesk = createLoginDesk(clock);
  const holds = new Holds();
  let settings: Settings | null = null;
  let sharding: Sharding = { owners: new Map(), limits: [] };
  let draining = false;
  let drained = 0;
  /** Slots that are changing hands: not given to a thread that restarts meanwhile. */
  let leaving: ReadonlySet<number> = new Set();
  /** When deployments that began with a restored row were due (wall time). */
  const restoredDueMs = new Map<number, number>();

  const threads: ProberThread[] = Array.from({ length: options.threads }, (_, thread) =>
    startProberThread({
      thread,
      table,
      clock,
      entry: options.entry,
      onReady: (restarted) => {
        releases.abandon(thread);
        tests.abandon(thread);
        if (draining) return;
        assign(thread, ownedBy(thread), restarted ? "resume" : "fresh");
        options.onAssigned();
      },
      onMessage: (message) => {
        if (message.type === "released") releases.settle(message.ticket, true);
        else if (message.type === "tested") tests.settle(message.ticket, message.outcome);
        else if (message.type === "drained") drained += 1;
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

  function byOwner(slots: readonly number[]): Map<number, number[]> {
    return Map.groupBy(slots, (slot) => sharding.owners.get(slot) ?? -1);
  }

  function ownedBy(thread: number): number[] {
    return registry
      .slots()
      .filter((slot) => sharding.owners.get(slot) === thread && !leaving.has(slot));
  }

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

  /** Resolves when the owners have let go of these slots (a dead owner has, by its death). */
  async function release(slots: readonly number[]): Promise<void> {
    await Promise.all(
      [...byOwner(slots)].map(([owner, owned]) => {
        const thread = threads[owner];
        if (thread === undefined || !thread.isAlive()) return undefined;
        const { ticket, answer } = releases.open(owner);
        thread.send({ type: "release", slots: owned, ticket });
        return answer;
      }),
    );
  }

  /** Makes a slot a deployment's: with what an earlier process knew of it, else with nothing. */
  function claim(slot: number, restingBytes: (common: Deployment) => Uint8Array, wallMs: number) {
    const shown = registry.shownAt(slot);
    const common = registry.commonAt(slot);
    if (shown === null || common === null) return;
    const identity = identityOf(shown.key);
    const known = options.restored.get(shown.key);
    options.restored.delete(shown.key);
    if (known === undefined || common.target === null) {
      writer.claimBytes(slot, identity, restingBytes(common), labelOf(shown));
      return;
    }
    restoredDueMs.set(slot, scalarOfBytes(known, "nextDueMs"));
    setScalarOfBytes(known, "nextDueMs", 0);
    setScalarOfBytes(known, "source", sources.indexOf("restored"));
    writer.claimBytes(slot, identity, known, labelOf(shown));
    addRestored(known, wallMs);
    const deployment = registry.at(slot);
    if (deployment !== null) options.onRestore(slot, deployment);
  }

  /** What an earlier process spent today counts. */
  function addRestored(row: Uint8Array, wallMs: number): void {
    const day = scalarOfBytes(row, "spentDay");
    if (day !== dayOf(wallMs)) return;
    spend(day, {
      tokens: scalarOfBytes(row, "spentTokens"),
      nanoUsd: scalarOfBytes(row, "spentNanoUsd"),
    });
  }

  /** How long the provider still wants to be left alone, as the table tells. */
  function heldMs(slot: number, wallMs: number): number {
    return Math.min(longestHoldMs, reader.scalar(slot, "holdUntilMs").value - wallMs);
  }

  /**
   * `fresh`: never asked by this process, spread by the start rate, those first of which least is known; what was
   * restored waits until it is due. `resume`: when the table says they are due.
   */
  function assign(thread: number, slots: readonly number[], how: "fresh" | "resume"): void {
    const prober = threads[thread];
    const limits = sharding.limits[thread];
    // One that is not there yet is assigned its slots when it is.
    if (prober?.isAlive() !== true || settings === null || limits === undefined) return;
    const { startRatePerSecond } = settings;
    const count = registry.slots().length;
    const wallMs = clock.wallMs();
    const list = registry.list();
    const turns: (Turn & { readonly place: number })[] = [];
    const byAge = slots
      .map((slot) => ({ slot, checkedMs: reader.scalar(slot, "lastCheckMs").value }))
      .sort((a, b) => a.checkedMs - b.checkedMs);
    for (const { slot } of byAge) {
      const place = registry.placeOf(slot);
      if (place === null) continue;
      const { target, intervalMs } = list.commonAt(place);
      if (target === null) continue;
      const turn = turns.length * options.threads + thread;
      const soonestMs = firstDelayMs(turn, startRatePerSecond);
      const dueMs =
        how === "resume" ? reader.scalar(slot, "nextDueMs").value : (restoredDueMs.get(slot) ?? 0);
      const firstMs = Math.min(Math.max(soonestMs, dueMs - wallMs), intervalMs + soonestMs);
      turns.push({
        ...{ slot, place },
        firstDelayMs: how === "resume" ? Math.max(firstMs, heldMs(slot, wallMs)) : firstMs,
        gridDelayMs: gridDelayMs(turn, count, intervalMs),
      });
    }
    prober.send({
      type: "bounds",
      limits,
      policy: policyOf(settings, ownedBy(thread).length / Math.max(1, sharding.owners.size)),
      responseBytesMax: settings.responseBytesMax,
      keepAliveMs: settings.keepAliveMs,
      holds: holds.left(clock.monotonicMs()),
    });
    // In pieces: a copy of thousands of deployments at once would hold up the server's thread.
    for (let from = 0; from < turns.length; from += assignmentsMax) {
      const piece = turns.slice(from, from + assignmentsMax);
      prober.send(() => ({ type: "assign", batch: batchOfPacked(piece.flatMap(packed)) }));
    }

    function packed({ place, ...turn }: (typeof turns)[number]) {
      const definition = packListed(list, place);
      return definition === null ? [] : [{ ...turn, ...definition }];
    }
  }

  return {
    async apply(change, next) {
      settings = next;
      growTable(table, registry.slotCount());
      const moving = await reshard();

      for (const { slot, deployment } of change.removed) {
        options.onRetire(slot, deployment);
        restoredDueMs.delete(slot);
        writer.claim(slot, 0, restingRow(null, 0));
      }
      const wallMs = clock.wallMs();
      const restingBytes = restingBytesAt(wallMs);
      for (const slot of change.added) claim(slot, restingBytes, wallMs);
      for (const slot of change.changed) {
        const deployment = registry.at(slot);
        if (deployment === null) continue;
        writer.relabel(slot, labelOf(deployment));
        const { row } = reader.read(slot);
        // What is asked keeps its status until the next answer; what is not says why.
        if (deployment.target === null || (!isPlanned(deployment) && isResting(row))) {
          writer.write(slot, restingRow(deployment, wallMs, row));
        }
      }

      leaving = new Set();
      const fresh = new Set([...change.added, ...change.changed]);
      for (const { thread } of threads) {
        const owned = ownedBy(thread);
        assign(
          thread,
          owned.filter((slot) => fresh.has(slot)),
          "fresh",
        );
        const taken = owned.filter((slot) => moving.has(slot) && !fresh.has(slot));
        if (taken.length > 0) assign(thread, taken, "resume");
        setThreadWord(table, thread, "deployments", owned.length);
      }
      options.onAssigned();

      /** Works the owners out anew and takes from the old ones what changes hands. */
      async function reshard(): Promise<Set<number>> {
        const members: ShardMember[] = [];
        for (const slot of registry.slots()) {
          const isAskable = (registry.commonAt(slot)?.target ?? null) !== null;
          const lanes = isAskable ? registry.lanesAt(slot) : null;
          if (lanes !== null) members.push({ slot, lanes });
        }
        const before = sharding;
        const after = shard(
          members,
          options.threads,
          {
            thread: next.maxInFlight,
            provider: next.maxInFlightPerProvider,
            host: next.maxInFlightPerHost,
            key: next.maxInFlightPerKey,
          },
          before.owners,
        );
        const moved = registry.slots().filter((slot) => {
          const owner = before.owners.get(slot);
          return owner !== undefined && owner !== after.owners.get(slot);
        });
        leaving = new Set([...moved, ...change.changed, ...change.removed.map((r) => r.slot)]);
        await release([...leaving]);
        sharding = after;
        return new Set(moved);
      }
    },
    probe(slots, wanted) {
      for (const [owner, owned] of byOwner(slots)) {
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
      const owned = Map.groupBy(outcomes, ({ slot }) => sharding.owners.get(slot) ?? -1);
      for (const [owner, told] of owned) threads[owner]?.send({ type: "passive", outcomes: told });
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
      drained = 0;
      const alive = threads.filter((thread) => thread.isAlive());
      for (const thread of alive) thread.send({ type: "drain" });
      const deadlineMs = clock.monotonicMs() + timeoutMs;
      while (drained < alive.length && clock.monotonicMs() < deadlineMs) await Bun.sleep(10);
    },
    async stop() {
      clearInterval(watch);
      loginDesk.close();
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}
