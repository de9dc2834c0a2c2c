// Follows the table: which deployments have a new row since the last look. A look costs what has changed, by the table's log of
// changes; where that does not reach back, one load a deployment.

import { followChanges } from "../table/changes.ts";
import type { SlotReader } from "../table/reader.ts";
import { emptyRow, type Row } from "../table/row.ts";
import type { Table } from "../table/table.ts";
import type { Subject } from "./entries.ts";

/** Where a deployment stands in the table. */
export interface Member {
  readonly slot: number;
  readonly identity: number;
  readonly subject: Subject;
}

/** The place of the one whose row is new in the list, and that row: the same object each time. */
export type Found = (place: number, row: Row) => void;

export interface Follower {
  /** From now on these are followed, each with a first row at once. */
  follow(members: readonly Member[]): void;
  /** Calls back for each deployment whose row is new. */
  look(found: Found): void;
  /** The same without the log of changes, in which one entry that is missing for a moment hides what comes after it. */
  lookAtAll(found: Found): void;
  /** Calls back for each deployment, whether its row is new or not. */
  lookAnew(found: Found): void;
}

export function createFollower(table: Table, reader: SlotReader): Follower {
  const changes = followChanges(table);
  const row = emptyRow();
  /** By place. */
  let slots = new Int32Array(0);
  let identities = new Int32Array(0);
  let sequences = new Int32Array(0);
  /** By slot, counted from 1. */
  let places = new Uint32Array(0);
  /** Anything may be new. */
  let mayAllBeNew = false;

  function lookAt(place: number, found: Found): void {
    const slot = slots[place] as number;
    if (reader.sequence(slot) === sequences[place]) return;
    const taken = reader.take(slot, row);
    if (taken === null || taken.identity !== identities[place]) return;
    sequences[place] = taken.sequence;
    found(place, row);
  }

  function lookAtAll(found: Found): void {
    mayAllBeNew = false;
    for (let place = 0; place < slots.length; place += 1) lookAt(place, found);
  }

  return {
    follow(members) {
      slots = Int32Array.from(members, ({ slot }) => slot);
      identities = Int32Array.from(members, ({ identity }) => identity);
      // No row has this one: the first row is told of.
      sequences = new Int32Array(members.length);
      places = new Uint32Array(slots.reduce((most, slot) => Math.max(most, slot + 1), 0));
      for (const [place, slot] of slots.entries()) places[slot] = place + 1;
      mayAllBeNew = true;
    },
    look(found) {
      const changed = new Set<number>();
      const isComplete = changes.take((slot) => {
        const place = places[slot] ?? 0;
        if (place > 0) changed.add(place - 1);
      });
      if (!isComplete || mayAllBeNew) lookAtAll(found);
      else for (const place of changed) lookAt(place, found);
    },
    lookAtAll,
    lookAnew(found) {
      // No row has this one.
      sequences.fill(0);
      lookAtAll(found);
    },
  };
}
