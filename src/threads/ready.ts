// What every thread says when it has loaded its modules.

import { ownThread } from "./run-queue.ts";

export interface Ready {
  readonly type: "ready";
  /** As the kernel knows it (see run-queue.ts). */
  readonly thread: number | null;
}

export function ready(): Ready {
  return { type: "ready", thread: ownThread() };
}
