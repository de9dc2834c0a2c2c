// What the routes answer from. Everything in here answers from memory; nothing waits.

import type { Clock } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import type { History } from "../history/history.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Registry } from "../registry/registry.ts";
import type { SlotReader } from "../table/reader.ts";
import type { Table } from "../table/table.ts";
import type { Connection, Dependencies } from "./condition.ts";
import type { OnRequest } from "./on-request.ts";

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
  readonly settings: () => Settings;
  readonly table: Table;
  readonly reader: SlotReader;
  readonly registry: Registry;
  readonly dependencies: Dependencies;
  readonly services: ServiceViews;
  /** Null when no history is kept. */
  readonly history: Pick<History, "ask" | "state"> | null;
  readonly metrics: Metrics;
  /** What the routes can have done, besides answering from memory. */
  readonly onRequest: OnRequest;
  /** The configuration is loaded and every deployment has a slot. */
  readonly configured: () => boolean;
  readonly onFault: (text: string) => void;
}
