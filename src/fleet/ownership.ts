// Which thread owns which slot. A slot changes hands in two steps: its old owner lets go of it, and only then another one gets it, so
// that no row ever has two writers.

import type { Settings } from "../config/settings.ts";
import type { Registry, RegistryChange } from "../registry/registry.ts";
import { type Sharding, type ShardMember, shard, type ThreadLimits } from "../registry/shard.ts";

export interface Ownership {
  /** -1 when nobody owns it. */
  ownerOf(slot: number): number;
  /** What a thread owns for good, in the order of the configuration: without what is changing hands. */
  ownedBy(thread: number): number[];
  /** The thread's part of every bound; undefined before there are any. */
  limitsOf(thread: number): ThreadLimits | undefined;
  /** The thread's part of all deployments that are asked. */
  shareOf(thread: number): number;
  /**
   * Works the owners out anew after a change of the registry, and takes from the old ones what changes hands or is asked otherwise.
   * Answers which slots have another owner than before. Until `settle` nobody is given what was taken.
   */
  reshard(change: RegistryChange, settings: Settings): Promise<ReadonlySet<number>>;
  settle(): void;
}

/** `release` resolves when a thread has let go of these slots. */
export function createOwnership(
  registry: Registry,
  threads: number,
  release: (thread: number, slots: readonly number[]) => Promise<void>,
): Ownership {
  let sharding: Sharding = { owners: new Map(), limits: [] };
  /** Slots that are changing hands: not given to a thread that restarts meanwhile. */
  let leaving: ReadonlySet<number> = new Set();

  const ownerOf = (slot: number) => sharding.owners.get(slot) ?? -1;

  function ownedBy(thread: number): number[] {
    return registry.slots().filter((slot) => ownerOf(slot) === thread && !leaving.has(slot));
  }

  /** What can be asked, and where it counts. */
  function members(): ShardMember[] {
    return registry.slots().flatMap((slot) => {
      const isAskable = (registry.commonAt(slot)?.target ?? null) !== null;
      const lanes = isAskable ? registry.lanesAt(slot) : null;
      return lanes === null ? [] : [{ slot, lanes }];
    });
  }

  return {
    ownerOf,
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
      const after = shard(members(), threads, limits, before);
      const moved = registry.slots().filter((slot) => {
        const owner = before.get(slot);
        return owner !== undefined && owner !== after.owners.get(slot);
      });
      leaving = new Set([...moved, ...change.changed, ...change.removed.map(({ slot }) => slot)]);
      const byOwner = Map.groupBy(leaving, ownerOf);
      await Promise.all([...byOwner].map(([owner, slots]) => release(owner, slots)));
      sharding = after;
      return new Set(moved);
    },
    settle() {
      leaving = new Set();
    },
  };
}
