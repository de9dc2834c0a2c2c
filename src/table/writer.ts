// The writing side of the seqlock (Lameter 2005; Boehm, "Can seqlocks get along with programming
// language memory models?", MSPC 2012): the sequence is odd while a slot is being written.
// One writer a slot at a time; a writer never waits for anybody. A writer that died in the middle leaves
// the sequence odd; the next write by its successor makes it even again.
// Every word goes through Atomics: plain stores could be seen before the odd sequence is.

import { epochWord, identityWord, sequenceWord, slotStart } from "./layout.ts";
import type { Row } from "./row.ts";
import { putBytes, putRow } from "./row-words.ts";
import type { Table } from "./table.ts";

export interface SlotWriter {
  /** Publishes a row: readers see all of it or nothing of it. */
  write(slot: number, row: Row): void;
  /** Makes a slot a deployment's (identity, not 0) with a first row; or frees it (identity 0). */
  claim(slot: number, identity: number, row: Row): void;
  /** The same with a row that is still bytes (see row-words.ts). */
  claimBytes(slot: number, identity: number, bytes: Uint8Array): void;
  /** Makes the sequence even after a writer that died; the row is whatever was half written. */
  repair(slot: number): boolean;
}

/** `isCurrent` fences a replaced thread off: when it answers false, nothing is written. */
export function createWriter(table: Table, isCurrent: () => boolean = () => true): SlotWriter {
  const { words } = table;

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

  return {
    write(slot, row) {
      if (!isCurrent()) return;
      const start = slotStart(slot);
      const odd = begin(start);
      putRow(words, start, row);
      end(start, odd);
    },
    claim(slot, identity, row) {
      const start = slotStart(slot);
      const odd = begin(start);
      Atomics.store(words, start + identityWord, identity);
      putRow(words, start, row);
      end(start, odd);
    },
    claimBytes(slot, identity, bytes) {
      const start = slotStart(slot);
      const odd = begin(start);
      Atomics.store(words, start + identityWord, identity);
      putBytes(words, start, bytes);
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
