// A row as words and back: in a slot of the table, and in bytes that outlive the process. Every word goes through
// Atomics, because in the table somebody else may be reading or writing at the same time.

import {
  classCountsWord,
  latencyBucketCount,
  latencyBucketsWord,
  layoutVersion,
  scalarNames,
  scalarWidths,
  scalarWords,
  slotWords,
  textBytesMax,
  textLengthWord,
  textWord,
} from "./layout.ts";
import { outcomeClassesMax } from "./outcome-class.ts";
import { emptyRow, type Row } from "./row.ts";

const high = 2 ** 32;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const wide: readonly boolean[] = scalarNames.map((name) => scalarWidths[name] === 2);
// One piece of scratch memory a thread: both functions are done with it when they return.
const textBytes = new Uint8Array(textBytesMax);
const textWords = new Int32Array(textBytes.buffer);

/** Writes a row into the slot that begins at `start`. Text that does not fit is cut between two characters. */
export function putRow(words: Int32Array, start: number, row: Row): void {
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

/** Fills the row from the slot that begins at `start`. */
export function takeRow(words: Int32Array, start: number, row: Row): void {
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

/** The row as bytes: the layout's version, then the slot's words up to the end of its text. */
export function bytesOfRow(row: Row): Uint8Array<ArrayBuffer> {
  const words = new Int32Array(slotWords);
  putRow(words, 0, row);
  words[0] = layoutVersion;
  const textLength = words[textLengthWord] ?? 0;
  return new Uint8Array(words.buffer, 0, textWord * 4 + textLength);
}

/** The row of these bytes; null when they are of another layout, or were cut. */
export function rowOfBytes(bytes: Uint8Array): Row | null {
  if (bytes.length < textWord * 4 || bytes.length > slotWords * 4) return null;
  const words = new Int32Array(slotWords);
  new Uint8Array(words.buffer).set(bytes);
  if (words[0] !== layoutVersion) return null;
  if (bytes.length !== textWord * 4 + (words[textLengthWord] ?? 0)) return null;
  const row = emptyRow();
  takeRow(words, 0, row);
  return row;
}
