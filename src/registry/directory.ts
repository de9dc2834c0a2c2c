// Who exists, as far as it may be shown: what the serving thread knows of the fleet. No credential and no request is in here.

import type { Deployment, Mode } from "./deployment.ts";
import { identityOf, type Registry } from "./registry.ts";

/** A deployment as it may be shown. */
export interface Listed {
  readonly key: string;
  /** Of its slot while the slot is its own. */
  readonly identity: number;
  readonly modelId: string;
  readonly modelName: string;
  readonly model: string;
  readonly provider: string;
  readonly mode: Mode;
  readonly apiBase: string | null;
  /** It can be asked. */
  readonly isAskable: boolean;
  readonly intervalMs: number;
  /** The deadline of a whole probe. */
  readonly totalMs: number;
}

export interface Directory {
  /** The deployment in a slot, or null. */
  at(slot: number): Listed | null;
  /** Slots in use, in the order of the configuration. */
  slots(): readonly number[];
  /** Slots of deployments with this id (several can share one). */
  byModelId(modelId: string): readonly number[];
  /** Changes with every new list. */
  generation(): number;
}

export interface Listing {
  readonly slot: number;
  readonly listed: Listed;
}

export function listedOf(deployment: Deployment): Listed {
  const { key, modelId, modelName, model, provider, mode, apiBase, intervalMs } = deployment;
  return {
    ...{ key, identity: identityOf(key), modelId, modelName, model, provider, mode, apiBase },
    ...{ isAskable: deployment.target !== null, intervalMs },
    totalMs: deployment.deadlines.totalMs,
  };
}

/** All of a registry, in the order of the configuration. */
export function listingsOf(registry: Registry): Listing[] {
  return registry.slots().flatMap((slot) => {
    const deployment = registry.at(slot);
    return deployment === null ? [] : [{ slot, listed: listedOf(deployment) }];
  });
}

/** A directory that takes over whole lists. */
export function createDirectory(): Directory & { replace(listings: readonly Listing[]): void } {
  let bySlot: (Listed | undefined)[] = [];
  let slots: readonly number[] = [];
  let byId = new Map<string, number[]>();
  let generation = 0;
  return {
    at: (slot) => bySlot[slot] ?? null,
    slots: () => slots,
    byModelId: (modelId) => byId.get(modelId) ?? [],
    generation: () => generation,
    replace(listings) {
      bySlot = [];
      byId = new Map();
      slots = listings.map(({ slot }) => slot);
      for (const { slot, listed } of listings) {
        bySlot[slot] = listed;
        const same = byId.get(listed.modelId);
        if (same === undefined) byId.set(listed.modelId, [slot]);
        else same.push(slot);
      }
      generation += 1;
    },
  };
}
