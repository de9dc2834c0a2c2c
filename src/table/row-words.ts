// A row as words and back: in a copy of a slot, and in bytes that outlive the process. Every word of a table goes through
// Atomics, because somebody else may be reading or writing at the same time.

import { addToChecksum, checksumStart } from "./checksum.ts";
import {
  checksumWord,
  classCountsWord,
  identityWord,
  latencyBucketCount,
  latencyBucketsWord,
  namesLengthWord,
  regionBytesMax,
  rowVersion,
  rowWords,
  type ScalarName,
  scalarNames,
  scalarWidths,
  scalarWords,
  servedModelBytesMax,
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
const scratchWords = new Int32Array(rowWords);
const scratchBytes = new Uint8Array(scratchWords.buffer);
const scratchText = scratchBytes.subarray(textWord * 4);

/** Writes a row into the copy that begins at `start`. Text that does not fit is cut between two characters. */
export function putRow(words: Int32Array, start: number, identity: number, row: Row): void {
  storeScratch(words, start, identity, textWord * 4 + toScratch(row));
}

/** The same with a row that is still bytes (see `isRow`), without making a row of it. */
export function putBytes(
  words: Int32Array,
  start: number,
  identity: number,
  bytes: Uint8Array,
): void {
  scratchBytes.set(bytes);
  scratchBytes.fill(0, bytes.length, (bytes.length + 3) & ~3);
  storeScratch(words, start, identity, bytes.length);
}

/** Spells the row in scratch memory and returns the bytes of its texts. */
function toScratch(row: Row): number {
  for (let index = 0; index < scalarNames.length; index += 1) {
    const value = row[scalarNames[index] as (typeof scalarNames)[number]];
    const word = scalarWords[index] as number;
    if (wide[index]) {
      scratchWords[word] = value | 0;
      scratchWords[word + 1] = Math.floor(value / high);
    } else {
      scratchWords[word] = value >= high ? -1 : value | 0;
    }
  }
  for (let index = 0; index < outcomeClassesMax; index += 1) {
    scratchWords[classCountsWord + index] = row.classCounts[index] ?? 0;
  }
  for (let index = 0; index < latencyBucketCount; index += 1) {
    scratchWords[latencyBucketsWord + index] = row.latencyBuckets[index] ?? 0;
  }
  const model = encode(row.servedModel, 0, servedModelBytesMax);
  const region = encode(row.region, model, regionBytesMax);
  const names = model + region;
  const written = names + encode(row.text, names, textBytesMax - names);
  scratchText.fill(0, written, (written + 3) & ~3);
  scratchWords[namesLengthWord] = model | (region << 8);
  scratchWords[textLengthWord] = written;
  return written;
}

/** encodeInto stops before a character that does not fit: the cut is always on a boundary. */
function encode(text: string, from: number, bytesMax: number): number {
  if (text === "") return 0;
  return encoder.encodeInto(text, scratchText.subarray(from, from + bytesMax)).written;
}

function storeScratch(words: Int32Array, start: number, identity: number, byteCount: number): void {
  scratchWords[identityWord] = identity;
  let checksum = checksumStart;
  for (let word = identityWord; word * 4 < byteCount; word += 1) {
    const value = scratchWords[word] as number;
    Atomics.store(words, start + word, value);
    checksum = addToChecksum(checksum, value);
  }
  Atomics.store(words, start + checksumWord, checksum);
}

/** Fills the row from the copy that begins at `start`. */
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
  const length = textLengthAt(words, start);
  for (let word = textWord; word * 4 < textWord * 4 + length; word += 1) {
    scratchWords[word] = Atomics.load(words, start + word);
  }
  const lengths = Atomics.load(words, start + namesLengthWord);
  const model = Math.min(length, lengths & 255);
  const names = Math.min(length, model + ((lengths >>> 8) & 255));
  row.servedModel = decode(0, model);
  row.region = decode(model, names);
  row.text = decode(names, length);
}

function decode(from: number, to: number): string {
  return from === to ? "" : decoder.decode(scratchText.subarray(from, to));
}

/** Whether the copy that begins at `start` is as somebody wrote it. */
export function isWhole(words: Int32Array, start: number): boolean {
  const end = start + textWord + ((textLengthAt(words, start) + 3) >> 2);
  let checksum = checksumStart;
  for (let word = start + identityWord; word < end; word += 1) {
    checksum = addToChecksum(checksum, Atomics.load(words, word));
  }
  return checksum === Atomics.load(words, start + checksumWord);
}

