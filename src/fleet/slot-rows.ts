// The rows that the main thread writes: those of slots that no thread owns. A slot is claimed for a new deployment, freed, and told
// why its deployment is not asked; everything else is written by the owning thread.

import { type Deployment, isPlanned } from "../registry/deployment.ts";
import { identityOf, labelOf, type Registry, type RegistryChange } from "../registry/registry.ts";
import { createReader } from "../table/reader.ts";
import { sources } from "../table/row.ts";
import { scalarOfBytes, setScalarOfBytes } from "../table/row-words.ts";
import { createSpending, dayOf } from "../table/spending.ts";
import type { Table } from "../table/table.ts";
import { createWriter } from "../table/writer.ts";
import { isResting, restingBytesAt, restingRow } from "./resting-row.ts";

export interface SlotRowsOptions {
  readonly table: Table;
  readonly registry: Registry;
  /** Last rows of an earlier process, as bytes by deployment key; each is taken once. */
  readonly restored: Map<string, Uint8Array>;
  /** Called when a slot begins with such a row, its bytes; `common` is what its deployment has in common with others. */
  readonly onRestore: (slot: number, common: Deployment, row: Uint8Array) => void;
  /** Called before a slot is freed, so that its counters can be kept. */
  readonly onRetire: (slot: number, deployment: Deployment) => void;
}

export interface SlotRows {
  /** Writes what a change of the registry means; the owners have let go of what it names. */
  follow(change: RegistryChange, wallMs: number): void;
  /** When a deployment that began with a restored row was due (wall time); 0 for the others. */
  restoredDueMs(slot: number): number;
}

export function createSlotRows(options: SlotRowsOptions): SlotRows {
  const { table, registry, restored } = options;
  const writer = createWriter(table);
  const reader = createReader(table);
  const spend = createSpending(table);
  const restoredDueMs = new Map<number, number>();

  function free(slot: number, deployment: Deployment): void {
    options.onRetire(slot, deployment);
    restoredDueMs.delete(slot);
    writer.claim(slot, 0, restingRow(null, 0));
  }

  /** Makes a slot a deployment's: with what an earlier process knew of it, else with nothing. */
  function claim(slot: number, restingBytes: (common: Deployment) => Uint8Array, wallMs: number) {
    const shown = registry.shownAt(slot);
    const common = registry.commonAt(slot);
    if (shown === null || common === null) return;
    const identity = identityOf(shown.key);
    const known = restored.get(shown.key);
    restored.delete(shown.key);
    if (known === undefined || common.target === null) {
      writer.claimBytes(slot, identity, restingBytes(common), labelOf(shown));
      return;
    }
    restoredDueMs.set(slot, scalarOfBytes(known, "nextDueMs"));
    setScalarOfBytes(known, "nextDueMs", 0);
    setScalarOfBytes(known, "source", sources.indexOf("restored"));
    writer.claimBytes(slot, identity, known, labelOf(shown));
    addSpent(known, wallMs);
    options.onRestore(slot, common, known);
  }

  /** What an earlier process spent today counts. */
  function addSpent(row: Uint8Array, wallMs: number): void {
    const day = scalarOfBytes(row, "spentDay");
    if (day !== dayOf(wallMs)) return;
    spend(day, {
      tokens: scalarOfBytes(row, "spentTokens"),
      nanoUsd: scalarOfBytes(row, "spentNanoUsd"),
    });
  }

  function relabel(slot: number, wallMs: number): void {
    const deployment = registry.at(slot);
    if (deployment === null) return;
    // When it was due belongs to how it was asked then.
    restoredDueMs.delete(slot);
    writer.relabel(slot, labelOf(deployment));
    const { row } = reader.read(slot);
    // What is asked keeps its status until the next answer; what is not says why.
    if (deployment.target === null || (!isPlanned(deployment) && isResting(row))) {
      writer.write(slot, restingRow(deployment, wallMs, row));
    }
  }

  return {
    follow({ added, removed, changed }, wallMs) {
      for (const { slot, deployment } of removed) free(slot, deployment);
      const restingBytes = restingBytesAt(wallMs);
      for (const slot of added) claim(slot, restingBytes, wallMs);
      for (const slot of changed) relabel(slot, wallMs);
      // Nobody else was there when the earlier process ended.
      restored.clear();
    },
    restoredDueMs: (slot) => restoredDueMs.get(slot) ?? 0,
  };
}
