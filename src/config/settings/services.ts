// The services that this one depends on, and the proxy that is watched.

import { day, type SettingRow, seconds } from "./row.ts";

export const servicesRows = {
  databaseUrl: {
    keys: ["general_settings.database_url"],
    fallbacks: ["DATABASE_URL"],
    value: { kind: "secret" },
    byDefault: null,
    help: "PostgreSQL for the history; without it the embedded SQLite file serves.",
  },
  sqliteFile: {
    keys: ["fleetpulse.sqlite_file"],
    value: { kind: "text" },
    byDefault: "data/fleetpulse.sqlite",
    help: "The embedded database's file: history, or what waits for PostgreSQL, and the statuses for the next start.",
  },
  tableFile: {
    keys: ["fleetpulse.table_file"],
    value: { kind: "text" },
    byDefault: null,
    help: "File in which the table lives: it survives the process and other processes can read it. Without it the table is in memory.",
  },
  serviceIntervalMs: {
    keys: ["fleetpulse.service_interval"],
    value: seconds(0.1, day),
    byDefault: 5,
    help: "Between two checks of the database, Redis and the proxy.",
  },
  serviceTimeoutMs: {
    keys: ["fleetpulse.service_timeout"],
    value: seconds(0.05, 60),
    byDefault: 2,
    help: "Deadline of such a check.",
  },
  proxyUrl: {
    keys: ["fleetpulse.proxy_url"],
    fallbacks: ["LITELLM_PROXY_URL"],
    value: { kind: "url" },
    byDefault: null,
    help: "The proxy beside which the service runs; watched, and asked for its version.",
  },
  proxyKey: {
    keys: ["fleetpulse.proxy_key", "general_settings.master_key"],
    fallbacks: ["LITELLM_MASTER_KEY"],
    value: { kind: "secret" },
    byDefault: null,
    help: "Key for the proxy; the master key unless another is given.",
  },
  litellmVersion: {
    keys: [],
    overrides: ["LITELLM_VERSION"],
    value: { kind: "text" },
    byDefault: null,
    help: "Version to report for the proxy when it is not asked.",
  },
} as const satisfies Record<string, SettingRow>;
