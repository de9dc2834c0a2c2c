// What the main thread and the exporter's say to each other.

import type { OtlpOptions } from "./otlp.ts";
import type { Reading } from "./reading.ts";
import type { SinkName } from "./sink.ts";
import type { StatsdOptions } from "./statsd.ts";

/** What the thread is born with. */
export interface ExporterStart {
  readonly otlp: OtlpOptions | null;
  readonly statsd: StatsdOptions | null;
}

/** The answer to `wanted`. */
export interface ToExporter {
  readonly type: "reading";
  readonly sink: SinkName;
  readonly reading: Reading;
}

export type FromExporter =
  /** This sink is free and its time has come. */
  | { readonly type: "wanted"; readonly sink: SinkName }
  /** A push ended; `error` is null when it was taken. */
  | { readonly type: "pushed"; readonly sink: SinkName; readonly error: string | null }
  | { readonly type: "beat" };
