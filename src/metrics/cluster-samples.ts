// What is told of the cluster; nothing where there is none.

import type { clusterRows } from "./rows/cluster.ts";
import type { MetricSources, Sample } from "./sources.ts";

export function clusterSamples({
  cluster,
}: MetricSources): Record<keyof typeof clusterRows, readonly Sample[]> {
  const now = cluster();
  const one = (value: number | undefined): Sample[] =>
    value === undefined ? [] : [{ labels: {}, value }];
  const each = (label: string, counts: Readonly<Record<string, number>> = {}): Sample[] =>
    Object.entries(counts).map(([key, value]) => ({ labels: { [label]: key }, value }));
  const renewedMs = now?.lastRenewalMs ?? null;
  return {
    fleetpulse_cluster_up: one(now === null ? undefined : Number(now.up)),
    fleetpulse_cluster_members: one(now?.members),
    fleetpulse_cluster_owned_deployments: one(now?.owned),
    fleetpulse_cluster_changes: one(now?.changes),
    fleetpulse_cluster_rows: each("result", now?.rows),
    fleetpulse_cluster_orders: each("direction", now?.orders),
    fleetpulse_cluster_last_renewal_timestamp_seconds: one(
      renewedMs === null ? undefined : renewedMs / 1000,
    ),
  };
}
