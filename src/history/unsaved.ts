// What is not in the embedded file yet: entries, and deployments whose status differs from what is saved. While the disk cannot be written
// entries wait here within a bound; beyond it the oldest go.

import { type Batch, entriesIn } from "./entries.ts";
import type { StatusToSave } from "./journal.ts";

export interface Unsaved {
  add(batch: Batch): void;
  /** Takes the place of an earlier one of the same deployment. */
  mark(status: StatusToSave): void;
  readonly batches: readonly Batch[];
  /** By key. */
  readonly statuses: ReadonlyMap<string, StatusToSave>;
  entries(): number;
  /** All of it is saved. */
  clear(): void;
  /** The entries wait elsewhere. */
  clearEntries(): void;
  /** Drops what is beyond the bound; how many entries that were. */
  trim(): number;
}

const entriesMax = 100_000;

export function createUnsaved(): Unsaved {
  const batches: Batch[] = [];
  const statuses = new Map<string, StatusToSave>();
  const entries = () => batches.reduce((sum, one) => sum + entriesIn(one), 0);
  return {
    add: (batch) => void batches.push(batch),
    mark({ key, row, open }) {
      statuses.set(key, { key, row: row ?? statuses.get(key)?.row ?? null, open });
    },
    batches,
    statuses,
    entries,
    clear() {
      batches.length = 0;
      statuses.clear();
    },
    clearEntries() {
      batches.length = 0;
    },
    trim() {
      let dropped = 0;
      for (let excess = entries() - entriesMax; excess > dropped; ) {
        const oldest = batches.shift();
        if (oldest === undefined) break;
        dropped += entriesIn(oldest);
      }
      return dropped;
    },
  };
}
