// The shared table itself: creating, attaching, growing, and the words that do not belong to a slot (epoch, thread blocks). It
// lives in memory that the threads share, or in a file that each of them maps. Both have their full address space
// from the beginning, so growing moves nothing: readers and writers in other threads go on while slots are added.

import { LayoutError } from "../errors.ts";
import {
  capacityWord,
  epochWord,
  layoutMagic,
  layoutVersion,
  magicWord,
  ownerPidWord,
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
import { createSparseFile, fillHole, mapWords, pathOfDescriptor } from "./mapping.ts";

/** Address space reserved for growth: 1.3 GB, of which pages are taken when they are used. */
export const slotsMax = 1_048_576;

/** What another thread opens the table with. */
export type TableHandle =
  | { readonly backing: "memory"; readonly buffer: SharedArrayBuffer }
  | { readonly backing: "file"; readonly path: string };

export interface Table {
  readonly handle: TableHandle;
  readonly words: Int32Array;
}

/** A new table in memory with room for `capacity` slots, all free. */
export function createTable(capacity: number): Table {
  refuseBeyondMax(capacity);
  const buffer = new SharedArrayBuffer(tableBytes(capacity), {
    maxByteLength: tableBytes(slotsMax),
  });
  const words = new Int32Array(buffer);
  begin(words, capacity);
  return { handle: { backing: "memory", buffer }, words };
}

/** The same in a new file, which must not be there yet and may be renamed later. It stays open until the process ends. */
export function createMappedTable(path: string, capacity: number): Table {
  refuseBeyondMax(capacity);
  const descriptor = createSparseFile(path, tableBytes(slotsMax), tableBytes(capacity));
  const handle = { backing: "file", path: pathOfDescriptor(descriptor) } as const;
  const words = mapWords(handle.path);
  begin(words, capacity);
  return { handle, words };
}

function begin(words: Int32Array, capacity: number): void {
  words[versionWord] = layoutVersion;
  words[slotWordsWord] = slotWords;
  words[threadsWord] = threadsMax;
  words[ownerPidWord] = process.pid;
  Atomics.store(words, capacityWord, capacity);
  Atomics.store(words, magicWord, layoutMagic);
}

/** Opens a table of this process in another thread; throws LayoutError when it has another layout. */
export function attachTable(handle: TableHandle): Table {
  const words = handle.backing === "memory" ? new Int32Array(handle.buffer) : mapWords(handle.path);
  if (words[magicWord] !== layoutMagic || words[versionWord] !== layoutVersion) {
    throw new LayoutError("the table has another layout; restart the service to rebuild it");
  }
  return { handle, words };
}

/** Slots that the table has room for. */
export function capacityOf(table: Table): number {
  return Atomics.load(table.words, capacityWord);
}

/** Makes room for at least `capacity` slots; what is there stays where it is. */
export function growTable(table: Table, capacity: number): void {
  const current = capacityOf(table);
  if (capacity <= current) return;
  refuseBeyondMax(capacity);
  const grown = Math.min(slotsMax, Math.max(capacity, current * 2));
  const { handle } = table;
  if (handle.backing === "memory") handle.buffer.grow(tableBytes(grown));
  else fillHole(handle.path, tableBytes(current), tableBytes(grown));
  Atomics.store(table.words, capacityWord, grown);
}

function refuseBeyondMax(capacity: number): void {
  if (capacity > slotsMax) throw new LayoutError(`${capacity} slots are more than ${slotsMax}`);
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
