// The prober threads: whether they live, what they have to do, and how late they do it.

import type { MetricRow } from "./row.ts";

export const threadsRows = {
  fleetpulse_thread_alive: {
    type: "gauge",
    help: "1 while the prober thread's heart beats, else 0.",
    labels: ["thread"],
  },
  fleetpulse_thread_restarts: {
    type: "counter",
    help: "Times the prober thread was replaced.",
    labels: ["thread"],
  },
  fleetpulse_thread_deployments: {
    type: "gauge",
    help: "Deployments that the prober thread asks.",
    labels: ["thread"],
  },
  fleetpulse_thread_probes_in_flight: {
    type: "gauge",
    help: "Probes that wait for their upstream.",
    labels: ["thread"],
  },
  fleetpulse_thread_probes_queued: {
    type: "gauge",
    help: "Due probes that wait for a bound (in flight, provider, host or key).",
    labels: ["thread"],
  },
  fleetpulse_thread_start_lateness_max_seconds: {
    type: "gauge",
    help: "How much later than planned a probe started, queueing aside, the worst since the last scrape.",
    labels: ["thread"],
  },
  fleetpulse_probe_start_lateness_seconds: {
    type: "histogram",
    help: "How much later than planned probes started, queueing aside.",
    labels: ["thread"],
  },
  fleetpulse_probe_queue_seconds: {
    type: "histogram",
    help: "How long due probes waited for a bound (rate, in flight, provider, host or key).",
    labels: ["thread"],
  },
  fleetpulse_event_loop_lag_seconds: {
    type: "gauge",
    help: "How late the thread's timers run, the worst since the last scrape.",
    labels: ["thread"],
  },
} as const satisfies Record<string, MetricRow>;
