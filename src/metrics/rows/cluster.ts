// The replicas that divide the fleet among them. No series without a cluster.

import type { MetricRow } from "./row.ts";

export const clusterRows = {
  fleetpulse_cluster_up: {
    type: "gauge",
    help: "1 while this replica has its place in the cluster, 0 while it is by itself and asks all deployments; absent without a cluster.",
    labels: [],
  },
  fleetpulse_cluster_members: {
    type: "gauge",
    help: "Replicas that this one divides the fleet with, itself included.",
    labels: [],
  },
  fleetpulse_cluster_owned_deployments: {
    type: "gauge",
    help: "Deployments that are this replica's to ask.",
    labels: [],
  },
  fleetpulse_cluster_changes: {
    type: "counter",
    help: "Times that other replicas divided the fleet than before, as this one saw it.",
    labels: [],
  },
  fleetpulse_cluster_rows: {
    type: "counter",
    help: "Statuses by result: published by this replica, received from others, refused because they are none, or stale.",
    labels: ["result"],
  },
  fleetpulse_cluster_orders: {
    type: "counter",
    help: "What replicas have each other do (checks, what traffic told, holds of keys), by direction: sent, received or refused.",
    labels: ["direction"],
  },
  fleetpulse_cluster_last_renewal_timestamp_seconds: {
    type: "gauge",
    help: "When this replica's lease was renewed last, Unix time; absent before the first time.",
    labels: [],
  },
} as const satisfies Record<string, MetricRow>;
