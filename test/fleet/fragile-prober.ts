// A prober thread that dies or hangs when a test writes so into a spare word of its block.

import { parentPort, workerData } from "node:worker_threads";
import type { ThreadStart } from "../../src/fleet/messages.ts";
import { runThread } from "../../src/fleet/thread.ts";
import { attachTable } from "../../src/table/table.ts";
import { faults, faultWord } from "./fault.ts";

const start = workerData as ThreadStart;
if (parentPort === null) throw new Error("this is the entry of a thread");
runThread(parentPort, start);

const { words } = attachTable(start.table);
setInterval(() => {
  const fault = Atomics.exchange(words, faultWord(start.thread), 0);
  if (fault === faults.throw) throw new Error("the test wants this thread dead");
  if (fault === faults.reject) void Promise.reject(new Error("the test wants this thread dead"));
  if (fault === faults.exit) process.exit(3);
  while (fault === faults.hang);
}, 5);
