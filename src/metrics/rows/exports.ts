// What is measured in public: pushes, and what is left out of pushes and scrapes.

import type { MetricRow } from "./row.ts";

export const exportsRows = {
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
} as const satisfies Record<string, MetricRow>;
