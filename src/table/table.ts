// The shared table itself: creating, attaching, growing, and the words that do not belong to a slot
// (epoch, thread blocks). The backing is a growable SharedArrayBuffer: growing moves nothing, so
// readers and writers in other threads go on while slots are added.

import { LayoutError } from "../errors.ts";
import {
  capacityWord,
  epochWord,
  layoutMagic,
  layoutVersion,
  magicWord,
  slotWords,
  slotWordsWord,
  type ThreadField,
  tableBytes,
  threadBlock,
  threadStart,
  threadsMax,
  threadsWord,
  versionWord,
} from "./layout.ts";

/** Address space reserved for growth (64 MiB of it for 131,072 slots); pages are taken when used. */
export const slotsMax = 131_072;

export interface Table {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
}

/** A new table with room for `capacity` slots, all free. */
export function createTable(capacity: number): Table {
  if (capacity > slotsMax) throw new LayoutError(`${capacity} slots are more than ${slotsMax}`);
  const buffer = new SharedArrayBuffer(tableBytes(capacity), {
    maxByteLength: tableBytes(slotsMax),
  });
  const words = new Int32Array(buffer);
  words[magicWord] = layoutMagic;
  words[versionWord] = layoutVersion;
  words[slotWordsWord] = slotWords;
  words[threadsWord] = threadsMax;
  Atomics.store(words, capacityWord, capacity);
  return { buffer, words };
}

/** Opens a table made by another thread; throws LayoutError when it has another layout. */
export function attachTable(buffer: SharedArrayBuffer): Table {
  const words = new Int32Array(buffer);
  if (words[magicWord] !== layoutMagic || words[versionWord] !== layoutVersion) {
    throw new LayoutError("the table has another layout; restart the service to rebuild it");
  }
  return { buffer, words };
}

/** Slots that the table has room for. */
export function capacityOf(table: Table): number {
  return Atomics.load(table.words, capacityWord);
}

/** Makes room for at least `capacity` slots; what is there stays where it is. */
export function growTable(table: Table, capacity: number): void {
  const current = capacityOf(table);
  if (capacity <= current) return;
  if (capacity > slotsMax) throw new LayoutError(`${capacity} slots are more than ${slotsMax}`);
  const grown = Math.min(slotsMax, Math.max(capacity, current * 2));
  table.buffer.grow(tableBytes(grown));
  Atomics.store(table.words, capacityWord, grown);
}

/** A number that changes with every write to any slot. */
export function epochOf(table: Table): number {
  return Atomics.load(table.words, epochWord);
}

export function threadWord(table: Table, thread: number, field: ThreadField): number {
  return Atomics.load(table.words, threadStart(thread) + threadBlock[field]);
}

export function setThreadWord(
  table: Table,
  thread: number,
  field: ThreadField,
  value: number,
): void {
  Atomics.store(table.words, threadStart(thread) + threadBlock[field], value);
}

/** Adds to a thread's word and returns what it was before. */
export function addThreadWord(
  table: Table,
  thread: number,
  field: ThreadField,
  delta: number,
): number {
  return Atomics.add(table.words, threadStart(thread) + threadBlock[field], delta);
}
