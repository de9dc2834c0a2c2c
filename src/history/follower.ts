// Follows the table: which deployments have a new row since the last look. A look costs what has changed, by the table's log of
// changes; where that does not reach back, one load a deployment.

import { followChanges } from "../table/changes.ts";
import type { SlotReader } from "../table/reader.ts";
import type { Row } from "../table/row.ts";
import type { Table } from "../table/table.ts";
import { sweepEvery } from "../threads/give-back.ts";
import type { Subject } from "./entries.ts";

/** Where a deployment stands in the table. */
export interface Member {
  readonly slot: number;
  readonly identity: number;
  readonly subject: Subject;
}

/** Rows that were read leave 2 KB each behind, and the first look is at those of the whole fleet. */
const rowsSwept = 2000;

export interface Follower {
  /** From now on these are followed, each with a first row at once. */
  follow(members: readonly Member[]): void;
  /** Calls back for each deployment whose row is new. */
  look(found: (member: Member, row: Row) => void): void;
  /** The same without the log of changes, in which one entry that is missing for a moment hides what comes after it. */
  lookAtAll(found: (member: Member, row: Row) => void): void;
}

export function createFollower(table: Table, reader: SlotReader): Follower {
  const changes = followChanges(table);
  const sweep = sweepEvery(rowsSwept);
  let members: readonly Member[] = [];
  /** Place in `members` by slot, counted from 1. */
  let places = new Uint32Array(0);
  let sequences: number[] = [];
  /** Anything may be new. */
  let mayAllBeNew = false;

  function lookAt(index: number, found: (member: Member, row: Row) => void): void {
    const member = members[index] as Member;
    if (reader.sequence(member.slot) === sequences[index]) return;
    const { sequence, identity, row } = reader.read(member.slot);
    if (identity !== member.identity) return;
    sequences[index] = sequence;
    found(member, row);
    sweep();
  }

  function lookAtAll(found: (member: Member, row: Row) => void): void {
    mayAllBeNew = false;
    for (let index = 0; index < members.length; index += 1) lookAt(index, found);
  }

  return {
    follow(next) {
      members = next;
      places = new Uint32Array(next.reduce((most, { slot }) => Math.max(most, slot + 1), 0));
      for (const [index, { slot }] of next.entries()) places[slot] = index + 1;
      sequences = [];
      mayAllBeNew = true;
    },
    look(found) {
      const changed = new Set<number>();
      const isComplete = changes.take((slot) => {
        const place = places[slot] ?? 0;
        if (place > 0) changed.add(place - 1);
      });
      if (!isComplete || mayAllBeNew) lookAtAll(found);
      else for (const index of changed) lookAt(index, found);
    },
    lookAtAll,
  };
}
