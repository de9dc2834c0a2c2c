// The reading side of the table. A row stands twice in its slot, and what is published is not written to before the other copy
// was published, so a read is torn only when a whole write ended and another began meanwhile: then it is tried again, a
// bounded number of times, and after that the row that was read well last is used. A reader blocks nobody, never
// sleeps, and waits for nobody: a writer that died in the middle of a write has published nothing.
// Rows are kept per slot, so an unchanged slot costs one load; do not change a row that you were given.

import { identityWord, rowStart, sequenceWord, slotStart } from "./layout.ts";
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
      const at = slotStart(slot) + sequenceWord;
      for (let tries = 0; tries < triesMax; tries += 1) {
        const sequence = Atomics.load(words, at);
        if (sequence === last.sequence) return last;
        const start = rowStart(slot, sequence);
        const row = emptyRow();
        const identity = Atomics.load(words, start + identityWord);
        takeRow(words, start, row);
        if (Atomics.load(words, at) !== sequence) continue;
        const reading: Reading = { sequence, identity, row };
        kept[slot] = reading;
        return reading;
      }
      fallbackCount += 1;
      return last;
    },
    fallbacks: () => fallbackCount,
  };
}
