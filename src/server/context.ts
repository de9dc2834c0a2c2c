// What the routes answer from. Everything in here answers from memory; nothing waits.

import type { Clock } from "../clock.ts";
import type { HistoryState, Question } from "../history/messages.ts";
import type { HttpTraffic } from "../metrics/http-traffic.ts";
import type { Exposition, Form } from "../metrics/metrics.ts";
import type { Directory } from "../registry/directory.ts";
import type { SlotReader } from "../table/reader.ts";
import type { Table } from "../table/table.ts";
import type { ClusterShown } from "./cluster-shown.ts";
import type { Connection, Dependencies } from "./condition.ts";
import type { OnRequest } from "./on-request.ts";
import type { ServingSettings } from "./serving-settings.ts";

/** A service as /health/services shows it. */
export interface ServiceView {
  readonly status: Connection | "not_configured";
  readonly latencyMs: number | null;
  readonly lastCheckMs: number | null;
  readonly error: string | null;
  readonly engine?: "postgresql" | "sqlite";
}

export interface ServiceViews {
  readonly database: () => ServiceView;
  readonly redis: () => ServiceView;
  /** Null when no proxy is watched. */
  readonly proxy: () => ServiceView | null;
}

export interface ServerContext {
  readonly version: string;
  readonly clock: Clock;
  readonly settings: () => ServingSettings;
  readonly table: Table;
  readonly reader: SlotReader;
  readonly directory: Directory;
  readonly dependencies: Dependencies;
  readonly services: ServiceViews;
  readonly history: {
    /** The answer as JSON; rejects with HistoryError when there is none in time. */
    ask(question: Question): Promise<string>;
    /** Null when none is kept. */
    state(): HistoryState | null;
  };
  /** Null without a cluster. */
  readonly cluster: () => ClusterShown | null;
  /** Counts the requests that are answered. */
  readonly traffic: HttpTraffic;
  readonly exposeMetrics: (form: Form) => Promise<Exposition>;
  /** What the routes can have done, besides answering from memory. */
  readonly onRequest: OnRequest;
  /** The configuration is loaded and every deployment has a slot. */
  readonly configured: () => boolean;
  readonly onFault: (text: string) => void;
}
