// Requests that this service answered, counted by the routes as they answer. Labels are bounded: routes come
// from our own list, never from a client's URL.

import type { Sample, TrafficSamples } from "./sources.ts";

export interface HttpTraffic {
  begin(): void;
  /** Shows these from zero on: of a counter that begins with its first event, that event is no growth. */
  expect(route: string, method: string, statuses: readonly number[]): void;
  /** A request to one of our routes was answered. */
  end(route: string, method: string, status: number, seconds: number): void;
  /** Requests that are being answered now. */
  current(): number;
  samples(): TrafficSamples;
}

const methods = new Set(["GET", "HEAD", "POST", "OPTIONS"]);
const ownBucketsSeconds = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5,
] as const;
const durationName = "fleetpulse_http_request_duration_seconds";

interface Answered {
  readonly route: string;
  readonly method: string;
  readonly status: string;
  count: number;
}

interface Durations {
  /** Requests by bucket, the last one beyond all bounds; not cumulative. */
  readonly counts: number[];
  sumSeconds: number;
}

/** `latencyBuckets` null: bounds of its own. */
export function createHttpTraffic(latencyBuckets: readonly number[] | null = null): HttpTraffic {
  const bucketsSeconds = latencyBuckets ?? ownBucketsSeconds;
  const answered = new Map<string, Answered>();
  const durations = new Map<string, Durations>();
  let inFlight = 0;

  function rowOf(route: string, given: string, code: number): Answered {
    const method = methods.has(given) ? given : "other";
    const status = String(code);
    const key = `${route} ${method} ${status}`;
    let row = answered.get(key);
    if (row === undefined) {
      row = { route, method, status, count: 0 };
      answered.set(key, row);
    }
    return row;
  }

  return {
    begin() {
      inFlight += 1;
    },
    expect(route, method, statuses) {
      for (const status of statuses) rowOf(route, method, status);
    },
    end(route, method, code, seconds) {
      inFlight -= 1;
      rowOf(route, method, code).count += 1;
      let taken = durations.get(route);
      if (taken === undefined) {
        taken = { counts: new Array<number>(bucketsSeconds.length + 1).fill(0), sumSeconds: 0 };
        durations.set(route, taken);
      }
      const above = bucketsSeconds.findIndex((bound) => seconds <= bound);
      const bucket = above < 0 ? bucketsSeconds.length : above;
      taken.counts[bucket] = (taken.counts[bucket] ?? 0) + 1;
      taken.sumSeconds += seconds;
    },
    current: () => inFlight,
    samples: () => ({
      requests: [...answered.values()].map(({ count, ...labels }) => ({ labels, value: count })),
      durations: [...durations].flatMap(([route, taken]) =>
        histogramOf(route, taken, bucketsSeconds),
      ),
      current: inFlight,
    }),
  };
}

/** The parts of a classic histogram: cumulative buckets, sum and count. */
function histogramOf(
  route: string,
  { counts, sumSeconds }: Durations,
  bucketsSeconds: readonly number[],
): Sample[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    const le = bucketsSeconds[index] === undefined ? "+Inf" : String(bucketsSeconds[index]);
    return { name: `${durationName}_bucket`, labels: { route, le }, value: total };
  });
  return [
    ...buckets,
    { name: `${durationName}_sum`, labels: { route }, value: sumSeconds },
    { name: `${durationName}_count`, labels: { route }, value: total },
  ];
}
