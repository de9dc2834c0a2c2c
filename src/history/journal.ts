// What this process keeps for itself in the embedded database: the last row of every deployment (a restart begins with it) and, where
// history goes to PostgreSQL, the batches that wait. Rows and entries are saved in one transaction, so what a restart
// begins with is exactly what history holds: nothing is missing and nothing is counted twice, after kill -9 too.

import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import type { Row } from "../table/row.ts";
import { currentRowBytes, rowOfBytes, scalarOfBytes } from "../table/row-words.ts";
import { type Batch, entriesIn, hourMs, startOf } from "./entries.ts";

export interface SavedStatus {
  readonly key: string;
  readonly row: Row;
  /** The open minute and hour (see account.ts). */
  readonly open: string;
}

export interface StatusToSave {
  readonly key: string;
  /** As bytes; null when it is as it was saved last. */
  readonly row: Uint8Array | null;
  readonly open: string;
}

/** A batch on its way to PostgreSQL, as JSON. */
export interface Parcel {
  /** Grows by one with every batch of this node. */
  readonly seq: number;
  readonly subjects: string;
  readonly entries: string;
  /** The hours that its entries fall into, as JSON (see `Hours`). */
  readonly hours: string;
  readonly count: number;
}

/** Beginnings of hours (milliseconds), each once, by kind of entry. */
export type Hours = Readonly<
  Record<"checks" | "transitions" | "minutes" | "hours", readonly number[]>
>;

export interface Journal {
  /** Who writes; the same for as long as the file lives. */
  readonly node: string;
  /** One after the other: of a large fleet they are large. */
  statuses(): Iterable<SavedStatus>;
  /** All of it, or nothing. */
  transaction(work: () => void): void;
  saveStatuses(statuses: Iterable<StatusToSave>): void;
  /** Forgets deployments that were not checked for long. */
  forgetBefore(checkedMs: number): void;
  spool: Spool;
}

/** Batches in the order in which they came. */
export interface Spool {
  /** Throws when it cannot be kept. */
  push(batch: Batch): void;
  /** The oldest one. */
  first(): Parcel | null;
  drop(seq: number): void;
  /** Entries that wait, and the bytes that they take. */
  size(): { readonly entries: number; readonly bytes: number };
}

export function parcelOf(batch: Batch, seq: number): Parcel {
  const { subjects, ...entries } = batch;
  return {
    seq,
    subjects: JSON.stringify(subjects),
    entries: JSON.stringify(entries),
    hours: JSON.stringify({
      checks: hoursOf(batch.checks.map(({ at_ms }) => at_ms)),
      transitions: hoursOf(batch.transitions.map(({ at_ms }) => at_ms)),
      minutes: hoursOf(batch.minutes.map(({ start_ms }) => start_ms)),
      hours: hoursOf(batch.hours.map(({ start_ms }) => start_ms)),
    } satisfies Hours),
    count: entriesIn(batch),
  };
}

function hoursOf(times: readonly number[]): number[] {
  return [...new Set(times.map((time) => startOf(time, hourMs)))];
}

/** The journal in a database that is open and migrated. */
export function createJournal(database: Database): Journal {
  database.run("insert into node (id) select ? where not exists (select 1 from node)", [
    crypto.randomUUID(),
  ]);
  const { id } = database.query<{ id: string }, []>("select id from node").get() ?? { id: "" };
  const save = database.query<unknown, [string, Uint8Array, string, number]>(
    `insert into status (key, row, open, checked_ms) values (?, ?, ?, ?)
     on conflict (key) do update set row = excluded.row, open = excluded.open, checked_ms = excluded.checked_ms`,
  );
  const saveOpen = database.query<unknown, [string, string]>(
    "update status set open = ? where key = ?",
  );
  return {
    node: id,
    statuses: () => statusesIn(database),
    transaction(work) {
      database.run("begin immediate");
      try {
        work();
        database.run("commit");
      } catch (error) {
        // After some errors (a full disk) SQLite has rolled back by itself.
        if (database.inTransaction) database.run("rollback");
        throw error;
      }
    },
    saveStatuses(statuses) {
      for (const { key, row, open } of statuses) {
        if (row === null) saveOpen.run(open, key);
        else save.run(key, row, open, scalarOfBytes(row, "lastCheckMs"));
      }
    },
    forgetBefore(checkedMs) {
      database.run("delete from status where checked_ms < ?", [checkedMs]);
    },
    spool: diskSpool(database),
  };
}

/** Rows that an earlier process saved, as bytes by deployment key; none when there is no file or it cannot be read. */
export function savedRows(file: string): Map<string, Uint8Array> {
  if (file === ":memory:" || !existsSync(file)) return new Map();
  let database: Database | null = null;
  try {
    database = new Database(file, { readonly: true });
    database.run("pragma busy_timeout = 100");
    const saved = database
      .query<{ key: string; row: Uint8Array }, []>("select key, row from status")
      .all();
    return new Map(
      saved.flatMap(({ key, row: bytes }) => {
        const row = currentRowBytes(bytes);
        return row === null ? [] : [[key, row] as const];
      }),
    );
  } catch {
    // A new or a damaged file: everything is asked anew, as without one. The recorder says what is wrong with it.
    return new Map();
  } finally {
    database?.close();
  }
}

function* statusesIn(database: Database): Generator<SavedStatus> {
  const saved = database.query<{ key: string; row: Uint8Array; open: string }, []>(
    "select key, row, open from status",
  );
  for (const { key, row: bytes, open } of saved.iterate()) {
    const row = rowOfBytes(bytes);
    if (row !== null) yield { key, row, open };
  }
}

function diskSpool(database: Database): Spool {
  const push = database.query<unknown, [number, number, string, string, string]>(
    "insert into spool (count, bytes, hours, subjects, entries) values (?, ?, ?, ?, ?)",
  );
  const first = database.query<Parcel, []>(
    "select seq, subjects, entries, hours, count from spool order by seq limit 1",
  );
  const drop = database.query<unknown, [number]>("delete from spool where seq <= ?");
  const size = database.query<{ entries: number | null; bytes: number | null }, []>(
    "select sum(count) as entries, sum(bytes) as bytes from spool",
  );
  return {
    push(batch) {
      const { subjects, entries, hours, count } = parcelOf(batch, 0);
      push.run(count, subjects.length + entries.length, hours, subjects, entries);
    },
    first: () => first.get(),
    drop: (seq) => void drop.run(seq),
    size() {
      const { entries, bytes } = size.get() ?? { entries: 0, bytes: 0 };
      return { entries: entries ?? 0, bytes: bytes ?? 0 };
    },
  };
}

/** For a machine without a place to write: what waits is lost with the process. */
export function memorySpool(): Spool {
  const parcels: Parcel[] = [];
  let seq = 0;
  const bytesOf = (parcel: Parcel) => parcel.subjects.length + parcel.entries.length;
  return {
    push(batch) {
      seq += 1;
      parcels.push(parcelOf(batch, seq));
    },
    first: () => parcels[0] ?? null,
    drop(upTo) {
      while (parcels[0] !== undefined && parcels[0].seq <= upTo) parcels.shift();
    },
    size: () => ({
      entries: parcels.reduce((sum, { count }) => sum + count, 0),
      bytes: parcels.reduce((sum, parcel) => sum + bytesOf(parcel), 0),
    }),
  };
}
