// The body of a prober thread in a process of its own: how many timers it holds when it has nothing, when 500 of 2,000 deployments are in
// flight at a server that never answers, and when these have ended. Prints the three numbers as JSON.

import { heapStats } from "bun:jsc";
import { MessageChannel } from "node:worker_threads";
import type { ToThread } from "../../src/fleet/messages.ts";
import { runThread } from "../../src/fleet/thread.ts";
import { batchOf } from "../../src/schedule/assignment.ts";
import { emptyRow } from "../../src/table/row.ts";
import { createTable, setThreadWord, threadWord } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { target } from "../probe/target.ts";
import { deployment } from "../schedule/rounds-by-hand.ts";
import { eventually } from "../servers/process.ts";
import { startUpstream } from "../transport/upstream.ts";

const count = 2000;
const inFlight = 500;
const hourMs = 3_600_000;

const upstream = startUpstream(() => null);
const table = createTable(count);
const writer = createWriter(table);
for (let slot = 0; slot < count; slot += 1) writer.claim(slot, slot + 1, emptyRow());
setThreadWord(table, 0, "generation", 1);
const { port1, port2 } = new MessageChannel();
const tell = (message: ToThread) => port1.postMessage(message);
const word = (field: "inFlight" | "completed" | "scheduled") => threadWord(table, 0, field);

/** Those that are set and have not fired: the others go with the garbage. */
function timers(): number {
  Bun.gc(true);
  const counts: Readonly<Record<string, number>> = heapStats().objectTypeCounts;
  return counts["Timeout"] ?? 0;
}

runThread(port2, { table: table.handle, thread: 0, generation: 1 });
tell({
  type: "bounds",
  limits: { thread: 1000, provider: { openai: 1000 }, host: { h: 1000 }, key: { k: 1000 } },
  policy: {
    ratePerSecond: 10_000,
    confirmIntervalMs: hourMs,
    unhealthyIntervalMs: hourMs,
    backoffMaxMs: hourMs,
    jitterRatio: 0.1,
    rise: 2,
    fall: 3,
    degradedLimitMs: hourMs,
    tokensPerDay: null,
    usdPerDay: null,
  },
  responseBytesMax: 1024,
  keepAliveMs: 0,
  holds: [],
});
const idle = timers();
const deadlines = { connectMs: hourMs, firstByteMs: hourMs, totalMs: hourMs };
tell({
  type: "assign",
  batch: batchOf(
    Array.from({ length: count }, (_, slot) => ({
      slot,
      definition: {
        ...deployment(slot),
        ...{ target: target({ baseUrl: upstream.url }), intervalMs: hourMs, deadlines },
      },
      firstDelayMs: slot < inFlight ? 0 : hourMs,
      gridDelayMs: hourMs,
    })),
  ),
});
await eventually("all of these have asked", () => upstream.requests.length === inFlight);
await eventually("the others are planned", () => word("scheduled") === count - inFlight);
const busy = timers();
upstream.stop();
await eventually("they have ended", () => word("completed") === inFlight && word("inFlight") === 0);
const ended = timers();
process.stdout.write(`${JSON.stringify({ idle, busy, ended })}\n`);
process.exit(0);
