// Rows that do not say it any more, and whose last outcome is a peer's all the same. Who takes a deployment over makes the peer's row its
// own (`restored`) before it asks anything, within milliseconds perhaps: then the row as the peer told it was never seen here.

import { isOfPeer, type Row, sourceOf, sources } from "../table/row.ts";
import type { Accounted } from "./accounted.ts";
import type { SavedStatus } from "./journal.ts";

export interface FirstRows {
  /** What an earlier process saved. */
  saved(status: SavedStatus): void;
  /** From now on the first row of this deployment is still to come. */
  expect(key: string): void;
  /** Nothing is expected of those any more that were saved and are not followed. */
  settle(): void;
  /** Who asked last before the first row, which this is; null when it is none. */
  take(key: string): "peer" | "us" | null;
  forget(key: string): void;
}

export function createFirstRows(): FirstRows {
  /** Keys of those that a peer asked when they were saved. */
  const peers = new Set<string>();
  /** Those whose first row is to come, and whether a peer asked them before. */
  const firsts = new Map<string, boolean>();
  return {
    saved({ key, row }) {
      if (isOfPeer(row)) peers.add(key);
    },
    expect: (key) => void firsts.set(key, peers.has(key)),
    settle: () => peers.clear(),
    take(key) {
      const wasOfPeer = firsts.get(key);
      if (wasOfPeer === undefined) return null;
      firsts.delete(key);
      return wasOfPeer ? "peer" : "us";
    },
    forget: (key) => void firsts.delete(key),
  };
}

/**
 * A first row is what an earlier process had last: it may have found out more than it saved. After that nothing new of ours comes
 * in a restored row but failures of the prober itself, which leave the time of the last check.
 */
export function isLastOfPeer(before: Accounted, row: Row, first: "peer" | "us" | null): boolean {
  if (sourceOf(row) !== "restored") return false;
  if (before.isOfPeer || first === "peer") return true;
  return first === null && row.lastCheckMs !== before.lastCheckMs;
}

/** The row as the peer told it. */
export function toldByPeer(row: Row): Row {
  return { ...row, source: sources.indexOf("peer") };
}
