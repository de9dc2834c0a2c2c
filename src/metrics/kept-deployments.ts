// What is known of single deployments, kept from one scrape to the next until their rows change: after one probe one row is read and
// written out anew, and of the others bytes are copied. Of 10,000 deployments of which 1,000 had changed a scrape took 69 ms of CPU with
// only their text kept and 40 with their rows as well, uncompressed.

import type { Deployment } from "../registry/deployment.ts";
import { identityOf, type Registry } from "../registry/registry.ts";
import type { SlotReader } from "../table/reader.ts";
import { emptyRow, type Row } from "../table/row.ts";
import { type Fragments, fragmentsOf } from "./deployment-lines.ts";

/** Deployments of which it is kept, some 4 KB each: of a larger fleet the others are read and written anew each time. */
const keptMax = 16_384;

/** A deployment and its row; the same object, filled anew, when the row has changed. */
export interface Known {
  readonly deployment: Deployment;
  readonly row: Row;
}

interface Kept extends Known {
  sequence: number;
  id: string;
  fragments: Fragments | null;
}

export interface KeptDeployments {
  /** Begins to go through them once. What was kept under another list of deployments is forgotten. */
  begin(): Pass;
}

/** One way through all deployments, in the order of the list. */
export interface Pass {
  /** The deployment in a slot, until the next one is asked for; null when the slot is not its own yet. */
  at(slot: number): Known | null;
  /** What a scrape says of the one that was asked for last. */
  fragments(): Fragments;
}

export function createKeptDeployments(
  registry: Pick<Registry, "at" | "generation">,
  reader: Pick<SlotReader, "read" | "sequence" | "take">,
): KeptDeployments {
  let kept: (Kept | undefined)[] = [];
  let count = 0;
  let keptOf = -1;
  /** For those for which there is no room. */
  const passing = emptyRow();

  /** The row as it is now, in what is kept of it where there is room. */
  function readAnew(slot: number, before: Kept | undefined): Kept | null {
    const deployment = before?.deployment ?? registry.at(slot);
    if (deployment === null) return null;
    const hasRoom = before !== undefined || count < keptMax;
    const row = before?.row ?? (hasRoom ? emptyRow() : passing);
    const taken = reader.take(slot, row);
    const { sequence, identity } = taken ?? reader.read(slot);
    // A row that was not whole is not kept.
    if (taken === null) forget(slot);
    if (identity !== identityOf(deployment.key)) {
      forget(slot);
      return null;
    }
    const found: Kept = before ?? { deployment, row, sequence, id: "", fragments: null };
    found.sequence = sequence;
    found.fragments = null;
    if (taken === null) return { ...found, row: reader.read(slot).row };
    if (before === undefined && hasRoom) {
      kept[slot] = found;
      count += 1;
    }
    return found;
  }

  function forget(slot: number): void {
    if (kept[slot] === undefined) return;
    kept[slot] = undefined;
    count -= 1;
  }

  return {
    begin() {
      const seen = new Map<string, number>();
      let last: Kept | null = null;
      let times = 1;
      return {
        at(slot) {
          if (registry.generation() !== keptOf) {
            kept = [];
            count = 0;
            keptOf = registry.generation();
          }
          const before = kept[slot];
          const isSame = before !== undefined && before.sequence === reader.sequence(slot);
          last = isSame ? before : readAnew(slot, before);
          if (last === null) return null;
          // Ids may be shared; series may not.
          const { modelId } = last.deployment;
          times = (seen.get(modelId) ?? 0) + 1;
          seen.set(modelId, times);
          return last;
        },
        fragments() {
          if (last === null) throw new Error("no deployment was asked for");
          const { deployment, row } = last;
          const id = times === 1 ? deployment.modelId : `${deployment.modelId}#${times}`;
          if (last.fragments === null || last.id !== id) {
            last.fragments = fragmentsOf(deployment, id, row);
            last.id = id;
          }
          return last.fragments;
        },
      };
    },
  };
}
