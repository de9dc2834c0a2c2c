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

/** The answer to `wanted`; null where there is none this time. */
export interface ToExporter {
  readonly type: "reading";
  readonly sink: SinkName;
  readonly reading: Reading | null;
}

export type FromExporter =
  /** This sink is free and its time has come. */
  | { readonly type: "wanted"; readonly sink: SinkName }
  /** So many points of the push under way were not taken yet. */
  | { readonly type: "waiting"; readonly sink: SinkName; readonly points: number }
  /** So many more datagrams were not taken by the socket. */
  | { readonly type: "refused"; readonly sink: SinkName; readonly datagrams: number }
  /** A push ended; `error` is null when it was taken. */
  | {
      readonly type: "pushed";
      readonly sink: SinkName;
      readonly error: string | null;
      readonly tookMs: number;
    }
  | { readonly type: "beat" };
