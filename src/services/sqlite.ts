// The embedded store that serves when no PostgreSQL is configured: a file, opened once and asked like a server.

import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Check } from "./check-loop.ts";

export function sqliteCheck(file: string): Check {
  let database: Database | null = null;

  function open(): Database {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
    const opened = new Database(file, { create: true, readwrite: true });
    opened.run("pragma busy_timeout = 1000");
    opened.run("pragma journal_mode = wal");
    return opened;
  }

  function drop(): void {
    const gone = database;
    database = null;
    gone?.close();
  }

  return {
    async ask() {
      database ??= open();
      database.query("select 1").get();
    },
    reset: drop,
    async stop() {
      drop();
    },
  };
}
