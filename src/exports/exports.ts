// Pushing as the main thread sees it: a thread that asks for readings, and how each of its sinks does.

import type { Clock } from "../clock.ts";
import { checkMs, superviseThread } from "../threads/supervised-thread.ts";
import type { ExporterStart, FromExporter, ToExporter } from "./messages.ts";
import type { Reading } from "./reading.ts";
import type { SinkName } from "./sink.ts";

export interface SinkState {
  readonly name: SinkName;
  /** False when the last push was not taken. */
  up: boolean;
  pushed: number;
  failed: number;
  /** Unix time in milliseconds of the last push that was taken, or null. */
  lastPushMs: number | null;
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
    .map((name) => ({ name, up: true, pushed: 0, failed: 0, lastPushMs: null }));
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
        void read().then(
          (reading) => thread.send({ type: "reading", sink: message.sink, reading }),
          (error: unknown) => options.onNotice(`metrics cannot be read: ${String(error)}`),
        );
        return;
      case "pushed":
        note(message.sink, message.error);
        return;
      default:
        message satisfies never;
    }
  }

  function note(name: SinkName, error: string | null): void {
    const state = states.find((one) => one.name === name);
    if (state === undefined) return;
    if (error === null) {
      state.pushed += 1;
      state.lastPushMs = clock.wallMs();
    } else {
      state.failed += 1;
    }
    const up = error === null;
    if (up !== state.up) onChange(name, error);
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
