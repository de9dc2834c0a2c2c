// What other replicas of the fleet have asked, shown here as well: their rows, written as they tell of them and marked as a peer's. The
// main thread writes them, so a slot takes none while a thread has it. What they cost counts into the day's budget, which is the whole
// fleet's.

import type { Clock } from "../clock.ts";
import type { Deployment } from "../registry/deployment.ts";
import { identityOf, type Registry } from "../registry/registry.ts";
import { clockSkewMaxMs, isPlausibleRow } from "../table/plausible-row.ts";
import { createReader } from "../table/reader.ts";
import { emptyRow, type Row, sources } from "../table/row.ts";
import { scalarOfBytes, setScalarOfBytes } from "../table/row-words.ts";
import { createSpending, dayOf } from "../table/spending.ts";
import type { Table } from "../table/table.ts";
import { createWriter } from "../table/writer.ts";

/** What became of a row. */
export type PeerRowEnd =
  | "taken"
  /** The table has it already, or a newer one. */
  | "known"
  /** A thread here has the slot, or lets go of it, or a reload has not got there yet: it may be taken later. */
  | "busy"
  /** It cannot be a row of this deployment. */
  | "refused";

export interface PeerRowsOptions {
  readonly table: Table;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Whether a thread has the slot, or lets go of it. */
  readonly isOwned: (slot: number) => boolean;
  /** A row was taken; the rows are good during the call only. */
  readonly onTaken: (slot: number, common: Deployment, before: Row, after: Row) => void;
}

const peerSource = sources.indexOf("peer");

/** Writes a peer's row, given as bytes (see row-words.ts), which stay as they are. */
export function createPeerRows(
  options: PeerRowsOptions,
): (slot: number, row: Uint8Array) => PeerRowEnd {
  const { table, registry, clock, isOwned, onTaken } = options;
  const reader = createReader(table);
  const writer = createWriter(table);
  const spend = createSpending(table);
  /** Scratch. */
  const before = emptyRow();
  const after = emptyRow();

  /** What is in the table is as new, or its time cannot be believed. */
  function isNewer(row: Uint8Array, knownMs: number, wallMs: number): boolean {
    return knownMs > wallMs + clockSkewMaxMs || scalarOfBytes(row, "lastCheckMs") >= knownMs;
  }

  /** The same but for where it comes from: one that was asked here and is told of elsewhere is ours. */
  function isThere(slot: number, row: Uint8Array): boolean {
    const known = writer.bytes(slot);
    setScalarOfBytes(known, "source", scalarOfBytes(row, "source"));
    return Buffer.compare(known, row) === 0;
  }

  function count(wallMs: number): void {
    const day = dayOf(wallMs);
    if (after.spentDay !== day) return;
    const goesOn = before.spentDay === day;
    // Never less: what was spent was spent, also where the peer did not know of it.
    spend(day, {
      tokens: Math.max(0, after.spentTokens - (goesOn ? before.spentTokens : 0)),
      nanoUsd: Math.max(0, after.spentNanoUsd - (goesOn ? before.spentNanoUsd : 0)),
    });
  }

  return (slot, told) => {
    const shown = registry.shownAt(slot);
    const common = registry.commonAt(slot);
    const wallMs = clock.wallMs();
    if (shown === null || common === null || common.target === null) return "refused";
    if (!isPlausibleRow(told, wallMs)) return "refused";
    const known = reader.scalar(slot, "lastCheckMs");
    if (isOwned(slot) || known.identity !== identityOf(shown.key)) return "busy";
    if (!isNewer(told, known.value, wallMs) || isThere(slot, told)) return "known";
    const row = told.slice();
    setScalarOfBytes(row, "source", peerSource);
    writer.take(slot, before);
    writer.writeBytes(slot, row);
    writer.take(slot, after);
    count(wallMs);
    onTaken(slot, common, before, after);
    return "taken";
  };
}
