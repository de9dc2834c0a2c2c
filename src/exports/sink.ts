// Where numbers are pushed to.

import type { Reading } from "./reading.ts";

export const sinkNames = ["otlp", "statsd"] as const;

export type SinkName = (typeof sinkNames)[number];

/** How a push goes, told while it does. */
export interface PushReport {
  /** So many points has the receiver not taken yet. */
  waiting(points: number): void;
  /** So many more datagrams did the socket not take. */
  refused(datagrams: number): void;
}

export interface Sink {
  readonly name: SinkName;
  readonly intervalMs: number;
  /** Rejects, within its deadline, with what went wrong. */
  send(reading: Reading, report: PushReport): Promise<void>;
  close(): Promise<void>;
}
