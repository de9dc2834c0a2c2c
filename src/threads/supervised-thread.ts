// A thread as the main thread sees it: starting it, noticing that it died or is stuck, replacing it.
//
// A thread is alive while its heartbeat changes. It is looked at every `checkMs`; one that has not changed for `stuckMs`
// is replaced. The one that is replaced is fenced off first, so it can write nothing any more, and its successor starts
// only after it has ended: never two writers.
// When the main thread itself was late, the patience of all threads starts anew: then it was the machine.

import { type MessagePort, Worker } from "node:worker_threads";
import type { Clock } from "../clock.ts";
import { FleetError } from "../errors.ts";
import { createOutbox, discard } from "./outbox.ts";
import type { Ready } from "./ready.ts";
import { waitedMs } from "./run-queue.ts";

export const checkMs = 100;
/**
 * A thread that has loaded its modules says so; one that does not in time is replaced. Each time its successor has twice as long: on
 * a machine that is slow enough it would else never start at all.
 */
const startMs = 10_000;
const startMaxMs = 300_000;
/** A thread that lived this long did not die of its start: the next restart is immediate. */
const provenMs = 5_000;
const restartDelayMaxMs = 10_000;
/** A thread that was to end and is there after so long waits for something that the runtime cannot interrupt. */
const endMs = 5_000;
/** A thread that waits longer for a core than so many times its patience is no use to anybody. */
const starvedShareMax = 10;

export interface SupervisedThread<To> {
  /** It has reported in, and its heart beats. */
  isAlive(): boolean;
  /** It has reported in at least once since the process started. */
  wasReady(): boolean;
  restarts(): number;
  /** The running thread as the kernel numbers it; null before it has reported in. */
  kernelThread(): number | null;
  /**
   * Messages arrive in the order in which they are sent; none is lost while the thread lives. A function is called for its
   * message when its turn comes. A port in the message is named beside it: it is handed over, to one thread only.
   */
  send(message: To | (() => To), port?: MessagePort): void;
  /** Looks at the heartbeat; `lateMs` is how late this look itself comes. */
  check(lateMs: number): void;
  /** Ends the thread, which does not do what it should, and starts another one. */
  replace(why: string): void;
  /** Ends the thread for good. */
  stop(): Promise<void>;
}

export interface SupervisedThreadOptions<From> {
  /** For notices: "prober thread 0". */
  readonly name: string;
  readonly clock: Clock;
  readonly entry: URL;
  /** Silence after which it is replaced; time in which it waited for a core is none, up to ten times as much. */
  readonly stuckMs: number;
  /** How long a thread has waited for a core so far; the kernel's count unless given. */
  readonly waitedMs?: (thread: number) => number;
  /** Makes what the next thread is born with (its workerData). */
  readonly birth: () => unknown;
  /** From now on the running thread may write nothing. */
  readonly fence: () => void;
  /** A number that changes while the thread lives. */
  readonly heartbeat: () => number;
  /** The thread runs and wants its orders. `restarted`: it replaces one that died. */
  readonly onReady: (restarted: boolean) => void;
  readonly onMessage: (message: From) => void;
  /** It died or was stuck, so many times by now. */
  readonly onReplaced?: (restarts: number) => void;
  /** Something that an operator should read. */
  readonly onNotice: (text: string) => void;
}

