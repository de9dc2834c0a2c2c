// Follows the table: which deployments have a new row since the last look. A look that finds the table's epoch unchanged costs
// one load; else one load a slot, and a copy of each row that is new.

import type { SlotReader } from "../table/reader.ts";
import type { Row } from "../table/row.ts";
import { epochOf, type Table } from "../table/table.ts";
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
  let members: readonly Member[] = [];
  let sequences: number[] = [];
  let epoch: number | null = null;

  return {
    follow(next) {
      members = next;
      sequences = [];
      epoch = null;
    },
    look(found) {
      const now = epochOf(table);
      if (now === epoch) return;
      epoch = now;
      for (let index = 0; index < members.length; index += 1) {
        const member = members[index] as Member;
        const reading = reader.read(member.slot);
        if (reading.sequence === sequences[index] || reading.identity !== member.identity) continue;
        sequences[index] = reading.sequence;
        found(member, reading.row);
      }
    },
  };
}
