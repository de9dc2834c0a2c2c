// This process: its version, its configuration, and what it takes of the machine.

import type { MetricRow } from "./row.ts";

export const processRows = {
  fleetpulse_build_info: {
    type: "gauge",
    help: "Always 1; the version of the service is in the label.",
    labels: ["version"],
  },
  fleetpulse_config_reloads: {
    type: "counter",
    help: "Reloads of the configuration by result: applied or refused.",
    labels: ["result"],
  },
  fleetpulse_config_last_load_timestamp_seconds: {
    type: "gauge",
    help: "When the running configuration was loaded, Unix time.",
    labels: [],
  },
  process_cpu_seconds: {
    type: "counter",
    help: "User and system CPU time of the process.",
    labels: [],
  },
  process_resident_memory_bytes: {
    type: "gauge",
    help: "Resident memory of the process.",
    labels: [],
  },
  process_start_time_seconds: {
    type: "gauge",
    help: "When the process started, Unix time.",
    labels: [],
  },
} as const satisfies Record<string, MetricRow>;
