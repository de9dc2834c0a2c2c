// The rendered text of every deployment's entry, kept until its slot changes. A refresh after one probe renders one
// entry; what is left is to join text.

import type { Directory } from "../registry/directory.ts";
import type { Reading, SlotReader } from "../table/reader.ts";
import { emptyRow, type State, stateOf } from "../table/row.ts";
import { epochOf, type Table } from "../table/table.ts";
import { entryOf } from "./entry.ts";

/** An entry ready to be joined. */
export interface Fragment {
  readonly slot: number;
  readonly identity: number;
  readonly state: State;
  readonly text: string;
  readonly reading: Reading;
}

export interface Fragments {
  /** All entries in the order of the configuration, as the table has them now. */
  all(): readonly Fragment[];
  /** Changes when any entry may have changed. */
  revision(): string;
}

const unwritten = emptyRow();

export function createFragments(
  table: Table,
  reader: SlotReader,
  directory: Directory,
  details: () => boolean,
): Fragments {
  let kept: Fragment[] = [];
  let bySlot = new Map<number, Fragment>();
  let keptRevision = "";
  let keptShape = "";

  const revision = () => `${epochOf(table)}.${directory.generation()}.${details()}`;

  return {
    revision,
    all() {
      const now = revision();
      if (now === keptRevision) return kept;
      // A new configuration can change what is shown although the slot is as it was.
      const shape = `${directory.generation()}.${details()}`;
      const known = shape === keptShape ? bySlot : new Map<number, Fragment>();
      const next: Fragment[] = [];
      const nextBySlot = new Map<number, Fragment>();
      for (const slot of directory.slots()) {
        const deployment = directory.at(slot);
        if (deployment === null) continue;
        const reading = reader.read(slot);
        const before = known.get(slot);
        let fragment = before;
        if (before === undefined || before.reading !== reading) {
          const identity = deployment.identity;
          // Between a reload and the slot's first row, the slot still tells of somebody else.
          const row = reading.identity === identity ? reading.row : unwritten;
          const text = JSON.stringify(entryOf(deployment, row, details()));
          fragment = { slot, identity, state: stateOf(row), text, reading };
        }
        if (fragment === undefined) continue;
        next.push(fragment);
        nextBySlot.set(slot, fragment);
      }
      kept = next;
      bySlot = nextBySlot;
      keptRevision = now;
      keptShape = shape;
      return kept;
    },
  };
}
