// What the proxy reports of real requests, and what it does to a status.

import { day, integer, type SettingRow, seconds } from "./row.ts";

export const trafficRows = {
  callbackKey: {
    keys: ["fleetpulse.callback_key"],
    value: { kind: "secret" },
    byDefault: null,
    help: "Key that POST /callbacks/litellm takes besides the master key, as Authorization: Bearer.",
  },
  callbackBytesMax: {
    keys: ["fleetpulse.callback_bytes_max"],
    value: integer(1024, 1024 * 1024 * 1024),
    byDefault: 32 * 1024 * 1024,
    help: "Bytes of a callback's body, as it is sent and as it unpacks; twice as much may be read or wait to be counted at a time.",
  },
  spendLogs: {
    keys: ["fleetpulse.spend_logs"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true also counts traffic from the proxy's LiteLLM_SpendLogs (PostgreSQL); what a callback told is not counted again.",
  },
  spendLogsUrl: {
    keys: ["fleetpulse.spend_logs_url", "general_settings.database_url"],
    fallbacks: ["DATABASE_URL"],
    value: { kind: "secret" },
    byDefault: null,
    help: "PostgreSQL with that table; a role that may SELECT from it is enough.",
  },
  spendLogsIntervalMs: {
    keys: ["fleetpulse.spend_logs_interval"],
    value: seconds(0.1, 3600),
    byDefault: 10,
    help: "Between two readings of spend logs.",
  },
  spendLogsLatenessMs: {
    keys: ["fleetpulse.spend_logs_lateness"],
    value: seconds(1, day),
    byDefault: 900,
    help: "How long after its request began a row of spend logs may be written and is still counted.",
  },
  trafficTeamLabels: {
    keys: ["fleetpulse.traffic_team_labels"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true gives traffic metrics the label team.",
  },
  trafficKeyLabels: {
    keys: ["fleetpulse.traffic_key_labels"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true gives traffic metrics the label key_alias.",
  },
  trafficSeriesMax: {
    keys: ["fleetpulse.traffic_series_max"],
    value: integer(1, 1_000_000),
    byDefault: 20_000,
    help: "Sets of labels that traffic is counted by; what finds no room is counted as other.",
  },
  passiveHealth: {
    keys: ["fleetpulse.passive_health"],
    value: { kind: "boolean" },
    byDefault: true,
    help: "Whether traffic that the proxy reports moves the status of deployments and puts their probes off.",
  },
  passiveFall: {
    keys: ["fleetpulse.passive_fall"],
    value: integer(1, 10_000),
    byDefault: 5,
    help: "Requests in a row whose failure makes a deployment unhealthy.",
  },
  passiveFailureShare: {
    keys: ["fleetpulse.passive_failure_share"],
    value: { kind: "number", min: 0.01, max: 1 },
    byDefault: 0.5,
    help: "Share of failures among a window's requests that makes a deployment unhealthy.",
  },
  passiveVolumeMin: {
    keys: ["fleetpulse.passive_volume_min"],
    value: integer(1, 1_000_000),
    byDefault: 20,
    help: "Requests in the window from which on the share counts.",
  },
  passiveWindowMs: {
    keys: ["fleetpulse.passive_window"],
    value: seconds(1, 3600),
    byDefault: 60,
    help: "The window for that share.",
  },
} as const satisfies Record<string, SettingRow>;
