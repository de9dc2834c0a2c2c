// What is not in the embedded file yet: entries, and deployments whose status differs from what is saved. While the disk cannot be written
// entries wait here within a bound; beyond it the oldest go.

import { type Batch, entriesIn } from "./entries.ts";

export interface Unsaved {
  add(batch: Batch): void;
  /** The status of this deployment is to be saved, with its row as bytes; null when the row is as it was saved last. */
  mark(key: string, row: Uint8Array | null): void;
  readonly batches: readonly Batch[];
  /** By key. */
  readonly rows: ReadonlyMap<string, Uint8Array | null>;
  entries(): number;
  /** All of it is saved. */
  clear(): void;
  /** Drops what is beyond the bound; how many entries that were. */
  trim(): number;
}

const entriesMax = 100_000;

export function createUnsaved(): Unsaved {
  const batches: Batch[] = [];
  const rows = new Map<string, Uint8Array | null>();
  const entries = () => batches.reduce((sum, one) => sum + entriesIn(one), 0);
  return {
    add: (batch) => void batches.push(batch),
    mark: (key, row) => void rows.set(key, row ?? rows.get(key) ?? null),
    batches,
    rows,
    entries,
    clear() {
      batches.length = 0;
      rows.clear();
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
