// The embedded file of this process, open: the journal is always in it, and history itself unless that goes to PostgreSQL.

import type { Batch } from "./entries.ts";
import { createJournal, type Journal, type StatusToSave } from "./journal.ts";
import type { RecorderSettings } from "./messages.ts";
import { migrateSqlite, openSqlite } from "./sqlite-file.ts";
import { sqliteMigrations } from "./sqlite-schema.ts";
import { createSqliteStore, type SqliteStore } from "./sqlite-store.ts";

export interface LocalFile {
  readonly journal: Journal;
  /** Null when history goes to PostgreSQL: then entries are saved to the spool there. */
  readonly store: SqliteStore | null;
  /** Entries and the statuses that account for them, in one transaction: all of it, or nothing. */
  save(batches: Iterable<Batch>, statuses: Iterable<StatusToSave>): void;
  close(): void;
}

/** Throws, with file and reason. */
export function openLocalFile(
  { sqliteFile, databaseUrl, retention }: RecorderSettings,
  nowMs: number,
): LocalFile {
  const database = openSqlite(sqliteFile);
  try {
    migrateSqlite(database, sqliteMigrations);
    const journal = createJournal(database);
    const store = databaseUrl === null ? createSqliteStore(database) : null;
    journal.forgetBefore(nowMs - retention.hoursMs);
    return {
      journal,
      store,
      save(batches, statuses) {
        try {
          journal.transaction(() => {
            for (const one of batches) {
              if (store === null) journal.spool.push(one);
              else store.write(one);
            }
            journal.saveStatuses(statuses);
          });
        } catch (error) {
          store?.rolledBack();
          throw error;
        }
      },
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw new Error(`${sqliteFile}: ${(error as Error).message}`, { cause: error });
  }
}
