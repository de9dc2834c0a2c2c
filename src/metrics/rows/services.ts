// What this service depends on.

import type { MetricRow } from "./row.ts";

export const servicesRows = {
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
} as const satisfies Record<string, MetricRow>;
