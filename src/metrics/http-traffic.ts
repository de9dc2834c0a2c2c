// Requests that this service answered, counted by the routes as they answer. Labels are bounded: routes come
// from our own list, never from a client's URL.

import { Counter, Histogram } from "prom-client";
import type { Sample } from "./sources.ts";

export interface HttpTraffic {
  begin(): void;
  /** A request to one of our routes was answered. */
  end(route: string, method: string, status: number, seconds: number): void;
  /** Requests that are being answered now. */
  current(): number;
  requests(): Promise<Sample[]>;
  durations(): Promise<Sample[]>;
  inFlight(): Promise<Sample[]>;
}

const methods = new Set(["GET", "HEAD", "POST", "OPTIONS"]);

export function createHttpTraffic(): HttpTraffic {
  const requests = new Counter({
    name: "requests",
    help: "requests",
    labelNames: ["route", "method", "status"],
    registers: [],
  });
  const durations = new Histogram({
    name: "fleetpulse_http_request_duration_seconds",
    help: "durations",
    labelNames: ["route"],
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [],
  });
  let inFlight = 0;
  return {
    begin() {
      inFlight += 1;
    },
    end(route, method, status, seconds) {
      inFlight -= 1;
      requests.inc({
        route,
        method: methods.has(method) ? method : "other",
        status: String(status),
      });
      durations.observe({ route }, seconds);
    },
    current: () => inFlight,
    requests: async () => samplesOf((await requests.get()).values),
    durations: async () => samplesOf((await durations.get()).values),
    inFlight: async () => [{ labels: {}, value: inFlight }],
  };
}

function samplesOf(
  values: readonly {
    value: number;
    labels: Partial<Record<string, string | number>>;
    metricName?: string | undefined;
  }[],
): Sample[] {
  return values.map(({ value, labels, metricName }) => ({
    value,
    labels: Object.fromEntries(Object.entries(labels).map(([key, label]) => [key, String(label)])),
    ...(metricName === undefined ? {} : { name: metricName }),
  }));
}
