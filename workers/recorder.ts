// Thread entry of the recorder. What it does is in src/history/recorder.ts.

import { parentPort, workerData } from "node:worker_threads";
import type { RecorderStart } from "../src/history/messages.ts";
import { runRecorder } from "../src/history/thread.ts";

if (parentPort === null) throw new Error("workers/recorder.ts is the entry of a thread");
runRecorder(parentPort, workerData as RecorderStart);
