// The writing of history.

import type { MetricRow } from "./row.ts";

export const historyRows = {
  fleetpulse_history_up: {
    type: "gauge",
    help: "1 while history can be written, else 0; absent when none is kept.",
    labels: [],
  },
  fleetpulse_history_entries: {
    type: "counter",
    help: "Entries of history (outcomes, changes, roll-ups) by result: written, or dropped for want of room.",
    labels: ["result"],
  },
  fleetpulse_history_unseen_outcomes: {
    type: "counter",
    help: "Outcomes that are in the roll-ups only, because another followed within a moment.",
    labels: [],
  },
  fleetpulse_history_waiting_entries: {
    type: "gauge",
    help: "Entries of history that wait to be written.",
    labels: [],
  },
  fleetpulse_history_last_write_timestamp_seconds: {
    type: "gauge",
    help: "When history was written last, Unix time.",
    labels: [],
  },
} as const satisfies Record<string, MetricRow>;
