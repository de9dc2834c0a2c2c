// What is known of the fleet, and of each of its deployments.

import type { MetricRow } from "./row.ts";

const deploymentLabels = ["model_id", "model_name"] as const;

export const fleetRows = {
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
  fleetpulse_table_read_fallbacks: {
    type: "counter",
    help: "Reads of a row that was written anew at every try, and was shown as it was before.",
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
} as const satisfies Record<string, MetricRow>;
