// Follows the table: which deployments have a new row since the last look. A look costs what has changed, by the table's log of
// changes; where that does not reach back, one load a deployment.

import { followChanges } from "../table/changes.ts";
import type { SlotReader } from "../table/reader.ts";
import type { Row } from "../table/row.ts";
import type { Table } from "../table/table.ts";
import type { Subject } from "./entries.ts";

/** Where a deployment stands in the table. */
export interface Member {
  readonly slot: number;
  readonly identity: number;
  readonly subject: Subject;
}

export interface Follower {
  /** From now on these are followed, each with a first row at once. */
  follow(members: readonly Member[]): void;
  /** Calls back for each deployment whose row is new. */
  look(found: (member: Member, row: Row) => void): void;
}

export function createFollower(table: Table, reader: SlotReader): Follower {
  const changes = followChanges(table);
  let members: readonly Member[] = [];
  /** Place in `members` by slot. */
  let places = new Map<number, number>();
  let sequences: number[] = [];
  /** Anything may be new. */
  let lookAtAll = false;

  function lookAt(index: number, found: (member: Member, row: Row) => void): void {
    const member = members[index] as Member;
    if (reader.sequence(member.slot) === sequences[index]) return;
    const { sequence, identity, row } = reader.read(member.slot);
    if (identity !== member.identity) return;
    sequences[index] = sequence;
    found(member, row);
  }

  return {
    follow(next) {
      members = next;
      places = new Map(next.map(({ slot }, index) => [slot, index]));
      sequences = [];
      lookAtAll = true;
    },
    look(found) {
      const changed = new Set<number>();
      const isComplete = changes.take((slot) => {
        const index = places.get(slot);
        if (index !== undefined) changed.add(index);
      });
      if (isComplete && !lookAtAll) {
        for (const index of changed) lookAt(index, found);
        return;
      }
      lookAtAll = false;
      for (let index = 0; index < members.length; index += 1) lookAt(index, found);
    },
  };
}
