// Thread entry of a prober. What it does is in src/fleet/thread.ts.

import { parentPort, workerData } from "node:worker_threads";
import type { ThreadStart } from "../src/fleet/messages.ts";
import { runThread } from "../src/fleet/thread.ts";

if (parentPort === null) throw new Error("workers/prober.ts is the entry of a thread");
runThread(parentPort, workerData as ThreadStart);
