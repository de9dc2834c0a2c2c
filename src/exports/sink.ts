// Where numbers are pushed to.

import type { Reading } from "./reading.ts";

export const sinkNames = ["otlp", "statsd"] as const;

export type SinkName = (typeof sinkNames)[number];

export interface Sink {
  readonly name: SinkName;
  readonly intervalMs: number;
  /** Rejects, within its deadline, with what went wrong. */
  send(reading: Reading): Promise<void>;
  close(): Promise<void>;
}
