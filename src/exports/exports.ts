// Pushing as the main thread sees it: a thread that asks for readings, and how each of its sinks does.

import type { Clock } from "../clock.ts";
import { checkMs, superviseThread } from "../threads/supervised-thread.ts";
import type { ExporterStart, FromExporter, ToExporter } from "./messages.ts";
import type { Reading } from "./reading.ts";
import type { SinkName } from "./sink.ts";

export interface SinkState {
  readonly name: SinkName;
  /** False when the last push was not taken, or could not be made. */
  up: boolean;
  pushed: number;
  failed: number;
  /** Unix time in milliseconds of the last push that was taken, or null. */
  lastPushMs: number | null;
  /** How long the last push took, taken or not; null before there was one. */
  lastTookMs: number | null;
  /** Points that the receiver has not taken: of the push under way, or of the last one where that failed. */
  waitingPoints: number;
  /** Datagrams that the socket did not take; null where there are none. */
  refusedDatagrams: number | null;
}

export interface Exports {
  states(): readonly SinkState[];
  stop(): Promise<void>;
}

export interface ExportsOptions {
  readonly start: ExporterStart;
  readonly clock: Clock;
  readonly entry: URL;
  readonly read: () => Promise<Reading>;
  /** A sink went away, or came back (null). */
  readonly onChange: (sink: SinkName, error: string | null) => void;
  readonly onNotice: (text: string) => void;
}

/** A protobuf of a large fleet takes its time. */
const stuckMs = 30_000;

export function startExports(options: ExportsOptions): Exports {
  const { start, clock, read, onChange } = options;
  const states: SinkState[] = (["otlp", "statsd"] as const)
    .filter((name) => start[name] !== null)
    .map((name) => ({
      ...{ name, up: true, pushed: 0, failed: 0, lastPushMs: null, lastTookMs: null },
      ...{ waitingPoints: 0, refusedDatagrams: name === "statsd" ? 0 : null },
    }));
  let beats = 0;

  const thread = superviseThread<ToExporter, FromExporter>({
    name: "the exporter",
    clock,
    entry: options.entry,
    stuckMs,
    birth: () => start,
    fence: () => {},
    heartbeat: () => beats,
    onReady: () => {},
    onMessage: take,
    onNotice: options.onNotice,
  });
  const checks = setInterval(() => thread.check(0), checkMs * 10);

  function take(message: FromExporter): void {
    switch (message.type) {
      case "beat":
        beats += 1;
        return;
      case "wanted":
        void answer(message.sink);
        return;
      case "waiting":
        change(message.sink, (state) => {
          state.waitingPoints = message.points;
        });
        return;
      case "refused":
        change(message.sink, (state) => {
          state.refusedDatagrams = (state.refusedDatagrams ?? 0) + message.datagrams;
        });
        return;
      case "pushed":
        change(message.sink, (state) => note(state, message.error, message.tookMs));
        return;
      default:
        message satisfies never;
    }
  }

  async function answer(sink: SinkName): Promise<void> {
    let reading: Reading | null = null;
    try {
      reading = await read();
    } catch (error) {
      // Nothing is pushed this time: the sink is no more up than where its receiver refuses.
      const words = `metrics cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      change(sink, (state) => note(state, words, null));
    }
    thread.send({ type: "reading", sink, reading });
  }

  function change(name: SinkName, how: (state: SinkState) => void): void {
    const state = states.find((one) => one.name === name);
    if (state !== undefined) how(state);
  }

  /** `tookMs` null: there was nothing to push. */
  function note(state: SinkState, error: string | null, tookMs: number | null): void {
    state.lastTookMs = tookMs ?? state.lastTookMs;
    if (error === null) {
      state.pushed += 1;
      state.lastPushMs = clock.wallMs();
    } else {
      state.failed += 1;
    }
    const up = error === null;
    if (up !== state.up) onChange(state.name, error);
    state.up = up;
  }

  return {
    states: () => states,
    async stop() {
      clearInterval(checks);
      await thread.stop();
    },
  };
}
