// A thread that says what it is told.

import { parentPort } from "node:worker_threads";
import { ready } from "../../src/threads/ready.ts";

parentPort?.postMessage(ready("echo"));
parentPort?.on("message", (message) => parentPort?.postMessage(message));
