// The answering of requests.

import type { MetricRow } from "./row.ts";

export const servingRows = {
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
} as const satisfies Record<string, MetricRow>;
