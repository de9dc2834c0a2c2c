// How long a thread ran, and how long it waited for a core: a thread that a busy machine does not run is not stuck, and replacing it
// would make more work where there is too much already. (Linux, Documentation/scheduler/sched-stats: the first two numbers of a
// task's schedstat)

import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/** The number by which the kernel knows the calling thread; null where it does not tell. */
export function ownThread(): number | null {
  try {
    const number = Number(basename(readlinkSync("/proc/thread-self")));
    return Number.isInteger(number) ? number : null;
  } catch {
    return null;
  }
}

/** Milliseconds that this thread of the process was ready and did not run, so far; 0 where nobody counts. 18 µs. */
export function waitedMs(thread: number): number {
  return counted(thread).waitedMs;
}

/** Milliseconds that this thread of the process ran, so far; 0 where nobody counts. 18 µs. */
export function ranMs(thread: number): number {
  return counted(thread).ranMs;
}

function counted(thread: number): Readonly<Record<"ranMs" | "waitedMs", number>> {
  try {
    const text = readFileSync(`/proc/self/task/${thread}/schedstat`, "utf8");
    const [ranNs, waitedNs] = text.split(" ");
    return { ranMs: Number(ranNs) / 1e6 || 0, waitedMs: Number(waitedNs) / 1e6 || 0 };
  } catch {
    return { ranMs: 0, waitedMs: 0 };
  }
}
