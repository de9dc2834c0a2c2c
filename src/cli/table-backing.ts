// Where the service's table lives, and what its file knew before: rows by deployment, wherever they stood.

import { resolve } from "node:path";
import type { Settings } from "../config/settings.ts";
import type { DeploymentList } from "../registry/deployment-list.ts";
import { identityOf, labelOf, type Registry } from "../registry/registry.ts";
import type { FileReading } from "../table/file-reader.ts";
import { scalarOfBytes, zeroCountersOfBytes } from "../table/row-words.ts";
import { createTable, growTable, type Table } from "../table/table.ts";
import { beginTableFile } from "../table/table-file.ts";
import type { RestoredRows } from "./history.ts";
import type { Log } from "./log.ts";

export interface TableBacking {
  readonly table: Table;
  /** Makes room for these beside those that are there. Throws when the disk is full, before anything has changed. */
  reserve(next: DeploymentList, registry: Registry): void;
  /** Adds what the file knows of the registry's deployments, where it is not older than what history knows. Once. */
  restore(registry: Registry, known: RestoredRows): void;
  /** Everything that is still wanted stands in the new table: it takes the old one's place. Once. */
  publish(): void;
  /** Lets go of the file. */
  release(): void;
}

const slotsMin = 1024;

/** Throws an Error for the person at the terminal when the file cannot be had. */
export function openTableBacking({ tableFile, sqliteFile }: Settings, log: Log): TableBacking {
  if (tableFile === null) {
    const table = createTable(slotsMin);
    const nothing = () => {};
    return { ...sized(table), restore: nothing, publish: nothing, release: nothing };
  }
  if (resolve(tableFile) === resolve(sqliteFile)) {
    throw new Error(
      `fleetpulse.table_file and fleetpulse.sqlite_file are both ${tableFile}: give the table a file of its own`,
    );
  }
  const own = beginTableFile(tableFile, slotsMin);
  const { table, refused, publish, release } = own;
  if (refused !== null) log.warn(`${refused}; a new table is made`);
  let before: readonly FileReading[] = own.before;
  let published = false;
  return {
    ...sized(table),
    restore(registry, known) {
      addRows(before, registry, known);
      before = [];
    },
    publish() {
      if (!published) publish();
      published = true;
    },
    release,
  };
}

function sized(table: Table): Pick<TableBacking, "table" | "reserve"> {
  return {
    table,
    reserve(next, registry) {
      growTable(table, registry.slotCount() + registry.countNew(next));
    },
  };
}

function addRows(readings: readonly FileReading[], registry: Registry, known: RestoredRows): void {
  if (readings.length === 0) return;
  const rows = new Map(
    readings.map(({ identity, label, bytes }) => [nameOf(identity, label.keyHash), bytes]),
  );
  for (const slot of registry.slots()) {
    const shown = registry.shownAt(slot);
    if (shown === null) continue;
    const { key } = shown;
    const bytes = rows.get(nameOf(identityOf(key), labelOf(shown).keyHash));
    // One that was never asked begins as a new one does: why it is not asked may have changed.
    if (bytes === undefined || checkedMs(bytes) === 0) continue;
    const other = known.rows.get(key);
    if (other !== undefined && checkedMs(other) > checkedMs(bytes)) continue;
    if (known.countedElsewhere) zeroCountersOfBytes(bytes);
    known.rows.set(key, bytes);
  }
}

const checkedMs = (bytes: Uint8Array) => scalarOfBytes(bytes, "lastCheckMs");
const nameOf = (identity: number, keyHash: number) => `${identity}:${keyHash}`;
