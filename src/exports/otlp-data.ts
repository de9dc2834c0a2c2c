// A reading as the data of OpenTelemetry's metrics. Names stay as Prometheus has them; units are UCUM's, as receivers that write for
// Prometheus expect them. (opentelemetry.io/docs/specs/otel/metrics/data-model, …/compatibility/prometheus_and_openmetrics)

import type { Resource } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  DataPointType,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { Deltas } from "./deltas.ts";
import { type Family, type Point, type Reading, seriesOf } from "./reading.ts";

export type Temporality = "cumulative" | "delta";

type Time = [seconds: number, nanoseconds: number];

/** What is said of a series: a sum since the start, or what it grew by since the receiver took it last. */
interface Said {
  readonly value: number;
  readonly sinceMs: number;
}

/** Sums that a receiver of growth knows of once it has taken a point. */
type Sums = readonly (readonly [series: string, sum: number])[];

/** OpenTelemetry's ValueType.DOUBLE. */
const double = 1;
/** Points in one request: some 100 bytes each before compression, and receivers take 4 MB. */
const pointsMax = 5000;

const units: readonly (readonly [suffix: string, unit: string])[] = [
  ["_seconds", "s"],
  ["_bytes", "By"],
  ["_usd", "{USD}"],
];

/** Turns readings into requests of a bounded size. */
export class OtlpData {
  readonly #resource: Resource;
  readonly #version: string;
  readonly #temporality: Temporality;
  readonly #deltas = new Deltas();
  /** By point. */
  readonly #sums = new WeakMap<object, Sums>();

  constructor(resource: Resource, version: string, temporality: Temporality) {
    this.#resource = resource;
    this.#version = version;
    this.#temporality = temporality;
  }

