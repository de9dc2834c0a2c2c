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
  fleetpulse_export_last_duration_seconds: {
    type: "gauge",
    help: "How long the last push took, taken or not.",
    labels: ["sink"],
  },
  fleetpulse_export_waiting_points: {
    type: "gauge",
    help: "Points of metrics that the receiver has not taken: of the push under way, or of the last one where it failed; 0 when it was taken.",
    labels: ["sink"],
  },
  fleetpulse_export_refused_datagrams: {
    type: "counter",
    help: "Datagrams that the socket did not take, because the receiver is not there or has no room; over UDP nobody tells what is lost later.",
    labels: ["sink"],
  },
  fleetpulse_folded_deployments: {
    type: "gauge",
    help: "Deployments without series of their own, because there are more than fleetpulse.metrics_deployments (scrape) or export_deployments (push).",
    labels: ["way"],
  },
} as const satisfies Record<string, MetricRow>;
