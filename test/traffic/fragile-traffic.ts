// A traffic thread that dies of a body that says so.

import { parentPort, workerData } from "node:worker_threads";
import type { ToTraffic, TrafficStart } from "../../src/traffic/messages.ts";
import { runTraffic } from "../../src/traffic/thread.ts";

if (parentPort === null) throw new Error("this is the entry of a thread");
parentPort.on("message", (message: ToTraffic) => {
  if (message.type !== "take") return;
  if (Buffer.from(message.body.bytes).toString().includes("die")) throw new Error("it died");
});
runTraffic(parentPort, workerData as TrafficStart);
