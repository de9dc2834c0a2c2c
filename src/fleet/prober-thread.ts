// One prober thread as the main thread sees it: starting it, noticing that it died or is stuck, replacing it.
//
// A thread is alive while its heartbeat word changes. The words are looked at every `checkMs`; one that has not
// changed for `stuckMs` belongs to a thread that is replaced. The successor gets a new generation first, so
// the old one can write nothing any more, and starts only after the old one has ended: never two writers.
// When the main thread itself was late, the patience of all threads starts anew: then it was the machine.

import { Worker } from "node:worker_threads";
import type { Clock } from "../clock.ts";
import { FleetError } from "../errors.ts";
import { setThreadWord, type Table, threadWord } from "../table/table.ts";
import type { FromThread, ThreadStart, ToThread } from "./messages.ts";

export const checkMs = 100;
/** Six missed heartbeats; with the restart itself this keeps a replacement within a second. */
const stuckMs = 600;
/** A thread that has loaded its modules says so; one that never does is replaced. */
const startMs = 10_000;
/** A thread that lived this long did not die of its start: the next restart is immediate. */
const provenMs = 5_000;
const restartDelayMaxMs = 10_000;

export interface ProberThread {
  readonly thread: number;
  /** It has reported in, and its heart beats. */
  isAlive(): boolean;
  /** It has reported in at least once since the process started. */
  wasReady(): boolean;
  restarts(): number;
  send(message: ToThread): void;
  /** Looks at the heartbeat; `lateMs` is how late this look itself comes. */
  check(lateMs: number): void;
  /** Ends the thread for good. */
  stop(): Promise<void>;
}

export interface ProberThreadOptions {
  readonly thread: number;
  readonly table: Table;
  readonly clock: Clock;
  readonly entry: URL;
  /** The thread runs and wants its assignments. `restarted`: it replaces one that died. */
  readonly onReady: (restarted: boolean) => void;
  readonly onMessage: (message: FromThread) => void;
  /** Something that an operator should read. */
  readonly onNotice: (text: string) => void;
}

export function startProberThread(options: ProberThreadOptions): ProberThread {
  const { thread, table, clock } = options;
  let worker: Worker | null = null;
  let ready = false;
  let everReady = false;
  let stopped = false;
  let restarts = 0;
  let quickDeaths = 0;
  let startedMs = 0;
  let lastBeat = 0;
  let lastBeatMs = 0;
  let restartTimer: Timer | null = null;

  function spawn(): void {
    const generation = threadWord(table, thread, "generation") + 1;
    setThreadWord(table, thread, "generation", generation);
    for (const field of ["inFlight", "queued"] as const) setThreadWord(table, thread, field, 0);
    const start: ThreadStart = { buffer: table.buffer, thread, generation };
    const spawned = new Worker(options.entry, { workerData: start });
    worker = spawned;
    ready = false;
    startedMs = clock.monotonicMs();
    lastBeatMs = startedMs;
    let reason = "";
    spawned.on("message", (message: FromThread) => {
      if (worker !== spawned) return;
      if (message.type !== "ready") return options.onMessage(message);
      ready = true;
      lastBeatMs = clock.monotonicMs();
      options.onReady(everReady);
      everReady = true;
    });
    spawned.on("error", (error) => {
      // The first line only: what follows can hold source excerpts.
      reason = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
    });
    spawned.on("exit", (code) => {
      if (worker === spawned)
        replace(`ended with code ${code}${reason === "" ? "" : `: ${reason}`}`);
    });
  }

  function replace(why: string): void {
    const dead = worker;
    worker = null;
    ready = false;
    if (stopped) return;
    // Fence it off before anything else: whatever it still does, it writes nothing.
    setThreadWord(table, thread, "generation", threadWord(table, thread, "generation") + 1);
    restarts += 1;
    setThreadWord(table, thread, "restarts", restarts);
    quickDeaths = clock.monotonicMs() - startedMs < provenMs ? quickDeaths + 1 : 0;
    const delayMs =
      quickDeaths <= 1 ? 0 : Math.min(restartDelayMaxMs, 250 * 2 ** (quickDeaths - 2));
    options.onNotice(
      `prober thread ${thread} ${why}; it is replaced${delayMs > 0 ? ` in ${delayMs} ms` : ""}`,
    );
    const gone = dead === null ? Promise.resolve() : ended(dead);
    gone.then(
      () => {
        if (!stopped) restartTimer = setTimeout(spawn, delayMs);
      },
      (error: Error) => options.onNotice(error.message),
    );
  }

  spawn();

  return {
    thread,
    isAlive: () => ready,
    wasReady: () => everReady,
    restarts: () => restarts,
    send(message) {
      // A thread that is being replaced gets everything with its assignments later.
      if (ready) worker?.postMessage(message);
    },
    check(lateMs) {
      if (worker === null) return;
      const nowMs = clock.monotonicMs();
      const beat = threadWord(table, thread, "heartbeat");
      if (beat !== lastBeat || lateMs > checkMs) {
        lastBeat = beat;
        lastBeatMs = nowMs;
      }
      const silentMs = nowMs - lastBeatMs;
      if (ready && silentMs > stuckMs) replace(`has been silent for ${Math.round(silentMs)} ms`);
      else if (!ready && nowMs - startedMs > startMs) replace("did not start");
    },
    async stop() {
      stopped = true;
      if (restartTimer !== null) clearTimeout(restartTimer);
      const last = worker;
      worker = null;
      ready = false;
      if (last !== null) await ended(last);
    },
  };
}

/** Terminates a thread and waits until it is gone. */
async function ended(worker: Worker): Promise<void> {
  try {
    await worker.terminate();
  } catch (error) {
    throw new FleetError("a prober thread could not be ended; restart the service", {
      cause: error,
    });
  }
}
