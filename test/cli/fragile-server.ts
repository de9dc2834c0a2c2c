// A serving thread that dies when the file is there that FLEETPULSE_TEST_BREAK names; its successor lives.

import { existsSync, rmSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { ServerStart } from "../../src/server/messages.ts";
import { runServer } from "../../src/server/thread.ts";

const file = process.env["FLEETPULSE_TEST_BREAK"] ?? "";
if (parentPort === null) throw new Error("this is the entry of a thread");
runServer(parentPort, workerData as ServerStart);
setInterval(() => {
  if (!existsSync(file)) return;
  rmSync(file);
  throw new Error("broken on purpose");
}, 5);
