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
  /** By public name. */
  byModelName(modelName: string): readonly number[];
  /** By model as configured. */
  byModel(model: string): readonly number[];
  byProvider(provider: string): readonly number[];
  /** Names of the model groups. */
  modelNames(): Iterable<string>;
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

/** A whole list, with the ways to find somebody in it. */
interface List {
  readonly bySlot: (Listed | undefined)[];
  readonly slots: number[];
  readonly byModelId: Map<string, number[]>;
  readonly byModelName: Map<string, number[]>;
  readonly byModel: Map<string, number[]>;
  readonly byProvider: Map<string, number[]>;
}

export interface ReplaceableDirectory extends Directory {
  /** Adds to the list that is being put together; nobody sees it yet. */
  add(listings: readonly Listing[]): void;
  /** What was added since the last call is the list from now on. */
  replace(): void;
}

/** A directory that takes over whole lists, which may come in pieces. */
export function createDirectory(): ReplaceableDirectory {
  let current = emptyList();
  let next = emptyList();
  let generation = 0;
  return {
    at: (slot) => current.bySlot[slot] ?? null,
    slots: () => current.slots,
    byModelId: (modelId) => current.byModelId.get(modelId) ?? [],
    byModelName: (modelName) => current.byModelName.get(modelName) ?? [],
    byModel: (model) => current.byModel.get(model) ?? [],
    byProvider: (provider) => current.byProvider.get(provider) ?? [],
    modelNames: () => current.byModelName.keys(),
    generation: () => generation,
    add(listings) {
      for (const { slot, listed } of listings) {
        next.bySlot[slot] = listed;
        next.slots.push(slot);
        addTo(next.byModelId, listed.modelId, slot);
        addTo(next.byModelName, listed.modelName, slot);
        addTo(next.byModel, listed.model, slot);
        addTo(next.byProvider, listed.provider, slot);
      }
    },
    replace() {
      current = next;
      next = emptyList();
      generation += 1;
    },
  };
}

function emptyList(): List {
  return {
    bySlot: [],
    slots: [],
    byModelId: new Map(),
    byModelName: new Map(),
    byModel: new Map(),
    byProvider: new Map(),
  };
}

function addTo(index: Map<string, number[]>, name: string, slot: number): void {
  const same = index.get(name);
  if (same === undefined) index.set(name, [slot]);
  else same.push(slot);
}
