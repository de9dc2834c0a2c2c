// The series of single deployments for receivers that are pushed to: fewer than a scrape has, with all that tells deployments apart on
// each, because such receivers join nothing.

import type { Deployment } from "../registry/deployment.ts";
import { type Row, stateOf } from "../table/row.ts";
import type { DeploymentMetric } from "./deployment-lines.ts";
import type { Sample } from "./sources.ts";

type Value = (row: Row) => number | null;

const whenChecked =
  (value: (row: Row) => number): Value =>
  (row) =>
    row.lastCheckMs === 0 ? null : value(row);

const values = {
  fleetpulse_deployment_up: (row) =>
    stateOf(row) === "unknown" ? null : stateOf(row) === "unhealthy" ? 0 : 1,
  fleetpulse_deployment_last_check_timestamp_seconds: whenChecked((row) => row.lastCheckMs / 1000),
  fleetpulse_deployment_latency_seconds: whenChecked((row) => row.latencyMicros / 1e6),
  fleetpulse_deployment_first_token_seconds: (row) =>
    row.firstTokenMicros === 0 ? null : row.firstTokenMicros / 1e6,
  fleetpulse_deployment_certificate_expiry_timestamp_seconds: (row) =>
    row.certificateEndMs === 0 ? null : row.certificateEndMs / 1000,
  fleetpulse_deployment_consecutive_failures: whenChecked((row) => row.consecutiveFailures),
} as const satisfies Partial<Record<DeploymentMetric, Value>>;

export type PushedMetric = keyof typeof values;

export const pushedMetrics = Object.keys(values) as PushedMetric[];

/** Adds what is known of a deployment to the points of each metric. */
export function addPoints(
  points: Record<PushedMetric, Sample[]>,
  { modelId, modelName, model, provider, mode }: Deployment,
  row: Row,
): void {
  const labels = { model_id: modelId, model_name: modelName, model, provider, mode };
  for (const name of pushedMetrics) {
    const value = values[name](row);
    if (value !== null) points[name].push({ labels, value });
  }
}

export function noPoints(): Record<PushedMetric, Sample[]> {
  return Object.fromEntries(pushedMetrics.map((name) => [name, [] as Sample[]])) as Record<
    PushedMetric,
    Sample[]
  >;
}
