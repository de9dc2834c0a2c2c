// A thread that yields and says how its priority stands then.

import { getPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { punctual, yieldToServer } from "../../src/threads/priority.ts";

if (workerData === "punctual") yieldToServer(punctual);
else yieldToServer();
parentPort?.postMessage(getPriority(0));
