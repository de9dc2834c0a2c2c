import { threadStart, threadWords } from "../../src/table/layout.ts";

export const faults = { throw: 1, reject: 2, exit: 3, hang: 4 } as const;

/** The last word of a thread's block, which the service does not use. */
export function faultWord(thread: number): number {
  return threadStart(thread) + threadWords - 1;
}
