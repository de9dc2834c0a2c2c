// Takes every number once, at scrape time, from the table and the other sources. Nothing is counted here.

import { startBucketsSeconds } from "../table/layout.ts";
import { readFallbacks } from "../table/reader.ts";
import { dayOf, spentOn } from "../table/spending.ts";
import { addThreadWord, setThreadWord, type Table, threadWord } from "../table/table.ts";
import { type HistogramReading, readHistogram } from "../table/thread-histogram.ts";
import { clusterSamples } from "./cluster-samples.ts";
import type { DeploymentMetric } from "./deployment-lines.ts";
import type { FleetTally } from "./fleet-tally.ts";
import type { MetricName } from "./rows.ts";
import type { ExportSample, MetricSources, Sample, Serving } from "./sources.ts";
import type { TrafficMetric } from "./traffic-lines.ts";

/** All but those of single deployments and of traffic, which are text at once (see deployment-lines.ts). */
export type Samples = Record<
  Exclude<MetricName, DeploymentMetric | TrafficMetric>,
  readonly Sample[]
>;

export interface CollectOptions {
  readonly sources: MetricSources;
  readonly fleet: FleetTally;
  /** Null where the serving thread is not asked. */
  readonly serving: Serving | null;
  /** The worst event-loop lag of the main thread since the last scrape; null leaves what is "since the last scrape" to a scrape. */
  readonly mainLagSeconds: number | null;
}

export function collect(options: CollectOptions): Samples {
  const { sources, fleet, serving, mainLagSeconds } = options;
  const traffic = serving?.traffic ?? null;
  return {
    fleetpulse_build_info: [{ labels: { version: sources.version }, value: 1 }],
    fleetpulse_stale_deployments: [{ labels: {}, value: sources.stale() }],
    fleetpulse_table_read_fallbacks: [{ labels: {}, value: readFallbacks(sources.table) }],
    ...emptyProbeSamples,
    ...fleet.samples(),
    ...spentSamples(sources),
    ...reportedSamples(sources),
    fleetpulse_service_up: sources
      .services()
      .map(({ service, up }) => ({ labels: { service }, value: up ? 1 : 0 })),
    fleetpulse_service_latency_seconds: sources
      .services()
      .flatMap(({ service, latencyMs }) =>
        latencyMs === null ? [] : [{ labels: { service }, value: latencyMs / 1000 }],
      ),
    ...historySamples(sources),
    ...clusterSamples(sources),
    ...threadSamples(sources),
    ...worstSamples(sources, mainLagSeconds, serving?.lagSeconds ?? 0),
    fleetpulse_http_requests: traffic?.requests ?? [],
    fleetpulse_http_request_duration_seconds: traffic?.durations ?? [],
    fleetpulse_http_requests_in_flight:
      traffic === null ? [] : [{ labels: {}, value: traffic.current }],
    ...exportSamples(sources),
    ...configSamples(sources),
    ...processSamples(),
  };
}

const emptyProbeSamples = {
  fleetpulse_probes: [],
  fleetpulse_probe_duration_seconds: [],
  fleetpulse_probe_tokens: [],
  fleetpulse_probe_cost_usd: [],
  fleetpulse_probe_cost_unknown: [],
  fleetpulse_probe_questions: [],
  fleetpulse_probe_withheld: [],
  fleetpulse_model_changes: [],
} as const;

function spentSamples({ table }: MetricSources) {
  const { tokens, nanoUsd } = spentOn(table, dayOf(Date.now()));
  return {
    fleetpulse_probe_spent_today_tokens: [{ labels: {}, value: tokens }],
    fleetpulse_probe_spent_today_usd: [{ labels: {}, value: nanoUsd / 1e9 }],
  };
}

function historySamples({ history }: MetricSources) {
  const now = history();
  const one = (value: number | null): Sample[] =>
    now === null || value === null ? [] : [{ labels: {}, value }];
  return {
    fleetpulse_history_up: one(now?.up === true ? 1 : 0),
    fleetpulse_history_entries: (["written", "dropped"] as const).flatMap((result) =>
      now === null ? [] : [{ labels: { result }, value: now[result] }],
    ),
    fleetpulse_history_unseen_outcomes: one(now?.unseen ?? 0),
    fleetpulse_history_waiting_entries: one(now?.waiting ?? 0),
    fleetpulse_history_last_write_timestamp_seconds: one(
      now === null || now.lastWriteMs === null ? null : now.lastWriteMs / 1000,
    ),
  };
}

function exportSamples({ exports, deploymentsMax, registry }: MetricSources) {
  const all = exports();
  const { scrape, push } = deploymentsMax();
  const each = (value: (one: ExportSample) => number | null): Sample[] =>
    all.flatMap((one) => {
      const known = value(one);
      return known === null ? [] : [{ labels: { sink: one.name }, value: known }];
    });
  const beyond = (max: number) => Math.max(0, registry.slots().length - max);
  return {
    fleetpulse_export_up: each(({ up }) => (up ? 1 : 0)),
    fleetpulse_exports: all.flatMap(({ name, pushed, failed }) => [
      { labels: { sink: name, result: "taken" }, value: pushed },
      { labels: { sink: name, result: "failed" }, value: failed },
    ]),
    fleetpulse_export_last_success_timestamp_seconds: each(({ lastPushMs }) =>
      inSeconds(lastPushMs),
    ),
    fleetpulse_export_last_duration_seconds: each(({ lastTookMs }) => inSeconds(lastTookMs)),
    fleetpulse_export_waiting_points: each(({ waitingPoints }) => waitingPoints),
    fleetpulse_export_refused_datagrams: each(({ refusedDatagrams }) => refusedDatagrams),
    fleetpulse_folded_deployments: [
      { labels: { way: "scrape" }, value: beyond(scrape) },
      ...(all.length === 0 ? [] : [{ labels: { way: "push" }, value: beyond(push) }]),
    ],
  };
}

