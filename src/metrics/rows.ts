// Every metric the service exports, as one table (what a row is stands in rows/row.ts): the exposition and the README are both held
// against it.

import { clusterRows } from "./rows/cluster.ts";
import { exportsRows } from "./rows/exports.ts";
import { fleetRows } from "./rows/fleet.ts";
import { historyRows } from "./rows/history.ts";
import { probeRows } from "./rows/probe.ts";
import { processRows } from "./rows/process.ts";
import { servicesRows } from "./rows/services.ts";
import { servingRows } from "./rows/serving.ts";
import { threadsRows } from "./rows/threads.ts";
import { trafficRows } from "./rows/traffic.ts";

export const metricRows = {
  ...fleetRows,
  ...probeRows,
  ...trafficRows,
  ...servicesRows,
  ...historyRows,
  ...clusterRows,
  ...threadsRows,
  ...servingRows,
  ...exportsRows,
  ...processRows,
} as const;

export type MetricName = keyof typeof metricRows;

export const metricNames = Object.keys(metricRows) as MetricName[];

/** The name under which a metric is exposed in the Prometheus text format. */
export function exposedName(name: MetricName): string {
  return metricRows[name].type === "counter" ? `${name}_total` : name;
}
