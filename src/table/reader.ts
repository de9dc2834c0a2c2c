// The reading side of the seqlock. A read is tried a bounded number of times; when a busy writer wins every
// time, the row that was read well last is used. A reader blocks nobody and never sleeps.
// Rows are kept per slot, so an unchanged slot costs one load; do not change a row that you were given.

import { identityWord, sequenceWord, slotStart } from "./layout.ts";
import { emptyRow, type Row } from "./row.ts";
import { takeRow } from "./row-words.ts";
import { capacityOf, type Table } from "./table.ts";

const triesMax = 64;

/** A consistent copy of a slot. */
export interface Reading {
  /** Changes whenever the slot is written. */
  readonly sequence: number;
  /** The deployment that the slot belongs to; 0 when it is free. */
  readonly identity: number;
  readonly row: Row;
}

export interface SlotReader {
  /** The slot's last consistent row. */
  read(slot: number): Reading;
  /** Reads that used up their tries and fell back to the last good row, so far. */
  fallbacks(): number;
}

export function createReader(table: Table): SlotReader {
  const { words } = table;
  const kept: Reading[] = [];
  const never: Reading = { sequence: 0, identity: 0, row: emptyRow() };
  let fallbackCount = 0;

  return {
    read(slot) {
      const last = kept[slot] ?? never;
      if (slot >= capacityOf(table)) return never;
      const start = slotStart(slot);
      for (let tries = 0; tries < triesMax; tries += 1) {
        const before = Atomics.load(words, start + sequenceWord);
        if (before === last.sequence) return last;
        if ((before & 1) === 1) continue;
        const row = emptyRow();
        const identity = Atomics.load(words, start + identityWord);
        takeRow(words, start, row);
        if (Atomics.load(words, start + sequenceWord) !== before) continue;
        const reading: Reading = { sequence: before, identity, row };
        kept[slot] = reading;
        return reading;
      }
      fallbackCount += 1;
      return last;
    },
    fallbacks: () => fallbackCount,
  };
}
