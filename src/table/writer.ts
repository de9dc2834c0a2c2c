// The writing side of the seqlock (Lameter 2005; Boehm, "Can seqlocks get along with programming
// language memory models?", MSPC 2012): the sequence is odd while a slot is being written.
// One writer a slot at a time; a writer never waits for anybody. A writer that died in the middle leaves
// the sequence odd; the next write by its successor makes it even again.
// Every word goes through Atomics: plain stores could be seen before the odd sequence is.

import {
  classCountsWord,
  epochWord,
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
import type { Row } from "./row.ts";
import type { Table } from "./table.ts";

const high = 2 ** 32;
const encoder = new TextEncoder();
const wide: readonly boolean[] = scalarNames.map((name) => scalarWidths[name] === 2);

export interface SlotWriter {
  /** Publishes a row: readers see all of it or nothing of it. */
  write(slot: number, row: Row): void;
  /** Makes a slot a deployment's (identity, not 0) with a first row; or frees it (identity 0). */
  claim(slot: number, identity: number, row: Row): void;
  /** Makes the sequence even after a writer that died; the row is whatever was half written. */
  repair(slot: number): boolean;
}

/** `isCurrent` fences a replaced thread off: when it answers false, nothing is written. */
export function createWriter(table: Table, isCurrent: () => boolean = () => true): SlotWriter {
  const { words } = table;
  const textBytes = new Uint8Array(textBytesMax);
  const textWords = new Int32Array(textBytes.buffer);

  function begin(start: number): number {
    const sequence = Atomics.load(words, start + sequenceWord);
    const odd = sequence | 1;
    Atomics.store(words, start + sequenceWord, odd);
    return odd;
  }

  function end(start: number, odd: number): void {
    Atomics.store(words, start + sequenceWord, (odd + 1) | 0);
    Atomics.add(words, epochWord, 1);
  }

  function put(start: number, row: Row): void {
    for (let index = 0; index < scalarNames.length; index += 1) {
      const value = row[scalarNames[index] as (typeof scalarNames)[number]];
      const word = start + (scalarWords[index] as number);
      Atomics.store(words, word, value | 0);
      if (wide[index]) Atomics.store(words, word + 1, Math.floor(value / high));
      else if (value >= high) Atomics.store(words, word, -1);
    }
    for (let index = 0; index < outcomeClassesMax; index += 1) {
      Atomics.store(words, start + classCountsWord + index, row.classCounts[index] ?? 0);
    }
    for (let index = 0; index < latencyBucketCount; index += 1) {
      Atomics.store(words, start + latencyBucketsWord + index, row.latencyBuckets[index] ?? 0);
    }
    // encodeInto stops before a character that does not fit: the cut is always on a boundary.
    const { written } = encoder.encodeInto(row.text, textBytes);
    textBytes.fill(0, written, (written + 3) & ~3);
    Atomics.store(words, start + textLengthWord, written);
    for (let index = 0; index * 4 < written; index += 1) {
      Atomics.store(words, start + textWord + index, textWords[index] as number);
    }
  }

  return {
    write(slot, row) {
      if (!isCurrent()) return;
      const start = slotStart(slot);
      const odd = begin(start);
      put(start, row);
      end(start, odd);
    },
    claim(slot, identity, row) {
      const start = slotStart(slot);
      const odd = begin(start);
      Atomics.store(words, start + identityWord, identity);
      put(start, row);
      end(start, odd);
    },
    repair(slot) {
      const start = slotStart(slot);
      const sequence = Atomics.load(words, start + sequenceWord);
      if ((sequence & 1) === 0) return false;
      end(start, sequence);
      return true;
    },
  };
}
