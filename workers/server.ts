// Thread entry of the server. What it does is in src/server/thread.ts.

import { parentPort, workerData } from "node:worker_threads";
import type { ServerStart } from "../src/server/messages.ts";
import { runServer } from "../src/server/thread.ts";

if (parentPort === null) throw new Error("workers/server.ts is the entry of a thread");
runServer(parentPort, workerData as ServerStart);
