// What the numbers are taken from. The rooms that own them hand them in; this room asks at scrape time.

import type { Registry } from "../registry/registry.ts";
import type { SlotReader } from "../table/reader.ts";
import type { Table } from "../table/table.ts";

export interface ServiceSample {
  readonly service: string;
  readonly up: boolean;
  readonly latencyMs: number | null;
}

export interface ThreadSample {
  readonly thread: number;
  readonly alive: boolean;
  readonly restarts: number;
}

export interface ConfigSample {
  readonly applied: number;
  readonly refused: number;
  readonly loadedAtMs: number;
}

/** How the recording of history does. */
export interface HistorySample {
  readonly up: boolean;
  readonly written: number;
  readonly dropped: number;
  readonly unseen: number;
  readonly waiting: number;
  readonly lastWriteMs: number | null;
}

/** How this replica does among those that it divides the fleet with. */
export interface ClusterSample {
  /** It has its place; else everything is its own. */
  readonly up: boolean;
  readonly members: number;
  readonly owned: number;
  readonly changes: number;
  readonly rows: Readonly<Record<"published" | "received" | "refused" | "stale", number>>;
  readonly orders: Readonly<Record<"sent" | "received" | "refused", number>>;
  readonly lastRenewalMs: number | null;
}

/** How a push of metrics does. */
export interface ExportSample {
  readonly name: string;
  readonly up: boolean;
  readonly pushed: number;
  readonly failed: number;
  readonly lastPushMs: number | null;
  readonly lastTookMs: number | null;
  readonly waitingPoints: number;
  /** Null where nothing is sent as datagrams. */
  readonly refusedDatagrams: number | null;
}

export interface MetricSources {
  readonly version: string;
  readonly reported: ReportedTraffic;
  readonly table: Table;
  readonly reader: SlotReader;
  readonly registry: Registry;
  readonly services: () => readonly ServiceSample[];
  readonly threads: () => readonly ThreadSample[];
  readonly config: () => ConfigSample;
  /** Deployments whose probe is overdue. */
  readonly stale: () => number;
  readonly exports: () => readonly ExportSample[];
  /** Of the durations of probes, those that are shown; null shows all. */
  readonly latencyBuckets: readonly number[] | null;
  /** Whether a scrape also has what is known under LiteLLM's own names. */
  readonly litellmMetrics: boolean;
  /** Deployments that have series of their own, in a scrape and where metrics are pushed. */
  readonly deploymentsMax: () => { readonly scrape: number; readonly push: number };
  /** Null when no history is kept. */
  readonly history: () => HistorySample | null;
  /** Null without a cluster. */
  readonly cluster: () => ClusterSample | null;
}

/** One line of the exposition. `name` only where it differs from the metric's (histogram parts). */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly name?: string;
}

/** The traffic so far, as the exposition shows it. */
export interface TrafficSamples {
  readonly requests: readonly Sample[];
  readonly durations: readonly Sample[];
  readonly current: number;
}

/** What the serving thread knows. */
export interface Serving {
  readonly traffic: TrafficSamples;
  /** How late its timers ran, the worst since the last scrape. */
  readonly lagSeconds: number;
}

export interface TrafficHistogram {
  readonly bounds: readonly number[];
  /** By bucket, the last one beyond all bounds; not cumulative. */
  readonly counts: readonly number[];
  readonly sumSeconds: number;
}

/** What was counted for one set of labels. */
export interface TrafficReading {
  readonly classes: readonly (readonly [name: string, count: number])[];
  readonly duration: TrafficHistogram;
  readonly firstToken: TrafficHistogram;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costUsd: number;
  /** By LiteLLM's bounds, where its names are wanted. */
  readonly litellm: Readonly<
    Record<"total" | "api" | "firstToken" | "perOutputToken", TrafficHistogram>
  > | null;
}

/** What the proxy reports of its requests. */
export interface ReportedTraffic {
  series(): Iterable<readonly [labels: Readonly<Record<string, string>>, reading: TrafficReading]>;
  /** The status and LiteLLM's exception that are usual for a class. */
  exceptionOf(name: string): { readonly status: number | null; readonly exception: string | null };
  entries(): readonly Sample[];
  folded(): number;
  /** Bytes of callbacks that wait to be counted. */
  waitingBytes(): number;
  /** Null when spend logs are not followed. */
  spendLogs(): { readonly error: string | null; readonly followedMs: number } | null;
}
