// Settings that are read once, when the process starts. A reload that changes one of them says so.

import { Secret } from "../config/secret.ts";
import type { Settings } from "../config/settings.ts";

const names = [
  "host",
  "port",
  "threads",
  "responseBytesMax",
  "databaseUrl",
  "redisUrl",
  "sqliteFile",
  "tableFile",
  "serviceIntervalMs",
  "serviceTimeoutMs",
  "history",
  "keepChecksMs",
  "keepMinutesMs",
  "keepHoursMs",
  "keepTransitionsMs",
  "checksMax",
  "historyBufferBytes",
  "litellmTable",
  "nodeName",
  "otlpEndpoint",
  "otlpHeaders",
  "otlpAttributes",
  "otlpTemporality",
  "otlpIntervalMs",
  "otlpTimeoutMs",
  "statsdAddress",
  "statsdIntervalMs",
  "statsdTags",
  "proxyUrl",
  "proxyKey",
  "callbackBytesMax",
  "spendLogs",
  "spendLogsUrl",
  "spendLogsIntervalMs",
  "spendLogsLatenessMs",
  "trafficTeamLabels",
  "trafficKeyLabels",
  "trafficSeriesMax",
  "latencyBuckets",
  "litellmMetrics",
  "passiveHealth",
  "passiveFall",
  "passiveFailureShare",
  "passiveVolumeMin",
  "passiveWindowMs",
] as const satisfies readonly (keyof Settings)[];

/** Those that differ and take effect with a restart only. */
export function restartOnlyChanges(before: Settings, after: Settings): readonly string[] {
  return names.filter((name) => plain(before[name]) !== plain(after[name]));
}

/** Lists are equal when what is in them is. */
function plain(value: unknown): unknown {
  return JSON.stringify(value instanceof Secret ? value.reveal() : value);
}
