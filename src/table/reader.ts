// The reading side of the table. A row stands twice in its slot, and what is published is not written to before the other copy
// was published, so a read is torn only when a whole write ended and another began meanwhile: then it is tried again, a
// bounded number of times, and after that the row that was read well last is used. A reader blocks nobody, never
// sleeps, and waits for nobody: a writer that died in the middle of a write has published nothing.
// The rows of some thousand slots are kept, so an unchanged slot costs one load; do not change a row that you were given.

import {
  identityWord,
  readFallbacksWord,
  rowStart,
  type ScalarName,
  scalarNames,
  scalarWidths,
  scalarWords,
  sequenceWord,
  slotStart,
} from "./layout.ts";
import { emptyRow, type Row } from "./row.ts";
import { takeBytes, takeRow } from "./row-words.ts";
import { capacityOf, type Table } from "./table.ts";

const triesMax = 64;
/** Rows that are kept: a usual fleet's all, of a larger one those that were read last; some 4 MB. */
const keptMax = 4096;
const high = 2 ** 32;

/** A consistent copy of a slot. */
export interface Reading {
  /** Changes whenever the slot is written. */
  readonly sequence: number;
  /** The deployment that the slot belongs to; 0 when it is free. */
  readonly identity: number;
  readonly row: Row;
}

export interface RowBytes extends Omit<Reading, "row"> {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface SlotReader {
  /** The slot's last consistent row. */
  read(slot: number): Reading;
  /**
   * Fills this row with it instead of keeping it, for who goes through a whole fleet: that leaves nothing for the collector. Null when
   * there is none, or none that is whole.
   */
  take(slot: number, row: Row): Omit<Reading, "row"> | null;
  /** The same as bytes (see row-words.ts), without making a row of it. */
  bytes(slot: number): RowBytes | null;
  /** Changes whenever the slot is written; 0 before its first row. */
  sequence(slot: number): number;
  /** One number of a slot's row, and to whom the slot belongs, without reading the rest of it. */
  scalar(slot: number, name: ScalarName): { readonly identity: number; readonly value: number };
}

export function createReader(table: Table): SlotReader {
  const { words } = table;
  const kept = new Map<number, Reading>();
  const never: Reading = { sequence: 0, identity: 0, row: emptyRow() };

  /** In the order of reading: the one that was read longest ago makes room. */
  function keep(slot: number, reading: Reading): void {
    kept.delete(slot);
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value ?? slot);
    kept.set(slot, reading);
  }

  function take(slot: number, row: Row): Omit<Reading, "row"> | null {
    if (slot >= capacityOf(table)) return null;
    const at = slotStart(slot) + sequenceWord;
    for (let tries = 0; tries < triesMax; tries += 1) {
      const sequence = Atomics.load(words, at);
      const start = rowStart(slot, sequence);
      const identity = Atomics.load(words, start + identityWord);
      takeRow(words, start, row);
      if (Atomics.load(words, at) === sequence) return { sequence, identity };
    }
    Atomics.add(words, readFallbacksWord, 1);
    return null;
  }

  function bytesOf(slot: number): RowBytes | null {
    if (slot >= capacityOf(table)) return null;
    const at = slotStart(slot) + sequenceWord;
    for (let tries = 0; tries < triesMax; tries += 1) {
      const sequence = Atomics.load(words, at);
      const start = rowStart(slot, sequence);
      const identity = Atomics.load(words, start + identityWord);
      const bytes = takeBytes(words, start);
      if (Atomics.load(words, at) === sequence) return { sequence, identity, bytes };
    }
    Atomics.add(words, readFallbacksWord, 1);
    return null;
  }

  function sequenceOf(slot: number): number {
    return slot < capacityOf(table) ? Atomics.load(words, slotStart(slot) + sequenceWord) : 0;
  }

  return {
    sequence: sequenceOf,
    take,
    bytes: bytesOf,
    scalar(slot, name) {
      const word = scalarWords[scalarNames.indexOf(name)] as number;
      const isWide = scalarWidths[name] === 2;
      const at = slotStart(slot) + sequenceWord;
      for (let tries = 0; slot < capacityOf(table) && tries < triesMax; tries += 1) {
        const sequence = Atomics.load(words, at);
        const start = rowStart(slot, sequence);
        const identity = Atomics.load(words, start + identityWord);
        const low = Atomics.load(words, start + word) >>> 0;
        const value = isWide ? low + Atomics.load(words, start + word + 1) * high : low;
        if (Atomics.load(words, at) === sequence) return { identity, value };
      }
      if (slot < capacityOf(table)) Atomics.add(words, readFallbacksWord, 1);
      return { identity: 0, value: 0 };
    },
    read(slot) {
      const last = kept.get(slot) ?? never;
      if (sequenceOf(slot) === last.sequence) return last;
      const row = emptyRow();
      const taken = take(slot, row);
      if (taken === null) return last;
      const reading: Reading = { ...taken, row };
      keep(slot, reading);
      return reading;
    },
  };
}

/** Reads of all threads that used up their tries and fell back to the last good row, so far. */
export function readFallbacks({ words }: Table): number {
  return Atomics.load(words, readFallbacksWord) >>> 0;
}
