// All numbers of the service at one moment, as a thread hands them to another: plain data.

export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Only of a part of a histogram: `…_bucket`, `…_sum` or `…_count`. */
  readonly name?: string;
}

export interface Family {
  /** Without `_total`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly points: readonly Point[];
}

export interface Reading {
  /** Unix time, milliseconds. */
  readonly wallMs: number;
  /** Since when counters count. */
  readonly startMs: number;
  readonly families: readonly Family[];
  /** Whether everything that the service needs is there, as `/health` says it. */
  readonly healthy: boolean;
  /** Deployments that a client can use now. */
  readonly healthyModels: number;
}

/** The name of a point's series within its family. */
export function seriesOf(family: Family, { labels, name }: Point): string {
  return `${name ?? family.name} ${JSON.stringify(labels)}`;
}
