// The table of a process in a file that outlives it. A start reads what an earlier process left, makes a new file under another
// name, and gives it the old one's name when everything that is still wanted stands in it: a process that is killed at any
// moment of that leaves a complete file. The old file is never changed, so who reads it goes on in peace.

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { LayoutError, TableInUseError } from "../errors.ts";
import { lockFile } from "./file-lock.ts";
import { type FileReading, openTableFile } from "./file-reader.ts";
import { createMappedTable, type Table } from "./table.ts";

export interface OwnTableFile {
  readonly table: Table;
  /** What the file said before. */
  readonly before: readonly FileReading[];
  /** Why the file that was there could not be read; it was kept under another name. */
  readonly refused: string | null;
  /** From now on the new table has the file's name. */
  publish(): void;
  /** Another process may have it. */
  release(): void;
}

/** A large process that was killed needs a moment until it is gone. */
const lockWaitMs = 2000;

/** Throws TableInUseError when another process has it. */
export function beginTableFile(
  path: string,
  capacity: number,
  waitMs: number = lockWaitMs,
): OwnTableFile {
  mkdirSync(dirname(path), { recursive: true });
  const lock = lockFile(`${path}.lock`, waitMs);
  if (lock === null) throw new TableInUseError(inUse(path));
  try {
    const { before, refused } = readBefore(path);
    const next = `${path}.new`;
    rmSync(next, { force: true });
    const table = createMappedTable(next, capacity);
    return {
      table,
      before,
      refused,
      publish() {
        if (refused !== null && existsSync(path)) renameSync(path, keptAs(path));
        renameSync(next, path);
      },
      release: lock.release,
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function readBefore(path: string): Pick<OwnTableFile, "before" | "refused"> {
  if (!existsSync(path)) return { before: [], refused: null };
  try {
    const file = openTableFile(path);
    try {
      return { before: [...file.readings()], refused: null };
    } finally {
      file.close();
    }
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    return { before: [], refused: `${error.message}: it is kept as ${keptAs(path)}` };
  }
}

const keptAs = (path: string) => `${path}.refused`;

function inUse(path: string): string {
  let owner = "another process";
  try {
    const file = openTableFile(path);
    owner = `another process (${file.ownerPid})`;
    file.close();
  } catch {
    // It is only just being made.
  }
  return `the table file ${path} is in use by ${owner}: stop that one, or set fleetpulse.table_file to another file`;
}
