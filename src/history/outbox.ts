// Where batches wait for PostgreSQL: in the spool on disk, and in memory what could not be saved there.

import { memorySpool, type Parcel, type Spool } from "./spool.ts";

export interface Outbox {
  /** The spool on disk is there from now on. */
  attach(disk: Spool): void;
  /** What the disk does not take. */
  readonly memory: Spool;
  /** The one to be brought next. */
  first(): Parcel | null;
  /** It is brought, or given up. */
  drop(parcel: Parcel): void;
  /** Somebody else writes under the same name: this one under another, as which the parcel is given back. */
  rename(parcel: Parcel): Parcel;
  /** Entries that wait, and the bytes that they take. */
  size(): { readonly entries: number; readonly bytes: number };
}

export function createOutbox(): Outbox {
  const memory = memorySpool();
  let disk: Spool | null = null;
  /** What of the disk is brought or given up; a disk that is full may not let go of it. */
  let done = 0;
  let isLeft = false;
  const spoolOf = (node: string) => (disk === null || node === memory.node ? memory : disk);

  function dropDone(): void {
    try {
      disk?.drop(done);
      isLeft = false;
    } catch {
      isLeft = true;
    }
  }

  return {
    attach(spool) {
      disk = spool;
    },
    memory,
    first() {
      if (isLeft) dropDone();
      return memory.first(0) ?? disk?.first(done) ?? null;
    },
    drop({ node, seq }) {
      if (spoolOf(node) === memory) {
        memory.drop(seq);
        return;
      }
      done = Math.max(done, seq);
      dropDone();
    },
    rename(parcel) {
      const spool = spoolOf(parcel.node);
      try {
        spool.rename();
      } catch {
        // The disk cannot be written: the next process finds it out again.
      }
      return { ...parcel, node: spool.node };
    },
    size() {
      const [one, other] = [memory.size(0), disk?.size(done) ?? { entries: 0, bytes: 0 }];
      return { entries: one.entries + other.entries, bytes: one.bytes + other.bytes };
    },
  };
}
