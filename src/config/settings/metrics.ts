// What is measured in public: scraped, and pushed.

import { day, integer, type SettingRow, seconds } from "./row.ts";

export const metricsRows = {
  otlpEndpoint: {
    keys: ["fleetpulse.otlp_endpoint"],
    fallbacks: ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"],
    value: { kind: "url" },
    byDefault: null,
    help: "Pushes all metrics by OTLP over HTTP; /v1/metrics is added unless it stands there.",
  },
  otlpHeaders: {
    keys: ["fleetpulse.otlp_headers"],
    fallbacks: ["OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"],
    value: { kind: "pairs" },
    byDefault: null,
    help: "Headers of these requests as name=value,name=value; values may be URL-encoded.",
  },
  otlpAttributes: {
    keys: ["fleetpulse.otlp_attributes"],
    fallbacks: ["OTEL_RESOURCE_ATTRIBUTES"],
    value: { kind: "pairs" },
    byDefault: null,
    help: "Attributes of this process besides service.name, as name=value,name=value.",
  },
  otlpTemporality: {
    keys: ["fleetpulse.otlp_temporality"],
    fallbacks: ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"],
    value: { kind: "choice", of: ["cumulative", "delta", "lowmemory"] },
    byDefault: "cumulative",
    help: "delta for receivers that want what counters grew by, such as DataDog; lowmemory is cumulative, which takes none here.",
  },
  otlpIntervalMs: {
    keys: ["fleetpulse.otlp_interval"],
    value: seconds(1, day),
    byDefault: 60,
    help: "Between two pushes by OTLP.",
  },
  otlpTimeoutMs: {
    keys: ["fleetpulse.otlp_timeout"],
    value: seconds(0.1, 300),
    byDefault: 10,
    help: "Deadline of a push, with what is tried again.",
  },
  statsdAddress: {
    keys: ["fleetpulse.statsd"],
    fallbacks: ["DD_DOGSTATSD_URL"],
    value: { kind: "socket" },
    byDefault: null,
    help: "Pushes all metrics to a DogStatsD agent: udp://HOST:PORT or unix:///PATH.",
  },
  statsdIntervalMs: {
    keys: ["fleetpulse.statsd_interval"],
    value: seconds(1, day),
    byDefault: 10,
    help: "Between two pushes to DogStatsD.",
  },
  statsdTags: {
    keys: ["fleetpulse.statsd_tags"],
    value: { kind: "texts" },
    byDefault: [],
    help: "Tags of every metric, as name:value.",
  },
  latencyBuckets: {
    keys: ["fleetpulse.latency_buckets"],
    value: { kind: "buckets", max: 24 },
    byDefault: null,
    help: "Upper bounds of the buckets of latencies, ascending, 24 at most: of traffic, its first tokens, and our own routes. Probes are counted by fixed bounds (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120), of which only those in the list are shown, or all where none is.",
  },
  litellmMetrics: {
    keys: ["fleetpulse.litellm_metrics"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true also shows what is known under the names of LiteLLM's own metrics, for dashboards made for them; in scrapes only, what is pushed has our names.",
  },
  metricsDeployments: {
    keys: ["fleetpulse.metrics_deployments"],
    value: integer(0, 1_000_000),
    byDefault: 100_000,
    help: "Deployments that have series of their own in a scrape; the others are in the sums only.",
  },
  exportDeployments: {
    keys: ["fleetpulse.export_deployments"],
    value: integer(0, 100_000),
    byDefault: 2000,
    help: "Deployments whose own series are pushed; the others are in the sums only.",
  },
} as const satisfies Record<string, SettingRow>;
