// Opening the embedded database, and its numbered migrations. SQLite keeps the number itself (`user_version`); each migration is
// one transaction that takes the write lock first, so two processes that start at once do not cross.

import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** How long a statement waits for a lock that somebody else holds. */
const lockTimeoutMs = 2000;
/** Of 4 KiB: what the file beside the database grows to. */
const checkpointPages = 4000;

/** Opens the file (`:memory:` for none), making it and its folder where they are missing; throws with file and reason. */
export function openSqlite(file: string): Database {
  let database: Database | null = null;
  try {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
    database = new Database(file, { create: true, readwrite: true, strict: true });
    database.run(`pragma busy_timeout = ${lockTimeoutMs}`);
    // Pages that retention frees go back to the file system; only a new file can be told so.
    database.run("pragma auto_vacuum = incremental");
    database.run("pragma journal_mode = wal");
    // A crash of the process loses nothing; a crash of the machine may lose the last moments.
    database.run("pragma synchronous = normal");
    // What is written again and again reaches the file once in so many pages; at the usual thousand, that took the thread 8 to 17 ms of
    // every second while 1,000 outcomes came in each.
    database.run(`pragma wal_autocheckpoint = ${checkpointPages}`);
    return database;
  } catch (error) {
    database?.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot open ${file}: ${reason}`, { cause: error });
  }
}

/** Brings the schema up to the newest version. Throws when the file is of a newer version than this program. */
export function migrateSqlite(database: Database, migrations: readonly string[]): void {
  for (;;) {
    database.run("begin immediate");
    try {
      const version = versionOf(database);
      if (version > migrations.length) {
        throw new Error(
          `its schema is version ${version} and this program knows ${migrations.length}: run a newer version, or name another file`,
        );
      }
      const migration = migrations[version];
      if (migration === undefined) {
        database.run("commit");
        return;
      }
      database.run(migration);
      database.run(`pragma user_version = ${version + 1}`);
      database.run("commit");
    } catch (error) {
      database.run("rollback");
      throw error;
    }
  }
}

function versionOf(database: Database): number {
  const row = database.query<{ user_version: number }, []>("pragma user_version").get();
  return row?.user_version ?? 0;
}
