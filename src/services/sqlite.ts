// The embedded store that serves when no PostgreSQL is configured: a file, opened once and asked like a server. It is asked on
// the thread that answers requests, so it never waits long for a lock that another process holds.

import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Check } from "./check-loop.ts";

const lockTimeoutMs = 100;

/** `file` and its folder are made where they are missing; `:memory:` is a store that nobody keeps. */
export function sqliteCheck(file: string): Check {
  let database: Database | null = null;

  return {
    async open() {
      database ??= open(file);
    },
    async ask() {
      // Reads the file's first page: `select 1` alone would answer without a look at it.
      database?.query("select count(*) from sqlite_schema").get();
    },
    close() {
      database?.close();
      database = null;
    },
  };
}

/** Throws with the file and the reason. */
function open(file: string): Database {
  let opened: Database | null = null;
  try {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
    opened = new Database(file, { create: true, readwrite: true });
    opened.run(`pragma busy_timeout = ${lockTimeoutMs}`);
    // Whoever opens a new file first says how it keeps its pages (the recorder asks for the same).
    opened.run("pragma auto_vacuum = incremental");
    opened.run("pragma journal_mode = wal");
    return opened;
  } catch (error) {
    opened?.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot open ${file}: ${reason}`, { cause: error });
  }
}
