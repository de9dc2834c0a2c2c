// Which thread owns which slot, of those that this replica asks. A slot changes hands in two steps: its old owner lets go of it, and
// only then another one gets it, so that no row ever has two writers.

import type { Settings } from "../config/settings.ts";
import type { Registry, RegistryChange } from "../registry/registry.ts";
import { type Sharding, type ShardMember, shard, type ThreadLimits } from "../registry/shard.ts";

/** Who had a slot: another thread, nobody here, or who has it still. */
export type Former = "thread" | "nobody" | "same";

export interface Ownership {
  /** -1 when nobody owns it. */
  ownerOf(slot: number): number;
  /** A thread owns it, or lets go of it. */
  isOwned(slot: number): boolean;
  /** It can be asked, and another replica does. */
  isForeign(slot: number): boolean;
  /** What a thread owns for good, in the order of the configuration: without what is changing hands. */
  ownedBy(thread: number): number[];
  /** The thread's part of every bound; undefined before there are any. */
  limitsOf(thread: number): ThreadLimits | undefined;
  /** The thread's part of all deployments that are asked. */
  shareOf(thread: number): number;
  /**
   * Works the owners out anew after a change of the registry or of what is ours, and takes from the old ones what changes hands or is
   * asked otherwise. Answers who had a slot until now that has another owner than before. Until `settle` nobody is given what was taken.
   */
  reshard(change: RegistryChange, settings: Settings): Promise<(slot: number) => Former>;
  settle(): void;
}

export interface OwnershipOptions {
  readonly registry: Registry;
  readonly threads: number;
  /** Whether this replica asks the slot, if it can be asked. */
  readonly isOurs: (slot: number) => boolean;
  /** Resolves when a thread has let go of these slots. */
  readonly release: (thread: number, slots: readonly number[]) => Promise<void>;
}

export function createOwnership(options: OwnershipOptions): Ownership {
  const { registry, threads, isOurs, release } = options;
  let sharding: Sharding = { owners: new Map(), limits: [] };
  /** Slots that are changing hands: not given to a thread that restarts meanwhile. */
  let leaving: ReadonlySet<number> = new Set();
  /**
   * Who had the slots that went to another replica: they go back to the same thread, which knows of the probes that it has in flight
   * there still, and asks nothing twice.
   */
  const formerly = new Map<number, number>();

  const ownerOf = (slot: number) => sharding.owners.get(slot) ?? -1;
  const isAskable = (slot: number) => (registry.commonAt(slot)?.target ?? null) !== null;

  function ownedBy(thread: number): number[] {
    return registry.slots().filter((slot) => ownerOf(slot) === thread && !leaving.has(slot));
  }

  /** What is asked here, and where it counts. */
  function members(): ShardMember[] {
    return registry.slots().flatMap((slot) => {
      const lanes = isAskable(slot) && isOurs(slot) ? registry.lanesAt(slot) : null;
      return lanes === null ? [] : [{ slot, lanes }];
    });
  }

  function remember({ removed }: RegistryChange, before: Sharding["owners"]): void {
    for (const slot of formerly.keys()) {
      if (ownerOf(slot) !== -1) formerly.delete(slot);
    }
    for (const slot of leaving) {
      const thread = before.get(slot);
      if (thread !== undefined && ownerOf(slot) === -1) formerly.set(slot, thread);
    }
    for (const { slot } of removed) formerly.delete(slot);
  }

  return {
    ownerOf,
    isOwned: (slot) => ownerOf(slot) !== -1 || leaving.has(slot),
    isForeign: (slot) => ownerOf(slot) === -1 && isAskable(slot) && !isOurs(slot),
    ownedBy,
    limitsOf: (thread) => sharding.limits[thread],
    shareOf: (thread) => ownedBy(thread).length / Math.max(1, sharding.owners.size),
    async reshard(change, settings) {
      const before = sharding.owners;
      const limits = {
        thread: settings.maxInFlight,
        provider: settings.maxInFlightPerProvider,
        host: settings.maxInFlightPerHost,
        key: settings.maxInFlightPerKey,
      };
      const after = shard(members(), threads, limits, {
        get: (slot) => before.get(slot) ?? formerly.get(slot),
      });
      const isMoved = (slot: number) => before.get(slot) !== after.owners.get(slot);
      leaving = new Set([
        ...registry.slots().filter((slot) => before.has(slot) && isMoved(slot)),
        ...change.changed,
        ...change.removed.map(({ slot }) => slot),
      ]);
      const byOwner = Map.groupBy(leaving, ownerOf);
      await Promise.all([...byOwner].map(([owner, slots]) => release(owner, slots)));
      sharding = after;
      remember(change, before);
      return (slot) => (isMoved(slot) ? (before.has(slot) ? "thread" : "nobody") : "same");
    },
    settle() {
      leaving = new Set();
    },
  };
}
