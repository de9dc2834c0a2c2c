// What every thread says when it has loaded its modules. From then on the kernel shows it under its name, as in `top -H`.

import { writeFileSync } from "node:fs";
import { ownThread } from "./run-queue.ts";

export interface Ready {
  readonly type: "ready";
  /** As the kernel knows it (see run-queue.ts). */
  readonly thread: number | null;
}

/** The kernel keeps 15 characters of the name (proc(5), /proc/pid/comm). */
export function ready(name: string): Ready {
  try {
    writeFileSync("/proc/thread-self/comm", name);
  } catch {
    // Another system, or a sandbox: then it has the runtime's name for all of them.
  }
  return { type: "ready", thread: ownThread() };
}
