// The body of the serving thread: it answers, from the table and from what it was told, and does nothing else. Its entry is
// workers/server.ts.

import type { MessagePort } from "node:worker_threads";
import { type Clock, systemClock } from "../clock.ts";
import type { CheckOrder } from "../fleet/checks.ts";
import { createAsker } from "../history/asker.ts";
import { createHttpTraffic } from "../metrics/http-traffic.ts";
import { watchLag } from "../metrics/lag.ts";
import { createDirectory, type Listing } from "../registry/directory.ts";
import { createReader } from "../table/reader.ts";
import { attachTable } from "../table/table.ts";
import { giveBackNow, giveBackSoon } from "../threads/give-back.ts";
import { ready } from "../threads/ready.ts";
import { takeShortSlices } from "../threads/short-slice.ts";
import type { ServerContext } from "./context.ts";
import { createDrain } from "./drain.ts";
import {
  type Answers,
  type Ask,
  beatOf,
  type FromServer,
  type ServerStart,
  type ServerState,
  type ToServer,
} from "./messages.ts";
import { type Server, startServer } from "./server.ts";
import { fromMessage, type ServingSettings } from "./serving-settings.ts";

const heartbeatMs = 100;
/** The main thread is taken for gone when its heart has not beaten for so long. */
const mainSilentMs = 10_000;

/** Serves on this port's orders until the process or the thread ends. */
export function runServer(port: MessagePort, start: ServerStart, clock: Clock = systemClock): void {
  const beats = new Int32Array(start.beats);
  const directory = createDirectory();
  const traffic = createHttpTraffic(start.latencyBuckets);
  const lag = watchLag();
  const table = attachTable(start.table);
  const history = createAsker(() => settings?.serviceTimeoutMs ?? 0);
  const waiting = new Map<number, PromiseWithResolvers<never>>();
  let nextTicket = 1;
  let settings: ServingSettings | null = null;
  let drainMs = 0;
  let state: ServerState | null = null;
  let server: Server | null = null;
  let announced = false;
  let checksWaiting = 0;

  const say = (message: FromServer) => port.postMessage(message);

  function ask<K extends Ask["kind"]>(
    question: Ask & { readonly kind: K },
    gone?: AbortSignal,
  ): Promise<Answers[K]> {
    const ticket = nextTicket++;
    gone?.addEventListener("abort", () => say({ type: "gone", ticket }), { once: true });
    say({ type: "ask", ticket, ask: question });
    const answer = Promise.withResolvers<Answers[K]>();
    waiting.set(ticket, answer as unknown as PromiseWithResolvers<never>);
    return answer.promise;
  }

  async function check(order: CheckOrder, gone: AbortSignal): Promise<Answers["check"]> {
    checksWaiting += 1;
    try {
      return await ask({ kind: "check", order }, gone);
    } finally {
      checksWaiting -= 1;
    }
  }

  /** Null is a failure, which the main thread has told already. */
  function settle(ticket: number, answer: Answers[keyof Answers] | null): void {
    const asked = waiting.get(ticket);
    waiting.delete(ticket);
    if (answer === null) asked?.reject(new Error("the main thread has no answer"));
    else asked?.resolve(answer as never);
  }

  let lastMainBeat = 0;
  let lastMainBeatMs = clock.monotonicMs();
  setInterval(() => {
    Atomics.add(beats, beatOf.server, 1);
    const beat = Atomics.load(beats, beatOf.main);
    if (beat === lastMainBeat) return;
    lastMainBeat = beat;
    lastMainBeatMs = clock.monotonicMs();
  }, heartbeatMs);

  const now = (): ServerState => state as ServerState;
  const context: ServerContext = {
    version: start.version,
    clock,
    settings: () => settings as ServingSettings,
    table,
    reader: createReader(table),
    directory,
    dependencies: {
      database: () => now().database,
      databaseInitialized: () => now().databaseInitialized,
      redis: () => now().redis,
      threads: () => now().threads,
      allThreadsReady: () => now().allThreadsReady,
      litellmVersion: () => now().litellmVersion,
      stale: () => now().stale,
      mainAlive: () => clock.monotonicMs() - lastMainBeatMs < mainSilentMs,
    },
    services: {
      database: () => now().services.database,
      redis: () => now().services.redis,
      proxy: () => now().services.proxy,
    },
    history: {
      state: () => now().history,
      ask: history.ask,
    },
    cluster: () => now().cluster,
    traffic,
    exposeMetrics: (form) =>
      ask({
        kind: "metrics",
        form,
        serving: { traffic: traffic.samples(), lagSeconds: lag.take() },
      }),
    onRequest: {
      check,
      checksWaiting: () => checksWaiting,
      test: (trial) => ask({ kind: "test", trial }),
      count: (body) => ask({ kind: "count", body }),
      drain: createDrain({
        clock,
        timeoutMs: () => drainMs,
        announce,
        stopProbing: async (timeoutMs) => void (await ask({ kind: "stop probing", timeoutMs })),
        inFlight: traffic.current,
      }),
    },
    configured: () => now().configured,
    onFault: (text) => say({ type: "fault", text }),
  };

  function announce(): void {
    announced = true;
    server?.announceShutdown();
  }

  function listen(hostname: string, listenPort: number): void {
    if (server !== null) return;
    try {
      server = startServer(context, { hostname, port: listenPort });
      // One that was replaced while the process ends goes on with that.
      if (announced) server.announceShutdown();
      say({ type: "listening", url: server.url.href });
    } catch (error) {
      say({ type: "failed", text: error instanceof Error ? error.message : String(error) });
    }
  }

  port.on("message", (message: ToServer) => {
    switch (message.type) {
      case "settings":
        settings = fromMessage(message.settings);
        drainMs = message.drainMs;
        return;
      case "state":
        state = message.state;
        return;
      case "directory":
        if (message.first) directory.begin();
        directory.add(JSON.parse(message.listings) as Listing[]);
        if (!message.last) return;
        directory.replace();
        // The first list comes before anybody is answered; a later one must hold nobody up.
        if (server === null) giveBackNow(directory.slots().length);
        giveBackSoon(directory.slots().length);
        return;
      case "history":
        history.connect(message.port);
        return;
      case "listen":
        listen(message.hostname, message.port);
        return;
      case "answer":
        settle(message.ticket, message.answer);
        return;
      case "announce shutdown":
        announce();
        return;
      case "stop":
        void (server?.stop() ?? Promise.resolve()).then(() => say({ type: "stopped" }));
        return;
      default:
        message satisfies never;
    }
  });

  takeShortSlices();
  say(ready("server"));
}