  requestsOf(reading: Reading): ResourceMetrics[] {
    this.#deltas.begin(reading.wallMs);
    const metrics = reading.families.flatMap((family) => this.#metricsOf(family, reading));
    return batched(metrics).map((batch) => ({
      resource: this.#resource,
      scopeMetrics: [{ scope: { name: "fleetpulse", version: this.#version }, metrics: batch }],
    }));
  }

  taken(request: ResourceMetrics): void {
    for (const point of allPoints(request)) {
      for (const [series, sum] of this.#sums.get(point) ?? []) this.#deltas.took(series, sum);
    }
  }

  #metricsOf(family: Family, reading: Reading): MetricData[] {
    if (family.points.length === 0) return [];
    const descriptor = {
      name: family.name,
      description: family.help,
      unit: units.find(([suffix]) => family.name.endsWith(suffix))?.[1] ?? "1",
      valueType: double,
    };
    const cumulative = AggregationTemporality.CUMULATIVE;
    const aggregationTemporality =
      this.#temporality === "delta" ? AggregationTemporality.DELTA : cumulative;
    const endTime = timeOf(reading.wallMs);
    const pointOf = <T>(labels: Point["labels"], value: T, sinceMs: number, sums: Sums) => {
      const point = { startTime: timeOf(sinceMs), endTime, attributes: { ...labels }, value };
      if (this.#temporality === "delta" && sums.length > 0) this.#sums.set(point, sums);
      return point;
    };
    if (family.type === "gauge") {
      const dataPoints = family.points.map(({ labels, value }) =>
        pointOf(labels, value, reading.startMs, []),
      );
      return [
        {
          descriptor,
          aggregationTemporality: cumulative,
          dataPointType: DataPointType.GAUGE,
          dataPoints,
        },
      ];
    }
    const said = (point: Point) => this.#said(family, point, reading);
    if (family.type === "counter") {
      const dataPoints = family.points.flatMap((point) => {
        const one = said(point);
        if (one === null) return [];
        const sums: Sums = [[seriesOf(family, point), point.value]];
        return [pointOf(point.labels, one.value, one.sinceMs, sums)];
      });
      return [
        {
          descriptor,
          aggregationTemporality,
          dataPointType: DataPointType.SUM,
          isMonotonic: true,
          dataPoints,
        },
      ];
    }
    const dataPoints = histogramsOf(family, said).map(({ labels, histogram, sinceMs, sums }) =>
      pointOf(labels, histogram, sinceMs, sums),
    );
    return [
      { descriptor, aggregationTemporality, dataPointType: DataPointType.HISTOGRAM, dataPoints },
    ];
  }

  #said(family: Family, point: Point, { startMs }: Reading): Said | null {
    if (this.#temporality === "cumulative") return { value: point.value, sinceMs: startMs };
    const growth = this.#deltas.of(seriesOf(family, point), point.value);
    return growth === null ? null : { value: growth.by, sinceMs: growth.sinceMs };
  }
}

export function pointsIn(request: ResourceMetrics): number {
  return allPoints(request).length;
}

function allPoints({ scopeMetrics }: ResourceMetrics) {
  return scopeMetrics.flatMap(({ metrics }) => metrics.flatMap<object>((one) => one.dataPoints));
}

interface Parts {
  readonly labels: Record<string, string>;
  readonly bounds: number[];
  /** Cumulative, as Prometheus has them. */
  readonly upTo: number[];
  readonly sums: [series: string, sum: number][];
  sinceMs: number;
  sum: number;
  count: number;
}

interface WholeHistogram {
  readonly labels: Record<string, string>;
  readonly histogram: Histogram;
  readonly sinceMs: number;
  readonly sums: Sums;
}

/** Classic histograms from their parts; those of which nothing is known yet are left out. */
function histogramsOf(family: Family, said: (point: Point) => Said | null): WholeHistogram[] {
  const all = new Map<string, Parts>();
  for (const point of family.points) {
    const one = said(point);
    if (one === null) continue;
    const { value, sinceMs } = one;
    const { le, ...labels } = point.labels as Record<string, string>;
    const name = JSON.stringify(labels);
    const known = all.get(name);
    const parts = known ?? { labels, bounds: [], upTo: [], sums: [], sinceMs, sum: 0, count: 0 };
    if (known === undefined) all.set(name, parts);
    parts.sums.push([seriesOf(family, point), point.value]);
    if (le === undefined) {
      if (point.name?.endsWith("_sum")) parts.sum = value;
      else parts.count = value;
    } else {
      if (le !== "+Inf") parts.bounds.push(Number(le));
      parts.upTo.push(value);
    }
  }
  return [...all.values()].map(({ labels, bounds, upTo, sums, sinceMs, sum, count }) => ({
    labels,
    histogram: {
      buckets: {
        boundaries: bounds,
        counts: upTo.map((one, index) => one - (upTo[index - 1] ?? 0)),
      },
      sum,
      count,
    },
    sinceMs,
    sums,
  }));
}

/** In requests that hold so many points at most. */
function batched(metrics: readonly MetricData[]): MetricData[][] {
  const batches: MetricData[][] = [];
  let batch: MetricData[] = [];
  let points = 0;
  for (const metric of metrics.flatMap(sliced)) {
    if (points + metric.dataPoints.length > pointsMax && batch.length > 0) {
      batches.push(batch);
      batch = [];
      points = 0;
    }
    batch.push(metric);
    points += metric.dataPoints.length;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}

function sliced(metric: MetricData): MetricData[] {
  const { dataPoints } = metric;
  if (dataPoints.length <= pointsMax) return dataPoints.length === 0 ? [] : [metric];
  const slices = Math.ceil(dataPoints.length / pointsMax);
  return Array.from({ length: slices }, (_, index) => ({
    ...metric,
    dataPoints: dataPoints.slice(index * pointsMax, (index + 1) * pointsMax),
  })) as MetricData[];
}

function timeOf(wallMs: number): Time {
  const seconds = Math.floor(wallMs / 1000);
  return [seconds, Math.round((wallMs - seconds * 1000) * 1e6)];
}
