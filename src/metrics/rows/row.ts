// What a metric is, as a row of data. Names follow the Prometheus conventions: base units, `_total` for counters (added on exposition, so
// that the OpenMetrics form, which wants the family without it, comes from the same row).

export interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
}
