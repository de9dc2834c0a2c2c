// A thread that never says that it runs.

import { parentPort } from "node:worker_threads";

parentPort?.on("message", () => {});
