// Thread entry of traffic. What it does is in src/traffic/thread.ts.

import { parentPort, workerData } from "node:worker_threads";
import type { TrafficStart } from "../src/traffic/messages.ts";
import { runTraffic } from "../src/traffic/thread.ts";

if (parentPort === null) throw new Error("workers/traffic.ts is the entry of a thread");
runTraffic(parentPort, workerData as TrafficStart);
