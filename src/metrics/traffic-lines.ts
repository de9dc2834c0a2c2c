// The series of traffic as text, like those of single deployments (see deployment-lines.ts): a large fleet has hundreds of thousands.
// And as points, for receivers that are pushed to.

import { escaped } from "./deployment-lines.ts";
import { canonicalBound, ExpositionText } from "./exposition-text.ts";
import { exposedName, type MetricName, metricRows } from "./rows.ts";
import type { ReportedTraffic, Sample, TrafficHistogram, TrafficReading } from "./sources.ts";

const names = [
  "fleetpulse_traffic_requests",
  "fleetpulse_traffic_request_duration_seconds",
  "fleetpulse_traffic_first_token_seconds",
  "fleetpulse_traffic_tokens",
  "fleetpulse_traffic_cost_usd",
] as const satisfies readonly MetricName[];

export type TrafficMetric = (typeof names)[number];

export const trafficMetrics: ReadonlySet<MetricName> = new Set(names);

export interface TrafficLines {
  add(labels: Readonly<Record<string, string>>, reading: TrafficReading): void;
  /** Pieces of the exposition, in order: each metric with its head and all of its lines. */
  pieces(): SharedArrayBuffer[];
}

export function writeTrafficLines(openMetrics: boolean): TrafficLines {
  const boundText = openMetrics ? canonicalBound : String;
  const text = new ExpositionText(names, (name) => headOf(name, openMetrics), boundText);
  return {
    add(given, reading) {
      const labels = Object.entries(given)
        .map(([name, value]) => `${name}="${escaped(value)}"`)
        .join(",");
      for (const [name, count] of reading.classes) {
        if (count === 0) continue;
        text.write("fleetpulse_traffic_requests", "_total", `${labels},class="${name}"`, count);
      }
      text.histogram("fleetpulse_traffic_request_duration_seconds", labels, reading.duration);
      if (reading.firstToken.counts.some((count) => count > 0)) {
        text.histogram("fleetpulse_traffic_first_token_seconds", labels, reading.firstToken);
      }
      const tokens = "fleetpulse_traffic_tokens";
      text.write(tokens, "_total", `${labels},kind="prompt"`, reading.promptTokens);
      text.write(tokens, "_total", `${labels},kind="completion"`, reading.completionTokens);
      text.write("fleetpulse_traffic_cost_usd", "_total", labels, reading.costUsd);
    },
    pieces: () => text.pieces(),
  };
}

/** The points of the first so many sets of labels, by metric. */
export function trafficPoints(
  series: ReturnType<ReportedTraffic["series"]>,
  seriesMax: number,
): Record<TrafficMetric, Sample[]> {
  const points: Record<TrafficMetric, Sample[]> = {
    fleetpulse_traffic_requests: [],
    fleetpulse_traffic_request_duration_seconds: [],
    fleetpulse_traffic_first_token_seconds: [],
    fleetpulse_traffic_tokens: [],
    fleetpulse_traffic_cost_usd: [],
  };
  let left = seriesMax;
  for (const [labels, { classes, duration, firstToken, ...sums }] of series) {
    if (left === 0) break;
    left -= 1;
    for (const [name, value] of classes) {
      if (value === 0) continue;
      points.fleetpulse_traffic_requests.push({ labels: { ...labels, class: name }, value });
    }
    const durationName = "fleetpulse_traffic_request_duration_seconds";
    points[durationName].push(...histogramPoints(durationName, labels, duration));
    const firstName = "fleetpulse_traffic_first_token_seconds";
    if (firstToken.counts.some((count) => count > 0)) {
      points[firstName].push(...histogramPoints(firstName, labels, firstToken));
    }
    points.fleetpulse_traffic_tokens.push(
      { labels: { ...labels, kind: "prompt" }, value: sums.promptTokens },
      { labels: { ...labels, kind: "completion" }, value: sums.completionTokens },
    );
    points.fleetpulse_traffic_cost_usd.push({ labels, value: sums.costUsd });
  }
  return points;
}

function histogramPoints(
  name: TrafficMetric,
  labels: Readonly<Record<string, string>>,
  { bounds, counts, sumSeconds }: TrafficHistogram,
): Sample[] {
  let count = 0;
  const buckets = counts.map((inBucket, index) => {
    count += inBucket;
    const le = String(bounds[index] ?? "+Inf");
    return { name: `${name}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...buckets,
    { name: `${name}_sum`, labels, value: sumSeconds },
    { name: `${name}_count`, labels, value: count },
  ];
}

function headOf(name: TrafficMetric, openMetrics: boolean): string {
  const { help, type } = metricRows[name];
  const exposed = openMetrics ? name : exposedName(name);
  return `# HELP ${exposed} ${help}\n# TYPE ${exposed} ${type}\n`;
}