/** The copy that begins at `start` as bytes of a row (see `bytesOfRow`). */
export function takeBytes(words: Int32Array, start: number): Uint8Array<ArrayBuffer> {
  const byteCount = textWord * 4 + textLengthAt(words, start);
  const taken = new Int32Array((byteCount + 3) >> 2);
  for (let word = identityWord + 1; word * 4 < byteCount; word += 1) {
    taken[word] = Atomics.load(words, start + word);
  }
  taken[0] = rowVersion;
  return new Uint8Array(taken.buffer, 0, byteCount);
}

function textLengthAt(words: Int32Array, start: number): number {
  return Math.min(textBytesMax, Atomics.load(words, start + textLengthWord) >>> 0);
}

/** The row as bytes: the version of rows, a word that is 0, then the words of a copy up to the end of its text. */
export function bytesOfRow(row: Row): Uint8Array<ArrayBuffer> {
  const textLength = toScratch(row);
  scratchWords[0] = rowVersion;
  scratchWords[identityWord] = 0;
  return scratchBytes.slice(0, textWord * 4 + textLength);
}

/** Whether these bytes are a row of this version, and whole. */
export function isRow(bytes: Uint8Array): boolean {
  if (bytes.length < textWord * 4 || bytes.length > rowWords * 4) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (
    view.getInt32(0, true) === rowVersion &&
    bytes.length === textWord * 4 + view.getInt32(textLengthWord * 4, true)
  );
}

/** These bytes as a row of this version; null when they are of a version that cannot be read any more, or were cut. */
export function currentRowBytes(bytes: Uint8Array): Uint8Array | null {
  return isRow(bytes) ? bytes : fromVersion2(bytes);
}

/** The row of these bytes; null when they are of a version that cannot be read any more, or were cut. */
export function rowOfBytes(saved: Uint8Array): Row | null {
  const bytes = currentRowBytes(saved);
  if (bytes === null) return null;
  const words = new Int32Array(rowWords);
  new Uint8Array(words.buffer).set(bytes);
  const row = emptyRow();
  takeRow(words, 0, row);
  return row;
}

/** Version 2 had fewer scalars and one text: its parts go where they belong now. */
const before3 = { version: 2, countsWord: 45, textLengthWord: 85, textWord: 86, rowWords: 128 };

function fromVersion2(bytes: Uint8Array): Uint8Array | null {
  const { version, countsWord, rowWords: wordsMax, ...before } = before3;
  if (bytes.length < before.textWord * 4 || bytes.length > wordsMax * 4) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const textLength = view.getInt32(before.textLengthWord * 4, true);
  if (view.getInt32(0, true) !== version) return null;
  if (bytes.length !== before.textWord * 4 + textLength) return null;
  const moved = new Uint8Array(textWord * 4 + textLength);
  moved.set(bytes.subarray(0, countsWord * 4));
  moved.set(bytes.subarray(countsWord * 4, before.textLengthWord * 4), classCountsWord * 4);
  moved.set(bytes.subarray(before.textWord * 4), textWord * 4);
  const to = new DataView(moved.buffer);
  to.setInt32(0, rowVersion, true);
  to.setInt32(textLengthWord * 4, textLength, true);
  return moved;
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
  ...(["latencySumMicros", "transitions", "freeProbes", "withheldProbes"] as const),
  "modelChanges",
];

const countedClasses = scratchWords.subarray(classCountsWord, classCountsWord + outcomeClassesMax);
const countedLatencies = scratchWords.subarray(
  latencyBucketsWord,
  latencyBucketsWord + latencyBucketCount,
);

/** What a row that is still bytes has counted, into a row that is there; what else stands in that one stays. */
export function takeCountersOfBytes(bytes: Uint8Array, row: Row): void {
  scratchBytes.set(bytes);
  for (const name of counters) {
    const word = placeOf(name) >> 2;
    const low = (scratchWords[word] ?? 0) >>> 0;
    row[name] = scalarWidths[name] === 2 ? low + (scratchWords[word + 1] ?? 0) * high : low;
  }
  row.classCounts.set(countedClasses);
  row.latencyBuckets.set(countedLatencies);
}

/** A status without what was counted on the way to it, for a process that counts for itself. */
export function zeroCountersOfBytes(bytes: Uint8Array): void {
  for (const name of counters) setScalarOfBytes(bytes, name, 0);
  bytes.fill(0, classCountsWord * 4, namesLengthWord * 4);
}

/** In bytes; looked up several times for every row of a restart. */
const places = new Map(scalarNames.map((name, index) => [name, (scalarWords[index] ?? 0) * 4]));

/** Where a number stands in a row that is still bytes. */
export function placeOf(name: ScalarName): number {
  return places.get(name) ?? 0;
}