export function superviseThread<To extends object, From extends { readonly type: string }>(
  options: SupervisedThreadOptions<From>,
): SupervisedThread<To> {
  const { clock } = options;
  let worker: Worker | null = null;
  let isReady = false;
  let everReady = false;
  let stopped = false;
  let restarts = 0;
  let quickDeaths = 0;
  let startedMs = 0;
  /** How long it may take to start, and for how much of that the machine ran nobody. */
  let startPatienceMs = startMs;
  let lateSinceStartMs = 0;
  let lastBeat = 0;
  let lastBeatMs = 0;
  /** The thread as the kernel knows it, and how long it had waited for a core at its last beat. */
  let kernelThread: number | null = null;
  let waitedAtBeatMs = 0;
  let restartTimer: Timer | null = null;
  /** The last thread that was to end has ended. */
  let ending: Promise<void> = Promise.resolve();
  /** Since when a thread is being ended; null when none is, or when that was said. */
  let endingSinceMs: number | null = null;
  const outbox = createOutbox<To>(
    (message, ports) => worker?.postMessage(message, ports),
    (error) =>
      options.onNotice(`${options.name} misses a message that cannot be sent: ${lineOf(error)}`),
  );

  function spawn(): void {
    const spawned = new Worker(options.entry, { workerData: options.birth() });
    worker = spawned;
    isReady = false;
    kernelThread = null;
    waitedAtBeatMs = 0;
    startedMs = clock.monotonicMs();
    lateSinceStartMs = 0;
    lastBeatMs = startedMs;
    let reason = "";
    spawned.on("message", (message: From | Ready) => {
      if (worker !== spawned) return;
      if (message.type !== "ready") return options.onMessage(message as From);
      isReady = true;
      startPatienceMs = startMs;
      kernelThread = (message as Ready).thread;
      lastBeatMs = clock.monotonicMs();
      waitedAtBeatMs = waited();
      options.onReady(everReady);
      everReady = true;
    });
    spawned.on("error", (error) => {
      reason = lineOf(error);
    });
    spawned.on("exit", (code) => {
      if (worker === spawned)
        replace(`ended with code ${code}${reason === "" ? "" : `: ${reason}`}`);
    });
  }

  function waited(): number {
    return kernelThread === null ? 0 : (options.waitedMs ?? waitedMs)(kernelThread);
  }

  function replace(why: string): void {
    const dead = worker;
    worker = null;
    isReady = false;
    outbox.drop();
    if (stopped) return;
    // Before anything else: whatever it still does, it writes nothing.
    options.fence();
    restarts += 1;
    options.onReplaced?.(restarts);
    quickDeaths = clock.monotonicMs() - startedMs < provenMs ? quickDeaths + 1 : 0;
    const delayMs =
      quickDeaths <= 1 ? 0 : Math.min(restartDelayMaxMs, 250 * 2 ** (quickDeaths - 2));
    options.onNotice(
      `${options.name} ${why}; it is replaced${delayMs > 0 ? ` in ${delayMs} ms` : ""}`,
    );
    ending = dead === null ? Promise.resolve() : ended(dead);
    ending.then(
      () => {
        if (!stopped) restartTimer = setTimeout(spawn, delayMs);
      },
      (error: Error) => options.onNotice(error.message),
    );
  }

  /** Time by which the main thread itself was late is none, up to ten times as much as for a thread that runs. */
  function checkStart(nowMs: number, lateMs: number): void {
    if (lateMs > checkMs) lateSinceStartMs += lateMs;
    const tookMs = nowMs - startedMs;
    const starvedMs = Math.min(lateSinceStartMs, starvedShareMax * startPatienceMs);
    if (tookMs - starvedMs <= startPatienceMs) return;
    startPatienceMs = Math.min(startMaxMs, 2 * startPatienceMs);
    replace(`did not start within ${Math.round(tookMs)} ms`);
  }

  /** Terminates a thread and waits until it is gone. */
  async function ended(last: Worker): Promise<void> {
    endingSinceMs = clock.monotonicMs();
    try {
      await last.terminate();
      endingSinceMs = null;
    } catch (error) {
      throw new FleetError(`${options.name} could not be ended; restart the service`, {
        cause: error,
      });
    }
  }

  /** It cannot be replaced before it has ended: two would write at once. */
  function checkEnd(): void {
    if (endingSinceMs === null || clock.monotonicMs() - endingSinceMs <= endMs) return;
    endingSinceMs = null;
    options.onNotice(
      `${options.name} has not ended within ${endMs} ms, and is not replaced before; restart the service`,
    );
  }

  spawn();

  return {
    isAlive: () => isReady,
    wasReady: () => everReady,
    restarts: () => restarts,
    kernelThread: () => (worker === null ? null : kernelThread),
    send(message, port) {
      // A thread that is being replaced gets everything with its orders later.
      if (isReady) outbox.put({ message, port });
      else discard({ message, port });
    },
    check(lateMs) {
      if (worker === null) return checkEnd();
      const nowMs = clock.monotonicMs();
      const beat = options.heartbeat();
      if (beat !== lastBeat || lateMs > checkMs) {
        lastBeat = beat;
        lastBeatMs = nowMs;
        waitedAtBeatMs = waited();
      }
      if (!isReady) return checkStart(nowMs, lateMs);
      const starvedMs = Math.min(waited() - waitedAtBeatMs, starvedShareMax * options.stuckMs);
      const silentMs = nowMs - lastBeatMs - starvedMs;
      if (silentMs > options.stuckMs) replace(`has been silent for ${Math.round(silentMs)} ms`);
    },
    replace(why) {
      if (worker !== null) replace(why);
    },
    async stop() {
      stopped = true;
      if (restartTimer !== null) clearTimeout(restartTimer);
      const last = worker;
      worker = null;
      isReady = false;
      outbox.drop();
      if (last !== null) ending = ended(last);
      await ending;
    },
  };
}

/** The first line only: what follows can hold source excerpts. */
function lineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
