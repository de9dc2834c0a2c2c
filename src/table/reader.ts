// The reading side of the seqlock. A read is tried a bounded number of times; when a busy writer wins every
// time, the row that was read well last is used. A reader blocks nobody and never sleeps.
// Rows are kept per slot, so an unchanged slot costs one load; do not change a row that you were given.

import {
  classCountsWord,
  identityWord,
  latencyBucketCount,
  latencyBucketsWord,
  scalarNames,
  scalarWidths,
  scalarWords,
  sequenceWord,
  slotStart,
  textBytesMax,
  textLengthWord,
  textWord,
} from "./layout.ts";
import { outcomeClassesMax } from "./outcome-class.ts";
import { emptyRow, type Row } from "./row.ts";
import { capacityOf, type Table } from "./table.ts";

const high = 2 ** 32;
const triesMax = 64;
const decoder = new TextDecoder();
const wide: readonly boolean[] = scalarNames.map((name) => scalarWidths[name] === 2);

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
  const textBytes = new Uint8Array(textBytesMax);
  const textWords = new Int32Array(textBytes.buffer);
  const never: Reading = { sequence: 0, identity: 0, row: emptyRow() };
  let fallbackCount = 0;

  function take(start: number, row: Row): void {
    for (let index = 0; index < scalarNames.length; index += 1) {
      const word = start + (scalarWords[index] as number);
      const low = Atomics.load(words, word) >>> 0;
      row[scalarNames[index] as (typeof scalarNames)[number]] = wide[index]
        ? low + Atomics.load(words, word + 1) * high
        : low;
    }
    for (let index = 0; index < outcomeClassesMax; index += 1) {
      row.classCounts[index] = Atomics.load(words, start + classCountsWord + index);
    }
    for (let index = 0; index < latencyBucketCount; index += 1) {
      row.latencyBuckets[index] = Atomics.load(words, start + latencyBucketsWord + index);
    }
    const length = Math.min(textBytesMax, Atomics.load(words, start + textLengthWord) >>> 0);
    for (let index = 0; index * 4 < length; index += 1) {
      textWords[index] = Atomics.load(words, start + textWord + index);
    }
    row.text = length === 0 ? "" : decoder.decode(textBytes.subarray(0, length));
  }

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
        take(start, row);
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
