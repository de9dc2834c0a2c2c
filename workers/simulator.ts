// The simulated provider in a thread of its own (it posts its addresses), or as a process of its
// own (it prints them as one line of JSON; `--latency-ms N` sets one latency for all).

import { parseArgs } from "node:util";
import { isMainThread, parentPort } from "node:worker_threads";
import { startDemoProvider } from "../src/demo/provider.ts";
import { startTraffic, type TrafficTarget } from "../src/demo/traffic.ts";

if (isMainThread) {
  // Before the addresses are out: who reads them may end this process at once.
  process.on("SIGTERM", () => process.exit(0));
  const { values } = parseArgs({ options: { "latency-ms": { type: "string" } } });
  const given = values["latency-ms"];
  const provider = startDemoProvider(given === undefined ? {} : { latencyMs: Number(given) });
  process.stdout.write(`${JSON.stringify({ url: provider.url, rawUrl: provider.rawUrl })}\n`);
} else {
  const provider = startDemoProvider();
  // Told when the service listens: from then on there is traffic.
  parentPort?.once("message", (target: TrafficTarget) => startTraffic(target));
  parentPort?.postMessage({ url: provider.url, rawUrl: provider.rawUrl });
}
