// Takes every number once, at scrape time, from the table and the other sources. Nothing is counted here.

import { identityOf } from "../registry/registry.ts";
import { type State, stateOf, states } from "../table/row.ts";
import { addThreadWord, setThreadWord, type Table, threadWord } from "../table/table.ts";
import type { ProbeTotals } from "./probe-totals.ts";
import type { MetricName } from "./rows.ts";
import type { MetricSources, Sample, Serving, Slot } from "./sources.ts";

export type Samples = Record<MetricName, readonly Sample[]>;

export interface CollectOptions {
  readonly sources: MetricSources;
  readonly totals: ProbeTotals;
  readonly serving: Serving;
  /** The worst event-loop lag of the main thread since the last scrape. */
  readonly mainLagSeconds: number;
}

export async function collect(options: CollectOptions): Promise<Samples> {
  const { sources, totals, serving, mainLagSeconds } = options;
  const { traffic } = serving;
  const slots = slotsOf(sources);
  return {
    fleetpulse_build_info: [{ labels: { version: sources.version }, value: 1 }],
    ...fleetSamples(slots),
    ...deploymentSamples(slots),
    ...emptyProbeSamples,
    ...totals.samples(slots),
    fleetpulse_service_up: sources
      .services()
      .map(({ service, up }) => ({ labels: { service }, value: up ? 1 : 0 })),
    fleetpulse_service_latency_seconds: sources
      .services()
      .flatMap(({ service, latencyMs }) =>
        latencyMs === null ? [] : [{ labels: { service }, value: latencyMs / 1000 }],
      ),
    ...historySamples(sources),
    ...threadSamples(sources, mainLagSeconds, serving.lagSeconds),
    fleetpulse_http_requests: traffic.requests,
    fleetpulse_http_request_duration_seconds: traffic.durations,
    fleetpulse_http_requests_in_flight: [{ labels: {}, value: traffic.current }],
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
} as const;

function slotsOf({ registry, reader }: MetricSources): Slot[] {
  return registry.slots().flatMap((slot) => {
    const deployment = registry.at(slot);
    if (deployment === null) return [];
    const { identity, row } = reader.read(slot);
    return identity === identityOf(deployment.key) ? [{ deployment, row }] : [];
  });
}

function fleetSamples(slots: readonly Slot[]) {
  const counts = new Map<State, number>(states.map((state) => [state, 0]));
  const groups = new Map<string, "up" | "down" | "unknown">();
  for (const { deployment, row } of slots) {
    const state = stateOf(row);
    counts.set(state, (counts.get(state) ?? 0) + 1);
    const before = groups.get(deployment.modelName) ?? "unknown";
    const now = state === "unknown" ? "unknown" : state === "unhealthy" ? "down" : "up";
    if (before !== "up" && now !== "unknown") groups.set(deployment.modelName, now);
    else if (!groups.has(deployment.modelName)) groups.set(deployment.modelName, before);
  }
  const groupStates = ["up", "down", "unknown"] as const;
  return {
    fleetpulse_deployments: [...counts].map(([state, value]) => ({ labels: { state }, value })),
    fleetpulse_model_groups: groupStates.map((state) => ({
      labels: { state },
      value: [...groups.values()].filter((group) => group === state).length,
    })),
  };
}

function deploymentSamples(slots: readonly Slot[]) {
  const info: Sample[] = [];
  const up: Sample[] = [];
  const state: Sample[] = [];
  const lastCheck: Sample[] = [];
  const latency: Sample[] = [];
  const failures: Sample[] = [];
  const seen = new Map<string, number>();
  for (const { deployment, row } of slots) {
    // Ids may be shared; series may not.
    const times = (seen.get(deployment.modelId) ?? 0) + 1;
    seen.set(deployment.modelId, times);
    const model_id = times === 1 ? deployment.modelId : `${deployment.modelId}#${times}`;
    const labels = { model_id, model_name: deployment.modelName };
    const { model, provider, mode } = deployment;
    info.push({
      labels: { ...labels, model, provider, mode, api_base: deployment.apiBase ?? "" },
      value: 1,
    });
    const current = stateOf(row);
    if (current !== "unknown") up.push({ labels, value: current === "unhealthy" ? 0 : 1 });
    for (const name of states) {
      state.push({ labels: { ...labels, state: name }, value: name === current ? 1 : 0 });
    }
    if (row.lastCheckMs === 0) continue;
    lastCheck.push({ labels, value: row.lastCheckMs / 1000 });
    latency.push({ labels, value: row.latencyMicros / 1e6 });
    failures.push({ labels, value: row.consecutiveFailures });
  }
  return {
    fleetpulse_deployment_info: info,
    fleetpulse_deployment_up: up,
    fleetpulse_deployment_state: state,
    fleetpulse_deployment_last_check_timestamp_seconds: lastCheck,
    fleetpulse_deployment_latency_seconds: latency,
    fleetpulse_deployment_consecutive_failures: failures,
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

function threadSamples(
  { table, threads }: MetricSources,
  mainLagSeconds: number,
  serverLagSeconds: number,
) {
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
    fleetpulse_thread_start_lateness_max_seconds: per(
      (thread) => take(table, thread, "startLatenessMaxMicros") / 1e6,
    ),
    fleetpulse_event_loop_lag_seconds: [
      { labels: { thread: "main" }, value: mainLagSeconds },
      { labels: { thread: "server" }, value: serverLagSeconds },
      ...per((thread) => take(table, thread, "loopLagMaxMicros") / 1e6),
    ],
  };
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
