// What the proxy reported of real requests, and how it is followed.

import type { MetricRow } from "./row.ts";

const trafficLabels = ["model_name", "model_id", "provider"] as const;

export const trafficRows = {
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
  fleetpulse_traffic_waiting_bytes: {
    type: "gauge",
    help: "Bytes of callbacks that wait to be counted; what would make them more than twice fleetpulse.callback_bytes_max is refused with 503.",
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
} as const satisfies Record<string, MetricRow>;
