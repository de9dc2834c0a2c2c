// Threads that can wait a moment go behind those that answer: on busy cores the server's thread runs first.

import { platform, setPriority } from "node:os";

const niceness = 10;

/** On Linux a priority is a thread's own (setpriority(2), "C library/kernel differences"); elsewhere the process's. */
export function yieldToServer(): void {
  if (platform() !== "linux") return;
  try {
    setPriority(0, niceness);
  } catch {
    // A sandbox may forbid it; then all threads are alike.
  }
}
