// What this process keeps for itself in the embedded database: the last row of every deployment (a restart begins with it) and, where
// history goes to PostgreSQL, the batches that wait. Rows and entries are saved in one transaction, so what a restart
// begins with is exactly what history holds: nothing is missing and nothing is counted twice, after kill -9 too.

import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import type { Row } from "../table/row.ts";
import { currentRowBytes, rowOfBytes, scalarOfBytes } from "../table/row-words.ts";
import { diskSpool, type Spool } from "./spool.ts";

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

export interface Journal {
  /** One after the other: of a large fleet they are large. */
  statuses(): Iterable<SavedStatus>;
  /** All of it, or nothing. */
  transaction(work: () => void): void;
  saveStatuses(statuses: Iterable<StatusToSave>): void;
  /** Forgets deployments that were not checked for long, or never. */
  forgetBefore(checkedMs: number): void;
  /** The same of some that were checked, others with each call: who was never checked may be of this process. */
  forgetSomeBefore(checkedMs: number): void;
  readonly spool: Spool;
}

/** Rows that are looked at in one go: a millisecond or two. */
const sliceRows = 500;

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
  const endOfSlice = database.query<{ last: string | null }, [string]>(
    `select max(key) as last from (select key from status where key > ? order by key limit ${sliceRows})`,
  );
  const forget = database.query<unknown, [string, string, number]>(
    "delete from status where key > ? and key <= ? and checked_ms > 0 and checked_ms < ?",
  );
  /** The last key that was. */
  let lookedAt = "";
  return {
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
    forgetSomeBefore(checkedMs) {
      const { last } = endOfSlice.get(lookedAt) ?? { last: null };
      if (last !== null) forget.run(lookedAt, last, checkedMs);
      lookedAt = last ?? "";
    },
    spool: diskSpool(database, id),
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