const inSeconds = (ms: number | null) => (ms === null ? null : ms / 1000);

/** What is the worst since the last scrape, and begins anew with it. */
function worstSamples(
  { table, threads }: MetricSources,
  mainLagSeconds: number | null,
  serverLagSeconds: number,
) {
  if (mainLagSeconds === null) {
    return {
      fleetpulse_thread_start_lateness_max_seconds: [],
      fleetpulse_event_loop_lag_seconds: [],
    };
  }
  const per = (field: "startLatenessMaxMicros" | "loopLagMaxMicros") =>
    threads().map(({ thread }) => ({
      labels: { thread: String(thread) },
      value: take(table, thread, field) / 1e6,
    }));
  return {
    fleetpulse_thread_start_lateness_max_seconds: per("startLatenessMaxMicros"),
    fleetpulse_event_loop_lag_seconds: [
      { labels: { thread: "main" }, value: mainLagSeconds },
      { labels: { thread: "server" }, value: serverLagSeconds },
      ...per("loopLagMaxMicros"),
    ],
  };
}

function threadSamples({ table, threads }: MetricSources) {
  const all = threads();
  const per = (value: (thread: number) => number) =>
    all.map(({ thread }) => ({ labels: { thread: String(thread) }, value: value(thread) }));
  return {
    fleetpulse_thread_alive: all.map(({ thread, alive }) => ({
      labels: { thread: String(thread) },
      value: alive ? 1 : 0,
    })),
    fleetpulse_thread_restarts: all.map(({ thread, restarts }) => ({
      labels: { thread: String(thread) },
      value: restarts,
    })),
    fleetpulse_thread_deployments: per((thread) => threadWord(table, thread, "deployments")),
    fleetpulse_thread_probes_in_flight: per((thread) => threadWord(table, thread, "inFlight")),
    fleetpulse_thread_probes_queued: per((thread) => threadWord(table, thread, "queued")),
    fleetpulse_probe_start_lateness_seconds: all.flatMap(({ thread }) =>
      histogramOf(
        "fleetpulse_probe_start_lateness_seconds",
        thread,
        readHistogram(table, thread, "startLateness"),
      ),
    ),
    fleetpulse_probe_queue_seconds: all.flatMap(({ thread }) =>
      histogramOf("fleetpulse_probe_queue_seconds", thread, readHistogram(table, thread, "queue")),
    ),
  };
}

/** The parts of a thread's classic histogram: cumulative buckets, sum and count. */
function histogramOf(
  name: MetricName,
  thread: number,
  { counts, sumSeconds }: HistogramReading,
): Sample[] {
  const labels = { thread: String(thread) };
  let count = 0;
  const buckets = counts.map((inBucket, index) => {
    count += inBucket;
    const le = String(startBucketsSeconds[index] ?? "+Inf");
    return { name: `${name}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...buckets,
    { name: `${name}_sum`, labels, value: sumSeconds },
    { name: `${name}_count`, labels, value: count },
  ];
}

/** Reads a maximum and starts it anew. */
function take(
  table: Table,
  thread: number,
  field: "startLatenessMaxMicros" | "loopLagMaxMicros",
): number {
  const value = addThreadWord(table, thread, field, 0);
  setThreadWord(table, thread, field, 0);
  return value;
}

function configSamples(sources: MetricSources) {
  const { applied, refused, loadedAtMs } = sources.config();
  return {
    fleetpulse_config_reloads: [
      { labels: { result: "applied" }, value: applied },
      { labels: { result: "refused" }, value: refused },
    ],
    fleetpulse_config_last_load_timestamp_seconds: [{ labels: {}, value: loadedAtMs / 1000 }],
  };
}

const startSeconds = Date.now() / 1000 - process.uptime();

function processSamples() {
  const { user, system } = process.cpuUsage();
  return {
    process_cpu_seconds: [{ labels: {}, value: (user + system) / 1e6 }],
    process_resident_memory_bytes: [{ labels: {}, value: process.memoryUsage.rss() }],
    process_start_time_seconds: [{ labels: {}, value: startSeconds }],
  };
}

function reportedSamples({ reported }: MetricSources) {
  const logs = reported.spendLogs();
  const one = (value: number): Sample[] => (logs === null ? [] : [{ labels: {}, value }]);
  return {
    fleetpulse_traffic_entries: reported.entries(),
    fleetpulse_traffic_folded_requests: [{ labels: {}, value: reported.folded() }],
    fleetpulse_traffic_waiting_bytes: [{ labels: {}, value: reported.waitingBytes() }],
    fleetpulse_spend_logs_up: one(logs?.error === null ? 1 : 0),
    fleetpulse_spend_logs_followed_timestamp_seconds: one((logs?.followedMs ?? 0) / 1000),
  };
}
