// What is kept, and for how long.

import { day, integer, type SettingRow, seconds } from "./row.ts";

export const historyRows = {
  history: {
    keys: ["fleetpulse.history"],
    value: { kind: "boolean" },
    byDefault: true,
    help: "false keeps no history, and no statuses for the next start.",
  },
  keepChecksMs: {
    keys: ["fleetpulse.keep_checks"],
    value: seconds(3600, 7 * day),
    byDefault: day,
    help: "How long every single outcome is kept.",
  },
  keepMinutesMs: {
    keys: ["fleetpulse.keep_minutes"],
    value: seconds(2 * 3600, 31 * day),
    byDefault: 3 * day,
    help: "How long the roll-ups of minutes are kept.",
  },
  keepHoursMs: {
    keys: ["fleetpulse.keep_hours"],
    value: seconds(31 * day, 3650 * day),
    byDefault: 90 * day,
    help: "How long the roll-ups of hours are kept.",
  },
  keepTransitionsMs: {
    keys: ["fleetpulse.keep_transitions"],
    value: seconds(31 * day, 3650 * day),
    byDefault: 400 * day,
    help: "How long changes of state are kept.",
  },
  checksMax: {
    keys: ["fleetpulse.checks_max"],
    value: integer(1000, 1_000_000_000),
    byDefault: 2_000_000,
    help: "Single outcomes that are kept at most, however fast the fleet is probed.",
  },
  historyBufferBytes: {
    keys: ["fleetpulse.history_buffer_bytes"],
    value: integer(65_536, 100_000_000_000),
    byDefault: 268_435_456,
    help: "History that may wait on disk while PostgreSQL is away; beyond it the oldest is dropped and counted.",
  },
  litellmTable: {
    keys: ["fleetpulse.litellm_table"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "Also writes rows into the proxy's own LiteLLM_HealthCheckTable (PostgreSQL), so that its page shows them.",
  },
  nodeName: {
    keys: ["fleetpulse.node"],
    fallbacks: ["HOSTNAME"],
    value: { kind: "text" },
    byDefault: "fleetpulse",
    help: "Name of this process in the database.",
  },
} as const satisfies Record<string, SettingRow>;
