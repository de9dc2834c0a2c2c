// A row as words and back: in a slot of the table, and in bytes that outlive the process. Every word goes through
// Atomics, because in the table somebody else may be reading or writing at the same time.

import {
  classCountsWord,
  identityWord,
  latencyBucketCount,
  latencyBucketsWord,
  layoutVersion,
  type ScalarName,
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
// Scratch memory of this thread: every function is done with it when it returns.
const textBytes = new Uint8Array(textBytesMax);
const textWords = new Int32Array(textBytes.buffer);
const scratchWords = new Int32Array(slotWords);
const scratchBytes = new Uint8Array(scratchWords.buffer);

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

/** Whether these bytes are a row of this layout, and whole. */
export function isRow(bytes: Uint8Array): boolean {
  if (bytes.length < textWord * 4 || bytes.length > slotWords * 4) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (
    view.getInt32(0, true) === layoutVersion &&
    bytes.length === textWord * 4 + view.getInt32(textLengthWord * 4, true)
  );
}

/** The row of these bytes; null when they are of another layout, or were cut. */
export function rowOfBytes(bytes: Uint8Array): Row | null {
  if (!isRow(bytes)) return null;
  const words = new Int32Array(slotWords);
  new Uint8Array(words.buffer).set(bytes);
  const row = emptyRow();
  takeRow(words, 0, row);
  return row;
}

/** Writes a row that is still bytes (see `isRow`) into the slot that begins at `start`, without making a row of it. */
export function putBytes(words: Int32Array, start: number, bytes: Uint8Array): void {
  scratchBytes.fill(0);
  scratchBytes.set(bytes);
  for (let word = identityWord + 1; word * 4 < bytes.length; word += 1) {
    Atomics.store(words, start + word, scratchWords[word] as number);
  }
}

/** One number of a row that is still bytes. */
export function scalarOfBytes(bytes: Uint8Array, name: ScalarName): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = placeOf(name);
  const low = view.getUint32(at, true);
  return scalarWidths[name] === 2 ? low + view.getInt32(at + 4, true) * high : low;
}

/** Changes one number of a row that is still bytes. */
export function setScalarOfBytes(bytes: Uint8Array, name: ScalarName, value: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = placeOf(name);
  view.setInt32(at, value | 0, true);
  if (scalarWidths[name] === 2) view.setInt32(at + 4, Math.floor(value / high), true);
}

/** What only ever grows, as long as one process and those that go on from its disk count. */
const counters: readonly ScalarName[] = [
  ...(["promptTokens", "completionTokens", "costNanoUsd", "costUnknownProbes"] as const),
  ...(["latencySumMicros", "transitions"] as const),
];

/** A status without what was counted on the way to it, for a process that counts for itself. */
export function zeroCountersOfBytes(bytes: Uint8Array): void {
  for (const name of counters) setScalarOfBytes(bytes, name, 0);
  bytes.fill(0, classCountsWord * 4, textLengthWord * 4);
}

function placeOf(name: ScalarName): number {
  return (scalarWords[scalarNames.indexOf(name)] as number) * 4;
}
