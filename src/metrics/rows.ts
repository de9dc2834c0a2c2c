// Every metric the service exports, as one table: the exposition and the README are both held against it.
// Names follow the Prometheus conventions: base units, `_total` for counters (added on exposition, so that the
// OpenMetrics form, which wants the family without it, comes from the same row).

interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
}

const deploymentLabels = ["model_id", "model_name"] as const;
const trafficLabels = ["model_name", "model_id", "provider"] as const;

export const metricRows = {
  fleetpulse_build_info: {
    type: "gauge",
    help: "Always 1; the version of the service is in the label.",
    labels: ["version"],
  },
  fleetpulse_deployments: {
    type: "gauge",
    help: "Configured deployments by state.",
    labels: ["state"],
  },
  fleetpulse_statuses: {
    type: "gauge",
    help: "Deployments whose state is known, by where it comes from: probe, passive (traffic), peer or restored.",
    labels: ["source"],
  },
  fleetpulse_model_groups: {
    type: "gauge",
    help: "Model groups by state: up (something healthy), down (nothing healthy) or unknown.",
    labels: ["state"],
  },
  fleetpulse_stale_deployments: {
    type: "gauge",
    help: "Deployments whose probe is overdue by more than fleetpulse.stale_after.",
    labels: [],
  },
  fleetpulse_deployment_info: {
    type: "gauge",
    help: "Always 1; what a deployment is, for joins on model_id.",
    labels: [...deploymentLabels, "model", "provider", "mode", "api_base"],
  },
  fleetpulse_deployment_up: {
    type: "gauge",
    help: "1 when the deployment is healthy or degraded, 0 when unhealthy; absent while unknown.",
    labels: deploymentLabels,
  },
  fleetpulse_deployment_state: {
    type: "gauge",
    help: "1 for the state that the deployment is in, 0 for the others.",
    labels: [...deploymentLabels, "state"],
  },
  fleetpulse_deployment_last_check_timestamp_seconds: {
    type: "gauge",
    help: "When the last probe of the deployment ended, or the last request by which traffic was judged, Unix time.",
    labels: deploymentLabels,
  },
  fleetpulse_deployment_latency_seconds: {
    type: "gauge",
    help: "Duration of the deployment's last probe.",
    labels: deploymentLabels,
  },
  fleetpulse_deployment_phase_seconds: {
    type: "gauge",
    help: "Phases of the deployment's last probe: dns, connect, tls, first_byte; absent where the phase did not happen.",
    labels: [...deploymentLabels, "phase"],
  },
  fleetpulse_deployment_first_token_seconds: {
    type: "gauge",
    help: "Time to the first token of the deployment's last probe; absent without a stream.",
    labels: deploymentLabels,
  },
  fleetpulse_deployment_certificate_expiry_timestamp_seconds: {
    type: "gauge",
    help: "When the certificate that the deployment showed last ends, Unix time; absent without TLS.",
    labels: deploymentLabels,
  },
  fleetpulse_deployment_consecutive_failures: {
    type: "gauge",
    help: "Failed probes in a row.",
    labels: deploymentLabels,
  },
  fleetpulse_probes: {
    type: "counter",
    help: "Ended probes by outcome class.",
    labels: ["provider", "class"],
  },
  fleetpulse_probe_questions: {
    type: "counter",
    help: "Ended probes by question: completion (paid) or metadata (free).",
    labels: ["provider", "question"],
  },
  fleetpulse_probe_withheld: {
    type: "counter",
    help: "Times the paid question was not asked because a budget of the day was spent.",
    labels: ["provider"],
  },
  fleetpulse_probe_spent_today_tokens: {
    type: "gauge",
    help: "Tokens that probes have taken from the budgets of this day (UTC), those in flight included.",
    labels: [],
  },
  fleetpulse_probe_spent_today_usd: {
    type: "gauge",
    help: "The same in USD, as far as prices are known.",
    labels: [],
  },
  fleetpulse_model_changes: {
    type: "counter",
    help: "Times another model answered than had answered before.",
    labels: ["provider"],
  },
  fleetpulse_other_model_deployments: {
    type: "gauge",
    help: "Deployments that are answered by another model than the one that is asked.",
    labels: ["provider"],
  },
  fleetpulse_refused_deployments: {
    type: "gauge",
    help: "Deployments whose probe is refused as a bad request, so that nothing is known of them.",
    labels: ["provider"],
  },
  fleetpulse_key_rate_limit: {
    type: "gauge",
    help: "What the provider says it allows a key (a fingerprint), by kind: requests or tokens.",
    labels: ["provider", "key", "kind"],
  },
  fleetpulse_key_rate_limit_remaining: {
    type: "gauge",
    help: "What the provider says is left of it, of the last answer to the key.",
    labels: ["provider", "key", "kind"],
  },
  fleetpulse_probe_duration_seconds: {
    type: "histogram",
    help: "Duration of probes, whatever their outcome.",
    labels: ["provider"],
  },
  fleetpulse_probe_tokens: {
    type: "counter",
    help: "Tokens that providers counted for probes.",
    labels: ["provider", "kind"],
  },
  fleetpulse_probe_cost_usd: {
    type: "counter",
    help: "Cost of probes in USD, as far as prices are known.",
    labels: ["provider"],
  },
  fleetpulse_probe_cost_unknown: {
    type: "counter",
    help: "Paid probes whose price, or whose number of tokens, is not known; the latter where a stream is left at its first token.",
    labels: ["provider"],
  },
  fleetpulse_traffic_requests: {
    type: "counter",
    help: "Requests that the proxy reported, each attempt at a deployment, by what became of it; answers from its cache and its own health checks aside.",
    labels: [...trafficLabels, "class"],
  },
  fleetpulse_traffic_request_duration_seconds: {
    type: "histogram",
    help: "Duration of requests that were answered, as the proxy measured it.",
    labels: trafficLabels,
  },
  fleetpulse_traffic_first_token_seconds: {
    type: "histogram",
    help: "Time to the first token of streamed requests, as the proxy measured it.",
    labels: trafficLabels,
  },
  fleetpulse_traffic_tokens: {
    type: "counter",
    help: "Tokens of requests that the proxy reported.",
    labels: [...trafficLabels, "kind"],
  },
  fleetpulse_traffic_cost_usd: {
    type: "counter",
    help: "Cost in USD of requests that the proxy reported, as it calculates it.",
    labels: trafficLabels,
  },
  fleetpulse_traffic_entries: {
    type: "counter",
    help: "What the proxy reported, by source (callback, spend_logs) and by what was done with it: counted, or left out as duplicate, cache_hit, health_check or rejected.",
    labels: ["source", "result"],
  },
  fleetpulse_traffic_folded_requests: {
    type: "counter",
    help: "Requests that are counted as other, because there are as many sets of labels as fleetpulse.traffic_series_max allows.",
    labels: [],
  },
  fleetpulse_spend_logs_up: {
    type: "gauge",
    help: "1 while the proxy's spend logs can be read, else 0; absent when they are not followed.",
    labels: [],
  },
  fleetpulse_spend_logs_followed_timestamp_seconds: {
    type: "gauge",
    help: "Until when the proxy's spend logs have been read, Unix time.",
    labels: [],
  },
  fleetpulse_service_up: {
    type: "gauge",
    help: "1 when the service that this process depends on is connected, else 0.",
    labels: ["service"],
  },
  fleetpulse_service_latency_seconds: {
    type: "gauge",
    help: "Last round trip to the service.",
    labels: ["service"],
  },
  fleetpulse_history_up: {
    type: "gauge",
    help: "1 while history can be written, else 0; absent when none is kept.",
    labels: [],
  },
  fleetpulse_history_entries: {
    type: "counter",
    help: "Entries of history (outcomes, changes, roll-ups) by result: written, or dropped for want of room.",
    labels: ["result"],
  },
  fleetpulse_history_unseen_outcomes: {
    type: "counter",
    help: "Outcomes that are in the roll-ups only, because another followed within a moment.",
    labels: [],
  },
  fleetpulse_history_waiting_entries: {
    type: "gauge",
    help: "Entries of history that wait to be written.",
    labels: [],
  },
  fleetpulse_history_last_write_timestamp_seconds: {
    type: "gauge",
    help: "When history was written last, Unix time.",
    labels: [],
  },
  fleetpulse_thread_alive: {
    type: "gauge",
    help: "1 while the prober thread's heart beats, else 0.",
    labels: ["thread"],
  },
  fleetpulse_thread_restarts: {
    type: "counter",
    help: "Times the prober thread was replaced.",
    labels: ["thread"],
  },
  fleetpulse_thread_deployments: {
    type: "gauge",
    help: "Deployments that the prober thread asks.",
    labels: ["thread"],
  },
  fleetpulse_thread_probes_in_flight: {
    type: "gauge",
    help: "Probes that wait for their upstream.",
    labels: ["thread"],
  },
  fleetpulse_thread_probes_queued: {
    type: "gauge",
    help: "Due probes that wait for a bound (in flight, provider, host or key).",
    labels: ["thread"],
  },
  fleetpulse_thread_start_lateness_max_seconds: {
    type: "gauge",
    help: "How much later than planned a probe started, queueing aside, the worst since the last scrape.",
    labels: ["thread"],
  },
  fleetpulse_probe_start_lateness_seconds: {
    type: "histogram",
    help: "How much later than planned probes started, queueing aside.",
    labels: ["thread"],
  },
  fleetpulse_probe_queue_seconds: {
    type: "histogram",
    help: "How long due probes waited for a bound (rate, in flight, provider, host or key).",
    labels: ["thread"],
  },
  fleetpulse_event_loop_lag_seconds: {
    type: "gauge",
    help: "How late the thread's timers run, the worst since the last scrape.",
    labels: ["thread"],
  },
  fleetpulse_http_requests: {
    type: "counter",
    help: "Answered requests. The liveliness route is answered without running code and is not counted.",
    labels: ["route", "method", "status"],
  },
  fleetpulse_http_request_duration_seconds: {
    type: "histogram",
    help: "Time to answer a request.",
    labels: ["route"],
  },
  fleetpulse_http_requests_in_flight: {
    type: "gauge",
    help: "Requests that are being answered.",
    labels: [],
  },
  fleetpulse_export_up: {
    type: "gauge",
    help: "1 while the receiver of pushed metrics takes them, else 0.",
    labels: ["sink"],
  },
  fleetpulse_exports: {
    type: "counter",
    help: "Pushes of metrics by result: taken or failed.",
    labels: ["sink", "result"],
  },
  fleetpulse_export_last_success_timestamp_seconds: {
    type: "gauge",
    help: "When metrics were pushed last and taken, Unix time.",
    labels: ["sink"],
  },
  fleetpulse_folded_deployments: {
    type: "gauge",
    help: "Deployments without series of their own, because there are more than fleetpulse.metrics_deployments (scrape) or export_deployments (push).",
    labels: ["way"],
  },
  fleetpulse_config_reloads: {
    type: "counter",
    help: "Reloads of the configuration by result: applied or refused.",
    labels: ["result"],
  },
  fleetpulse_config_last_load_timestamp_seconds: {
    type: "gauge",
    help: "When the running configuration was loaded, Unix time.",
    labels: [],
  },
  process_cpu_seconds: {
    type: "counter",
    help: "User and system CPU time of the process.",
    labels: [],
  },
  process_resident_memory_bytes: {
    type: "gauge",
    help: "Resident memory of the process.",
    labels: [],
  },
  process_start_time_seconds: {
    type: "gauge",
    help: "When the process started, Unix time.",
    labels: [],
  },
} as const satisfies Record<string, MetricRow>;

export type MetricName = keyof typeof metricRows;

export const metricNames = Object.keys(metricRows) as MetricName[];

/** The name under which a metric is exposed in the Prometheus text format. */
export function exposedName(name: MetricName): string {
  return metricRows[name].type === "counter" ? `${name}_total` : name;
}
