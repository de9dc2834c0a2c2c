// The serving thread as the main thread sees it: it is told what to show and where to listen, and what it asks is answered. One
// that died is replaced, and told everything again.

import type { MessagePort } from "node:worker_threads";
import type { Clock } from "../clock.ts";
import { FleetError } from "../errors.ts";
import { listingsOf } from "../registry/directory.ts";
import type { Registry } from "../registry/registry.ts";
import {
  type Answers,
  type Ask,
  beatOf,
  type FromServer,
  listingsMax,
  type ServerStart,
  type ServerState,
  type ToServer,
} from "../server/messages.ts";
import { type ServingSettings, toMessage } from "../server/serving-settings.ts";
import type { Table } from "../table/table.ts";
import { checkMs, superviseThread } from "../threads/supervised-thread.ts";

/** A server that answers nothing for so long is of no use to anybody. */
const stuckMs = 2000;
/** How often it is looked whether anything has changed that is shown. */
const stateMs = 50;
const stopMs = 1000;
/** After this, one that could not listen again tries once more: somebody else may have had the port for a moment. */
const listenAgainMs = 1000;

export interface ServingOptions {
  readonly version: string;
  /** Of the durations of answers; null leaves their own. */
  readonly latencyBuckets: readonly number[] | null;
  readonly table: Table;
  readonly clock: Clock;
  /** The thread's entry. */
  readonly entry: URL;
  /** What the routes show besides the table; asked for again and again, so it is quick. Null before there is anything. */
  readonly state: () => ServerState | null;
  /** Answers what the serving thread asks; `gone` when nobody waits for it any more. */
  readonly answer: (ask: Ask, gone: AbortSignal) => Promise<Answers[keyof Answers]>;
  /** A new way to ask history; null while there is nobody to ask. */
  readonly openHistory: () => MessagePort | null;
  readonly onFault: (text: string) => void;
  readonly onNotice: (text: string) => void;
}

export interface Serving {
  /** From now on the routes follow these. */
  configure(settings: ServingSettings, drainMs: number, registry: Registry): void;
  /** Tells at once what has changed. */
  tell(): void;
  /** The serving thread as the kernel numbers it; null while there is none. */
  kernelThread(): number | null;
  /** Another thread records than before, or none. */
  renewHistory(): void;
  /** Listens; rejects when it cannot. Port 0 takes any free one. */
  listen(hostname: string, port: number): Promise<URL>;
  /** Liveliness and readiness answer 503 from now on; everything else goes on. */
  announceShutdown(): void;
  /** Takes no more requests; resolves when those in flight are answered, or after the bound. */
  stop(timeoutMs: number): Promise<void>;
}

