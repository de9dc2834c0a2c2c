// What has changed since the last look, without looking at every slot: the table keeps a log of the last writes, and each reader its
// own place in it. A reader that was away for longer than the log reaches back, or that waits for an entry whose writer
// died before he made it, is told that anything may have changed.

import { changesMax, changesStart, epochWord, slotOfChange } from "./layout.ts";
import type { Table } from "./table.ts";

export interface Changes {
  /**
   * Calls back for each slot that was written since the last call; one that was written twice may come twice. False when
   * anything may have changed: then nothing was called back.
   */
  take(found: (slot: number) => void): boolean;
}

/** Looks at the same missing entry before it is given up. */
const patience = 16;

/** The first call of `take` tells of what is written from now on. */
export function followChanges(table: Table): Changes {
  const { words } = table;
  let next = Atomics.load(words, epochWord) >>> 0;
  let misses = 0;

  function skipToEnd(): false {
    next = Atomics.load(words, epochWord) >>> 0;
    misses = 0;
    return false;
  }

  return {
    take(found) {
      const end = Atomics.load(words, epochWord) >>> 0;
      if ((end - next) >>> 0 > changesMax) return skipToEnd();
      while (next !== end) {
        const word = Atomics.load(words, changesStart + (next & (changesMax - 1)));
        const slot = slotOfChange(next, word);
        if (slot === null) {
          // Its writer is about to make it, or was overtaken by a whole lap.
          misses += 1;
          return misses > patience ? skipToEnd() : true;
        }
        misses = 0;
        next = (next + 1) >>> 0;
        found(slot);
      }
      return true;
    },
  };
}
