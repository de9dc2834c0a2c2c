// The writing side of the table: a seqlock (Lameter 2005; Boehm, "Can seqlocks get along with programming language memory
// models?", MSPC 2012) over two copies of the row. The copy that nobody is pointed to is written, then the sequence
// points to it. A writer waits for nobody, and one that stops at any instruction, with its thread or with the
// process, leaves the row that was there before.
// One writer a slot at a time. Every word goes through Atomics: plain stores could be seen before the sequence is.

import { noLabel, putLabel, type SlotLabel, takeLabel } from "./label.ts";
import {
  changeOf,
  changesMax,
  changesStart,
  epochWord,
  identityWord,
  rowStart,
  sequenceWord,
  slotStart,
} from "./layout.ts";
import { emptyRow, type Row } from "./row.ts";
import { isWhole, putBytes, putRow, takeBytes, takeRow } from "./row-words.ts";
import type { Table } from "./table.ts";

export interface SlotWriter {
  /** Fills the row with what the slot has; without the readers' protocol, as nobody else writes the slot. */
  take(slot: number, row: Row): void;
  /** Publishes a row: readers see all of it or nothing of it. */
  write(slot: number, row: Row): void;
  /** The same with a row that is still bytes (see row-words.ts). */
  writeBytes(slot: number, bytes: Uint8Array): void;
  /** What the slot has, as such bytes; like `take`. */
  bytes(slot: number): Uint8Array<ArrayBuffer>;
  /** Makes a slot a deployment's (identity, not 0) with a first row; or frees it (identity 0). */
  claim(slot: number, identity: number, row: Row, label?: SlotLabel): void;
  /** The same with bytes. */
  claimBytes(slot: number, identity: number, bytes: Uint8Array, label?: SlotLabel): void;
  /** Gives a slot's deployment another name, when it has one. */
  relabel(slot: number, label: SlotLabel): void;
  /**
   * Goes back to the row before when the published one is not whole: two threads wrote at once, because one that was
   * taken for dead was in the middle of a write.
   */
  repair(slot: number): boolean;
}

const free = emptyRow();

/** `isCurrent` fences a replaced thread off: when it answers false, nothing is published. */
export function createWriter(table: Table, isCurrent: () => boolean = () => true): SlotWriter {
  const { words } = table;

  /** Writes with `put` into the copy that is not in use and points the sequence to it. */
  function publish(slot: number, put: (start: number) => void): void {
    const at = slotStart(slot) + sequenceWord;
    const next = (Atomics.load(words, at) + 1) | 0;
    put(rowStart(slot, next));
    if (!isCurrent()) return;
    Atomics.store(words, at, next);
    tell(slot);
  }

  /** In the log of changes, and by the epoch. */
  function tell(slot: number): void {
    const write = Atomics.add(words, epochWord, 1);
    const place = changesStart + (write & (changesMax - 1));
    Atomics.store(words, place, changeOf(write, slot));
  }

  function identityIn(slot: number): number {
    const sequence = Atomics.load(words, slotStart(slot) + sequenceWord);
    return Atomics.load(words, rowStart(slot, sequence) + identityWord);
  }

  function bytesIn(slot: number): Uint8Array<ArrayBuffer> {
    const sequence = Atomics.load(words, slotStart(slot) + sequenceWord);
    return takeBytes(words, rowStart(slot, sequence));
  }

  /** Whoever had the slot is out of it before it gets another name. */
  function rename(slot: number, identity: number, label: SlotLabel): void {
    if (identityIn(slot) !== 0) publish(slot, (start) => putRow(words, start, 0, free));
    if (identity !== 0) putLabel(words, slotStart(slot), identity, label);
  }

  function claimBytes(slot: number, identity: number, bytes: Uint8Array, label = noLabel): void {
    rename(slot, identity, label);
    publish(slot, (start) => putBytes(words, start, identity, bytes));
  }

  return {
    take(slot, row) {
      const sequence = Atomics.load(words, slotStart(slot) + sequenceWord);
      takeRow(words, rowStart(slot, sequence), row);
    },
    write(slot, row) {
      if (!isCurrent()) return;
      const identity = identityIn(slot);
      publish(slot, (start) => putRow(words, start, identity, row));
    },
    writeBytes(slot, bytes) {
      if (!isCurrent()) return;
      const identity = identityIn(slot);
      publish(slot, (start) => putBytes(words, start, identity, bytes));
    },
    bytes: bytesIn,
    claim(slot, identity, row, label = noLabel) {
      rename(slot, identity, label);
      publish(slot, (start) => putRow(words, start, identity, row));
    },
    claimBytes,
    relabel(slot, label) {
      const identity = identityIn(slot);
      const known = takeLabel(words, slotStart(slot), identity);
      if (known?.modelId === label.modelId && known.keyHash === label.keyHash) return;
      claimBytes(slot, identity, bytesIn(slot), label);
    },
    repair(slot) {
      const at = slotStart(slot) + sequenceWord;
      const sequence = Atomics.load(words, at);
      if (sequence === 0 || isWhole(words, rowStart(slot, sequence))) return false;
      if (!isWhole(words, rowStart(slot, sequence + 1))) return false;
      Atomics.store(words, at, (sequence + 1) | 0);
      tell(slot);
      return true;
    },
  };
}
