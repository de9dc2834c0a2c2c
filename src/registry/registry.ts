// Who exists and in which slot. The only place where a slot is given or taken: a deployment keeps its slot
// for as long as its key stays in the configuration, so its status and counters survive a reload.

import type { SlotLabel } from "../table/label.ts";
import type { Deployment, Lanes } from "./deployment.ts";
import { DeploymentList, type Shown } from "./deployment-list.ts";

/** Makes a second hash of the first one's algorithm. */
const labelSeed = 1;

/** What a new list of deployments means for the slots; of the others nothing changed that matters to a probe. */
export interface RegistryChange {
  readonly added: readonly number[];
  /** Slots whose deployment is gone, with what was there. */
  readonly removed: readonly { readonly slot: number; readonly deployment: Deployment }[];
  /** Slots whose deployment is the same but is asked differently from now on. */
  readonly changed: readonly number[];
}

export interface Registry {
  /** How many of these are none of the present ones. */
  countNew(next: DeploymentList): number;
  /** Takes over a new list; slots of unchanged keys stay. */
  replace(deployments: DeploymentList | readonly Deployment[]): RegistryChange;
  /** The deployment in a slot, or null. */
  at(slot: number): Deployment | null;
  /** What it has in common with others, the rest blank; quicker. */
  commonAt(slot: number): Deployment | null;
  /** What it has of its own and may be shown; quicker too. */
  shownAt(slot: number): Shown | null;
  lanesAt(slot: number): Lanes | null;
  /** The list that holds now, which never changes, and the place of a slot in it; null when nobody has the slot. */
  list(): DeploymentList;
  placeOf(slot: number): number | null;
  /** Slots in use, in the order of the configuration. */
  slots(): readonly number[];
  /** One more than the highest slot ever used. */
  slotCount(): number;
  /** Changes with every `replace`. */
  generation(): number;
}

const nobody = -1;
const firstRoom = 64;

export function createRegistry(): Registry {
  let list = DeploymentList.of([]);
  /** Place in the list by slot. */
  let places = new Int32Array(firstRoom).fill(nobody);
  let slotCount = 0;
  let order: number[] = [];
  let generation = 0;

  function placeOf(slot: number): number {
    return places[slot] ?? nobody;
  }

  function put(slot: number, place: number): void {
    if (slot >= places.length) {
      const more = new Int32Array(2 * places.length).fill(nobody);
      more.set(places);
      places = more;
    }
    places[slot] = place;
    slotCount = Math.max(slotCount, slot + 1);
  }

  /** Made when it is needed and gone again: of a large fleet it would be as large as the list. */
  function slotsByKey(): Map<string, number> {
    return new Map(order.map((slot) => [list.keyAt(placeOf(slot)), slot]));
  }

  return {
    countNew(next) {
      if (order.length === 0) return next.length;
      const known = slotsByKey();
      let added = 0;
      for (let place = 0; place < next.length; place += 1) {
        if (!known.has(next.keyAt(place))) added += 1;
      }
      return added;
    },
    replace(given) {
      const before = list;
      const next = given instanceof DeploymentList ? given : DeploymentList.of(given);
      const slotOfKey = slotsByKey();
      const added: number[] = [];
      const changed: number[] = [];
      const slots: number[] = [];
      const placeless: number[] = [];
      for (let place = 0; place < next.length; place += 1) {
        const key = slotOfKey.size === 0 ? "" : next.keyAt(place);
        const slot = slotOfKey.get(key);
        slots.push(slot ?? nobody);
        if (slot === undefined) placeless.push(place);
        else if (!before.saysSame(placeOf(slot), next, place)) changed.push(slot);
        slotOfKey.delete(key);
      }
      const removed = [...slotOfKey.values()].map((slot) => ({
        slot,
        deployment: before.at(placeOf(slot)),
      }));

      // A slot that was freed just now still has a probe in flight perhaps: not given out at once.
      let candidate = 0;
      for (const place of placeless) {
        while (placeOf(candidate) !== nobody) candidate += 1;
        slots[place] = candidate;
        added.push(candidate);
        put(candidate, place);
      }
      for (const { slot } of removed) put(slot, nobody);
      for (const [place, slot] of slots.entries()) put(slot, place);
      list = next;
      order = slots;
      generation += 1;
      return { added, removed, changed };
    },
    at(slot) {
      const place = placeOf(slot);
      return place === nobody ? null : list.at(place);
    },
    commonAt(slot) {
      const place = placeOf(slot);
      return place === nobody ? null : list.commonAt(place);
    },
    shownAt(slot) {
      const place = placeOf(slot);
      return place === nobody ? null : list.shownAt(place);
    },
    lanesAt(slot) {
      const place = placeOf(slot);
      return place === nobody ? null : list.lanesAt(place);
    },
    list: () => list,
    placeOf(slot) {
      const place = placeOf(slot);
      return place === nobody ? null : place;
    },
    slots: () => order,
    slotCount: () => slotCount,
    generation: () => generation,
  };
}

/** A 32-bit identity of a deployment's key for its slot; never 0. */
export function identityOf(key: string): number {
  return Bun.hash.xxHash32(key) | 0 || 1;
}

/** What the slot says of a deployment besides. */
export function labelOf({ key, modelId }: Pick<Deployment, "key" | "modelId">): SlotLabel {
  return { keyHash: Bun.hash.xxHash32(key, labelSeed) | 0, modelId };
}
