// A thread that does nothing but tick, with the priority of a prober thread: how late its ticks are is how late the machine lets any
// thread be. Words: ticks, ticks later than 20 ms, the latest in microseconds.

import { workerData } from "node:worker_threads";
import { yieldToServer } from "../src/threads/priority.ts";

export const tickWords = { ticks: 0, late: 1, latestMicros: 2 } as const;

const words = workerData instanceof SharedArrayBuffer ? new Int32Array(workerData) : null;
const tickMs = 5;

if (words !== null) {
  yieldToServer();
  let expectedMs = performance.now() + tickMs;
  setInterval(() => {
    const nowMs = performance.now();
    const lateMs = nowMs - expectedMs;
    expectedMs = nowMs + tickMs;
    Atomics.add(words, tickWords.ticks, 1);
    if (lateMs > 20) Atomics.add(words, tickWords.late, 1);
    if (lateMs * 1000 > Atomics.load(words, tickWords.latestMicros)) {
      Atomics.store(words, tickWords.latestMicros, Math.round(lateMs * 1000));
    }
  }, tickMs);
}
