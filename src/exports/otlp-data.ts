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

interface Times {
  readonly startTime: Time;
  readonly endTime: Time;
}

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
  #lastMs: number | null = null;

  constructor(resource: Resource, version: string, temporality: Temporality) {
    this.#resource = resource;
    this.#version = version;
    this.#temporality = temporality;
  }

  requestsOf(reading: Reading): ResourceMetrics[] {
    const isDelta = this.#temporality === "delta";
    const times: Times = {
      startTime: timeOf(isDelta ? (this.#lastMs ?? reading.startMs) : reading.startMs),
      endTime: timeOf(reading.wallMs),
    };
    const metrics = reading.families.flatMap((family) => this.#metricsOf(family, times));
    return batched(metrics).map((batch) => ({
      resource: this.#resource,
      scopeMetrics: [{ scope: { name: "fleetpulse", version: this.#version }, metrics: batch }],
    }));
  }

  delivered(reading: Reading): void {
    this.#lastMs = reading.wallMs;
    this.#deltas.keep();
  }

  lost(): void {
    this.#deltas.drop();
  }

  #metricsOf(family: Family, times: Times): MetricData[] {
    if (family.points.length === 0) return [];
    const descriptor = {
      name: family.name,
      description: family.help,
      unit: units.find(([suffix]) => family.name.endsWith(suffix))?.[1] ?? "1",
      valueType: double,
    };
    const aggregationTemporality =
      this.#temporality === "delta"
        ? AggregationTemporality.DELTA
        : AggregationTemporality.CUMULATIVE;
    const pointOf = <T>(labels: Point["labels"], value: T) => ({
      ...times,
      attributes: { ...labels },
      value,
    });
    if (family.type === "gauge") {
      const dataPoints = family.points.map(({ labels, value }) => pointOf(labels, value));
      return [
        {
          descriptor,
          aggregationTemporality: AggregationTemporality.CUMULATIVE,
          dataPointType: DataPointType.GAUGE,
          dataPoints,
        },
      ];
    }
    if (family.type === "counter") {
      const dataPoints = family.points.flatMap((point) => {
        const value = this.#grownOf(family, point);
        return value === null ? [] : [pointOf(point.labels, value)];
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
    const dataPoints = histogramsOf(family, (point) => this.#grownOf(family, point)).map(
      ({ labels, histogram }) => pointOf(labels, histogram),
    );
    return [
      { descriptor, aggregationTemporality, dataPointType: DataPointType.HISTOGRAM, dataPoints },
    ];
  }

  #grownOf(family: Family, point: Point): number | null {
    if (this.#temporality === "cumulative") return point.value;
    return this.#deltas.of(seriesOf(family, point), point.value);
  }
}

interface Parts {
  readonly labels: Record<string, string>;
  readonly bounds: number[];
  /** Cumulative, as Prometheus has them. */
  readonly upTo: number[];
  sum: number;
  count: number;
}

/** Classic histograms from their parts; those of which nothing is known yet are left out. */
function histogramsOf(
  family: Family,
  numberOf: (point: Point) => number | null,
): { readonly labels: Record<string, string>; readonly histogram: Histogram }[] {
  const all = new Map<string, Parts>();
  for (const point of family.points) {
    const value = numberOf(point);
    if (value === null) continue;
    const { le, ...labels } = point.labels as Record<string, string>;
    const name = JSON.stringify(labels);
    const parts = all.get(name) ?? { labels, bounds: [], upTo: [], sum: 0, count: 0 };
    all.set(name, parts);
    if (le === undefined) {
      if (point.name?.endsWith("_sum")) parts.sum = value;
      else parts.count = value;
    } else {
      if (le !== "+Inf") parts.bounds.push(Number(le));
      parts.upTo.push(value);
    }
  }
  return [...all.values()].map(({ labels, bounds, upTo, sum, count }) => ({
    labels,
    histogram: {
      buckets: {
        boundaries: bounds,
        counts: upTo.map((one, index) => one - (upTo[index - 1] ?? 0)),
      },
      sum,
      count,
    },
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