export function startServing(options: ServingOptions): Serving {
  const { clock } = options;
  const beats = new Int32Array(new SharedArrayBuffer(8));
  const open = new Map<number, AbortController>();
  const listening = Promise.withResolvers<URL>();
  // Whoever never listens hears of no failure.
  listening.promise.catch(() => {});
  let configured: { settings: ToServer; registry: Registry } | null = null;
  /** Lists that were sent, or begun to be. */
  let lists = 0;
  let place: { readonly hostname: string; port: number } | null = null;
  let announced = false;
  let wasListening = false;
  /** It has listened, and does no more. */
  let isDeaf = false;
  let listenAgain: Timer | null = null;
  let told = "";
  let stopped: (() => void) | null = null;

  const thread = superviseThread<ToServer, FromServer>({
    name: "the serving thread",
    clock,
    entry: options.entry,
    stuckMs,
    birth: (): ServerStart => ({
      table: options.table.handle,
      beats: beats.buffer as SharedArrayBuffer,
      version: options.version,
      latencyBuckets: options.latencyBuckets,
    }),
    fence: () => {},
    heartbeat: () => Atomics.load(beats, beatOf.server),
    onReady: () => {
      told = "";
      tell();
      if (configured !== null) sendConfiguration();
      renewHistory();
      if (announced) thread.send({ type: "announce shutdown" });
      if (place !== null) thread.send({ type: "listen", ...place });
    },
    onReplaced: () => {
      // The successor listens by itself.
      if (listenAgain !== null) clearTimeout(listenAgain);
      for (const controller of open.values()) controller.abort();
      open.clear();
    },
    onMessage,
    onNotice: options.onNotice,
  });

  function onMessage(message: FromServer): void {
    switch (message.type) {
      case "ask":
        void answer(message.ticket, message.ask);
        return;
      case "gone":
        open.get(message.ticket)?.abort();
        return;
      case "listening": {
        const url = new URL(message.url);
        // A successor takes the same port.
        if (place !== null) place.port = Number(url.port);
        listening.resolve(url);
        wasListening = true;
        if (isDeaf) options.onNotice("the server listens again");
        isDeaf = false;
        return;
      }
      case "failed":
        failed(message.text);
        return;
      case "fault":
        options.onFault(message.text);
        return;
      case "stopped":
        stopped?.();
        return;
      case "ready":
        return;
      default:
        message satisfies never;
    }
  }

  /** Who starts the service is told; one that has listened before goes on trying. */
  function failed(text: string): void {
    listening.reject(new FleetError(text));
    if (!isDeaf) options.onNotice(`the server cannot listen: ${text}`);
    if (!wasListening) return;
    isDeaf = true;
    listenAgain = setTimeout(() => {
      if (place !== null) thread.send({ type: "listen", ...place });
    }, listenAgainMs);
  }

  async function answer(ticket: number, ask: Ask): Promise<void> {
    // Who drains it takes the process out of service, and not this thread only: a successor says the same.
    if (ask.kind === "stop probing") announced = true;
    const gone = new AbortController();
    open.set(ticket, gone);
    const found = await options.answer(ask, gone.signal).catch((error: unknown) => {
      options.onFault(error instanceof Error ? error.message : "unknown fault");
      return null;
    });
    // A successor has not asked.
    if (open.get(ticket) !== gone) return;
    open.delete(ticket);
    thread.send({ type: "answer", ticket, answer: found });
  }

  function tell(): void {
    const state = options.state();
    if (state === null || !thread.isAlive()) return;
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    thread.send({ type: "state", state });
  }

  function sendConfiguration(): void {
    if (configured === null) return;
    const { settings, registry } = configured;
    thread.send(settings);
    const list = ++lists;
    const slots = registry.slots();
    const end = Math.max(1, slots.length);
    for (let from = 0; from < end; from += listingsMax) {
      thread.send(() => ({
        type: "directory",
        // One that is overtaken by a newer list is not finished.
        listings: list === lists ? piece(registry, slots, from) : "[]",
        first: from === 0,
        last: list === lists && from + listingsMax >= end,
      }));
    }
  }

  function renewHistory(): void {
    if (!thread.isAlive()) return;
    const port = options.openHistory();
    thread.send({ type: "history", port }, port ?? undefined);
  }

  /** Made when its turn comes: a large list is never in memory twice. */
  function piece(registry: Registry, slots: readonly number[], from: number): string {
    return JSON.stringify(listingsOf(registry, slots.slice(from, from + listingsMax)));
  }

  let expectedMs = clock.monotonicMs() + checkMs;
  const watch = setInterval(() => {
    const nowMs = clock.monotonicMs();
    Atomics.add(beats, beatOf.main, 1);
    thread.check(nowMs - expectedMs);
    expectedMs = nowMs + checkMs;
  }, checkMs);
  const teller = setInterval(tell, stateMs);

  return {
    configure(settings, drainMs, registry) {
      configured = {
        settings: { type: "settings", settings: toMessage(settings), drainMs },
        registry,
      };
      sendConfiguration();
    },
    tell,
    kernelThread: thread.kernelThread,
    renewHistory,
    listen(hostname, port) {
      place = { hostname, port };
      thread.send({ type: "listen", hostname, port });
      return listening.promise;
    },
    announceShutdown() {
      announced = true;
      thread.send({ type: "announce shutdown" });
    },
    async stop(timeoutMs) {
      const ended = Promise.withResolvers<void>();
      stopped = ended.resolve;
      const timer = setTimeout(ended.resolve, Math.max(0, timeoutMs));
      if (thread.isAlive()) {
        thread.send({ type: "stop" });
        await ended.promise;
      }
      clearTimeout(timer);
      if (listenAgain !== null) clearTimeout(listenAgain);
      clearInterval(watch);
      clearInterval(teller);
      await Promise.race([thread.stop(), Bun.sleep(stopMs)]);
    },
  };
}
