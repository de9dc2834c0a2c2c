// A thread that says that it runs, and nothing after that.

import { parentPort } from "node:worker_threads";
import { ready } from "../../src/threads/ready.ts";

parentPort?.postMessage(ready("quiet"));
parentPort?.on("message", () => {});
