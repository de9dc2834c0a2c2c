// A process that goes through quiet and busy times, by a clock of its own, and says after each on how many cores its threads may run: the
// one that serves, the main thread, and one that was started since.

import { readFileSync } from "node:fs";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { watchThreads } from "../../src/threads/own-threads.ts";
import { ready } from "../../src/threads/ready.ts";
import { createServingCore } from "../../src/threads/serving-core.ts";

const secondMs = 1000;
const busyMs = 30;
/** Looks that must agree (see serving-core.ts). */
const quietLooks = 5;

function coresOf(thread: number): number {
  const status = readFileSync(`/proc/self/task/${thread}/status`, "utf8");
  const mask = /^Cpus_allowed:\s*(\S+)$/m.exec(status)?.[1] ?? "";
  const bits = [...mask.replaceAll(",", "")].map((digit) => Number.parseInt(digit, 16));
  return bits.reduce((sum, value) => sum + value.toString(2).replaceAll("0", "").length, 0);
}

function startThread(): Promise<number> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: "thread" });
    worker.once("message", (message: { thread: number }) => resolve(message.thread));
  });
}

if (workerData === "thread") {
  parentPort?.postMessage(ready("placed"));
  parentPort?.on("message", () => {});
} else {
  let nowMs = 0;
  const server = await startThread();
  const clock = { monotonicMs: () => nowMs, wallMs: () => nowMs };
  const core = createServingCore(() => server, clock);
  const seen = watchThreads();
  const all = coresOf(process.pid);
  const steps = [];
  for (const step of process.argv.slice(2)) {
    if (step === "release") core.release();
    if (step === "busy") {
      const { user } = process.cpuUsage();
      while (process.cpuUsage().user - user < busyMs * 1000);
      // Of so short a time it was more than there is.
      nowMs += busyMs / (2 * all);
      core.check(seen());
    }
    const late = await startThread();
    for (let look = 0; step === "quiet" && look < quietLooks; look += 1) {
      nowMs += 100 * secondMs;
      core.check(seen());
    }
    if (step === "busy") core.check(seen());
    steps.push({ server: coresOf(server), others: coresOf(process.pid), late: coresOf(late) });
  }
  console.log(JSON.stringify({ all, steps }));
  process.exit(0);
}
