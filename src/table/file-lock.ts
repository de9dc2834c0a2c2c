// One process at a time has a file: a lock of the operating system, which ends with its process however that ends, and which also
// holds between containers that see each other's files but not each other's processes. It is SQLite's, on an empty
// database beside the file: Bun has no other way to a lock.

import { Database } from "bun:sqlite";

export interface FileLock {
  release(): void;
}

/** Locks that are held. One that nobody refers to would be collected, and its lock with it. */
const held = new Set<Database>();

/** Takes the lock; null when another process (or this one) still has it after so long. Holds its thread up until then. */
export function lockFile(path: string, waitMs: number): FileLock | null {
  const database = new Database(path, { create: true, readwrite: true });
  try {
    database.run(`pragma busy_timeout = ${waitMs}`);
    database.run("pragma journal_mode = memory");
    database.run("begin exclusive");
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  held.add(database);
  return {
    release() {
      held.delete(database);
      database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "SQLITE_BUSY";
}
