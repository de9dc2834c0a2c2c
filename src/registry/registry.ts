// Who exists and in which slot. The only place where a slot is given or taken: a deployment keeps its slot
// for as long as its key stays in the configuration, so its status and counters survive a reload.

import type { SlotLabel } from "../table/label.ts";
import type { Deployment } from "./deployment.ts";

/** Makes a second hash of the first one's algorithm. */
const labelSeed = 1;

/** What a new list of deployments means for the slots. */
export interface RegistryChange {
  readonly added: readonly number[];
  /** Slots whose deployment is gone, with what was there. */
  readonly removed: readonly { readonly slot: number; readonly deployment: Deployment }[];
  /** Slots whose deployment is the same but is asked differently from now on. */
  readonly changed: readonly number[];
  /** Slots of which nothing that matters to a probe changed. */
  readonly kept: readonly number[];
}

export interface Registry {
  /** Takes over a new list; slots of unchanged keys stay. */
  replace(deployments: readonly Deployment[]): RegistryChange;
  /** The deployment in a slot, or null. */
  at(slot: number): Deployment | null;
  /** Slots in use, in the order of the configuration. */
  slots(): readonly number[];
  /** Slots of deployments with this id (several can share one). */
  byModelId(modelId: string): readonly number[];
  /** One more than the highest slot ever used. */
  slotCount(): number;
  /** Changes with every `replace`. */
  generation(): number;
}

export function createRegistry(): Registry {
  const deployments: (Deployment | null)[] = [];
  const slotOfKey = new Map<string, number>();
  let order: number[] = [];
  /** Nearly all ids are one slot's. */
  let byId = new Map<string, number | number[]>();
  let generation = 0;

  return {
    replace(next) {
      const wanted = new Set(next.map((deployment) => deployment.key));
      const removed: { slot: number; deployment: Deployment }[] = [];
      for (const [key, slot] of slotOfKey) {
        const deployment = deployments[slot];
        if (wanted.has(key) || deployment === null || deployment === undefined) continue;
        removed.push({ slot, deployment });
        slotOfKey.delete(key);
        deployments[slot] = null;
      }

      const justFreed = new Set(removed.map(({ slot }) => slot));
      const added: number[] = [];
      const changed: number[] = [];
      const kept: number[] = [];
      let candidate = 0;
      order = [];
      byId = new Map();
      for (const deployment of next) {
        let slot = slotOfKey.get(deployment.key);
        if (slot === undefined) {
          // A slot that was freed just now still has a probe in flight perhaps: not given out at once.
          while (deployments[candidate] || justFreed.has(candidate)) candidate += 1;
          slot = candidate;
          slotOfKey.set(deployment.key, slot);
          added.push(slot);
        } else if (asksAlike(deployments[slot], deployment)) {
          kept.push(slot);
        } else {
          changed.push(slot);
        }
        deployments[slot] = deployment;
        order.push(slot);
        const same = byId.get(deployment.modelId);
        if (same === undefined) byId.set(deployment.modelId, slot);
        else if (typeof same === "number") byId.set(deployment.modelId, [same, slot]);
        else same.push(slot);
      }
      generation += 1;
      return { added, removed, changed, kept };
    },
    at: (slot) => deployments[slot] ?? null,
    slots: () => order,
    byModelId(modelId) {
      const found = byId.get(modelId) ?? [];
      return typeof found === "number" ? [found] : found;
    },
    slotCount: () => deployments.length,
    generation: () => generation,
  };
}

/** A 32-bit identity of a deployment's key for its slot; never 0. */
export function identityOf(key: string): number {
  return Bun.hash.xxHash32(key) | 0 || 1;
}

/** What the slot says of a deployment besides. */
export function labelOf({ key, modelId }: Deployment): SlotLabel {
  return { keyHash: Bun.hash.xxHash32(key, labelSeed) | 0, modelId };
}

function asksAlike(before: Deployment | null | undefined, after: Deployment): boolean {
  if (before === null || before === undefined) return false;
  return Bun.deepEquals(before, after, true);
}
