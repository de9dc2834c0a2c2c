// A thread that says that it runs, and counts for as long as it does.

import { parentPort, workerData } from "node:worker_threads";
import { ready } from "../../src/threads/ready.ts";

const beats = workerData as Int32Array;
parentPort?.postMessage(ready("beating"));
setInterval(() => {
  const untilMs = performance.now() + 20;
  while (performance.now() < untilMs) Atomics.add(beats, 0, 1);
}, 1);
