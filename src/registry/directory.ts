// Who exists, as far as it may be shown: what the serving thread knows of the fleet. No credential and no request is in here.

import type { Deployment } from "./deployment.ts";
import type { Shown } from "./deployment-list.ts";
import { identityOf, type Registry } from "./registry.ts";

/** A deployment as it may be shown. */
export interface Listed extends Shown, Pick<Deployment, "provider" | "mode" | "intervalMs"> {
  /** Of its slot while the slot is its own. */
  readonly identity: number;
  /** It can be asked. */
  readonly isAskable: boolean;
  /** There is a free question for it. */
  readonly hasFree: boolean;
  /** The deadline of a whole probe. */
  readonly totalMs: number;
  /** Its own budgets; null without. */
  readonly tokensPerDay: number | null;
  readonly usdPerDay: number | null;
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

/** `common` is what it has in common with others. */
export function listedOf(shown: Shown, common: Deployment): Listed {
  return {
    key: shown.key,
    identity: identityOf(shown.key),
    modelId: shown.modelId,
    modelName: shown.modelName,
    model: shown.model,
    provider: common.provider,
    mode: common.mode,
    apiBase: shown.apiBase,
    isAskable: common.target !== null,
    hasFree: common.plan.hasFree,
    intervalMs: common.intervalMs,
    totalMs: common.deadlines.totalMs,
    tokensPerDay: common.plan.tokensPerDay,
    usdPerDay: common.plan.usdPerDay,
  };
}

/** These slots of a registry, or all, in the order of the configuration. */
export function listingsOf(registry: Registry, slots = registry.slots()): Listing[] {
  const listings: Listing[] = [];
  for (const slot of slots) {
    const shown = registry.shownAt(slot);
    const common = registry.commonAt(slot);
    if (shown !== null && common !== null) listings.push({ slot, listed: listedOf(shown, common) });
  }
  return listings;
}

/** A whole list, with the ways to find somebody in it. */
interface List {
  readonly bySlot: (Listed | undefined)[];
  readonly slots: number[];
  /** Nearly all ids are one slot's. */
  readonly byModelId: Map<string, number | number[]>;
  readonly byModelName: Map<string, number[]>;
  readonly byModel: Map<string, number[]>;
  readonly byProvider: Map<string, number[]>;
}

export interface ReplaceableDirectory extends Directory {
  /** Forgets what was put together and not finished. */
  begin(): void;
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
  let texts = new Map<string, string>();

  function one<T extends string>(text: T): T {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return (known ?? text) as T;
  }

  return {
    at: (slot) => current.bySlot[slot] ?? null,
    slots: () => current.slots,
    byModelId(modelId) {
      const found = current.byModelId.get(modelId) ?? [];
      return typeof found === "number" ? [found] : found;
    },
    byModelName: (modelName) => current.byModelName.get(modelName) ?? [],
    byModel: (model) => current.byModel.get(model) ?? [],
    byProvider: (provider) => current.byProvider.get(provider) ?? [],
    modelNames: () => current.byModelName.keys(),
    generation: () => generation,
    begin() {
      next = emptyList();
      texts = new Map();
    },
    add(listings) {
      for (const { slot, listed: given } of listings) {
        // Every message brings its own copies of the same few names.
        const listed: Listed = {
          ...given,
          modelName: one(given.modelName),
          model: one(given.model),
          provider: one(given.provider),
          mode: one(given.mode),
        };
        next.bySlot[slot] = listed;
        next.slots.push(slot);
        addToId(next.byModelId, listed.modelId, slot);
        addTo(next.byModelName, listed.modelName, slot);
        addTo(next.byModel, listed.model, slot);
        addTo(next.byProvider, listed.provider, slot);
      }
    },
    replace() {
      current = next;
      next = emptyList();
      texts = new Map();
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

function addToId(index: Map<string, number | number[]>, id: string, slot: number): void {
  const same = index.get(id);
  if (same === undefined) index.set(id, slot);
  else if (typeof same === "number") index.set(id, [same, slot]);
  else same.push(slot);
}

function addTo(index: Map<string, number[]>, name: string, slot: number): void {
  const same = index.get(name);
  if (same === undefined) index.set(name, [slot]);
  else same.push(slot);
}
