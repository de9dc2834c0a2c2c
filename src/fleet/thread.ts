// The body of a prober thread: attaches to the table, beats its heart, takes assignments and runs its rounds.
// It shares nothing with other threads but the table. Its entry is workers/prober.ts.

import type { MessagePort } from "node:worker_threads";
import { type Clock, systemClock, systemTimers } from "../clock.ts";
import type { Issued } from "../logins/credential.ts";
import { createLogins } from "../logins/logins.ts";
import type { Outcome } from "../probe/outcome.ts";
import { createProber, type Subject } from "../probe/probe.ts";
import type { RoundsGauge } from "../schedule/asking.ts";
import { createRounds, type Rounds } from "../schedule/rounds.ts";
import { createSpending, spentOn } from "../table/spending.ts";
import {
  addThreadWord,
  attachTable,
  setThreadWord,
  type Table,
  threadWord,
} from "../table/table.ts";
import { observe } from "../table/thread-histogram.ts";
import { createWriter } from "../table/writer.ts";
import { sweepEvery } from "../threads/give-back.ts";
import { yieldToServer } from "../threads/priority.ts";
import { ready } from "../threads/ready.ts";
import { createHttpTransport } from "../transport/client.ts";
import { createResolver } from "../transport/resolver.ts";
import { createInbox } from "./inbox.ts";
import type { FromThread, ThreadStart, ToThread } from "./messages.ts";

/** Milliseconds between two heartbeats. */
const heartbeatMs = 100;

/** So many probes leave some megabytes behind. */
const probesSwept = 500;

/** Connections that a thread keeps; as many at one host as may be in flight there by default. */
const keepMax = { perKey: 256, total: 1024, ageMs: 300_000 };

/** Runs a prober thread on this port until the process or the thread ends. */
export function runThread(port: MessagePort, start: ThreadStart, clock: Clock = systemClock): void {
  const table = attachTable(start.table);
  const { thread, generation } = start;
  const writer = createWriter(table, () => threadWord(table, thread, "generation") === generation);
  const keep = { ...keepMax, idleMs: 0 };
  const transport = createHttpTransport({ resolver: createResolver(), keep });
  const spend = createSpending(table);
  let rounds: Rounds | null = null;

  const say = (message: FromThread) => port.postMessage(message);

  /** Credentials that the main thread was asked for. It answers always, and ends with this thread. */
  const wanted = new Map<string, (issued: Issued) => void>();
  const logins = createLogins((login, refused) => {
    say({ type: "login", login, refused });
    return new Promise((resolve) => wanted.set(login.id, resolve));
  }, clock);

  /** A deployment that is not the fleet's: no lane, no row, no schedule; the main thread bounds how many. */
  async function test(subject: Subject, bodyBytesMax: number): Promise<Outcome> {
    addThreadWord(table, thread, "inFlight", 1);
    const { outcome } = await createProber({ transport, bodyBytesMax, clock, logins })(subject);
    addThreadWord(table, thread, "inFlight", -1);
    return outcome;
  }

  let bodyBytesMax = 0;
  let ask = createProber({ transport, bodyBytesMax, clock, logins });

  function take(message: ToThread): void {
    switch (message.type) {
      case "bounds":
        keep.idleMs = message.keepAliveMs;
        if (message.responseBytesMax !== bodyBytesMax) {
          bodyBytesMax = message.responseBytesMax;
          ask = createProber({ transport, bodyBytesMax, clock, logins });
        }
        if (rounds === null) {
          rounds = createRounds({
            ask: (subject) => ask(subject),
            writer,
            // Without the readers' protocol: nobody else writes what this thread owns.
            readRow: writer.take,
            policy: message.policy,
            limits: message.limits,
            gauge: gaugeOf(table, thread),
            spending: { on: (day) => spentOn(table, day), add: spend },
            onRefused: (slot, text) => say({ type: "refused", slot, text }),
            onHold: (name, forMs) => say({ type: "held", name, forMs }),
            clock,
            timers: systemTimers,
            random: Math.random,
          });
        } else {
          rounds.setLimits(message.limits);
          rounds.setPolicy(message.policy);
        }
        for (const { name, forMs } of message.holds) rounds.hold(name, forMs);
        return;
      case "assign":
        rounds?.assign(message.batch);
        return;
      case "release":
        void (rounds?.release(message.slots) ?? Promise.resolve()).then(() =>
          say({ type: "released", ticket: message.ticket }),
        );
        return;
      case "probe":
        rounds?.probe(message.slots, message.wanted);
        return;
      case "passive":
        rounds?.passive(message.outcomes);
        return;
      case "hold":
        rounds?.hold(message.name, message.forMs);
        return;
      case "test":
        void test(message.subject, message.responseBytesMax).then((outcome) =>
          say({ type: "tested", ticket: message.ticket, outcome }),
        );
        return;
      case "issued":
        wanted.get(message.id)?.(message.issued);
        wanted.delete(message.id);
        return;
      case "drain":
        void (rounds?.drain() ?? Promise.resolve()).then(() =>
          say({ type: "drained", ticket: message.ticket }),
        );
        return;
      default:
        message satisfies never;
    }
  }

  const inbox = createInbox(take, ({ type }: ToThread) => type === "assign", setImmediate);
  port.on("message", (message: ToThread) => inbox.put(message));

  yieldToServer();
  beat(table, thread, clock, () => rounds?.scheduled() ?? 0);
  say(ready(`prober-${thread}`));
}

/** Heartbeat, how late it comes (the thread's own event-loop lag), and what is planned by then. */
function beat(table: Table, thread: number, clock: Clock, scheduled: () => number): void {
  let expectedMs = clock.monotonicMs() + heartbeatMs;
  addThreadWord(table, thread, "heartbeat", 1);
  setInterval(() => {
    const nowMs = clock.monotonicMs();
    const lagMicros = Math.max(0, Math.round((nowMs - expectedMs) * 1000));
    expectedMs = nowMs + heartbeatMs;
    addThreadWord(table, thread, "heartbeat", 1);
    setThreadWord(table, thread, "loopLagMicros", lagMicros);
    setThreadWord(table, thread, "scheduled", scheduled());
    raise(table, thread, "loopLagMaxMicros", lagMicros);
  }, heartbeatMs);
}

function gaugeOf(table: Table, thread: number): RoundsGauge {
  const sweep = sweepEvery(probesSwept);
  return {
    queued: (change) => addThreadWord(table, thread, "queued", change),
    inFlight: (change) => addThreadWord(table, thread, "inFlight", change),
    started: (latenessMs, queuedMs) => {
      addThreadWord(table, thread, "started", 1);
      observe(table, thread, "startLateness", latenessMs / 1000);
      observe(table, thread, "queue", queuedMs / 1000);
      raise(table, thread, "startLatenessMaxMicros", Math.round(latenessMs * 1000));
    },
    completed: () => {
      addThreadWord(table, thread, "completed", 1);
      sweep();
    },
  };
}

/** Keeps a maximum until somebody takes it (by setting it to 0). */
function raise(
  table: Table,
  thread: number,
  field: "loopLagMaxMicros" | "startLatenessMaxMicros",
  value: number,
): void {
  if (value > threadWord(table, thread, field)) setThreadWord(table, thread, field, value);
}
