// Settings that are read once, when the process starts. A reload that finds another value than the process runs with says so; the
// README lists the same.

import { Secret } from "../config/secret.ts";
import { settingRows } from "../config/setting-rows.ts";
import type { Settings } from "../config/settings.ts";
import { hostOf } from "./address.ts";

export const restartOnly = [
  "host",
  "port",
  "threads",
  "databaseUrl",
  "sqliteFile",
  "tableFile",
  "serviceIntervalMs",
  "serviceTimeoutMs",
  "proxyUrl",
  "proxyKey",
  "litellmVersion",
  "cluster",
  "sharedHealthCheck",
  "clusterHeartbeatMs",
  "callbackBytesMax",
  "spendLogs",
  "spendLogsUrl",
  "spendLogsIntervalMs",
  "spendLogsLatenessMs",
  "trafficTeamLabels",
  "trafficKeyLabels",
  "trafficSeriesMax",
  "passiveHealth",
  "passiveFall",
  "passiveFailureShare",
  "passiveVolumeMin",
  "passiveWindowMs",
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
  "latencyBuckets",
  "litellmMetrics",
] as const satisfies readonly (keyof typeof settingRows)[];

/** By the names that an operator gives them, those of which the process runs with another value. */
export function restartOnlyChanges(started: Settings, next: Settings): readonly string[] {
  const changed = restartOnly.filter((name) => effective(started, name) !== effective(next, name));
  // Redis has no row: it is made of several keys.
  const redis = plain(started.redisUrl) === plain(next.redisUrl) ? [] : ["Redis"];
  return [...changed.map(sourceOf), ...redis];
}

/** As the configuration has it: the first place where it is looked for. */
export function sourceOf(name: (typeof restartOnly)[number]): string {
  const { flag, keys, overrides } = settingRows[name] as {
    readonly flag?: string;
    readonly keys: readonly string[];
    readonly overrides?: readonly string[];
  };
  return flag === undefined ? (keys[0] ?? overrides?.[0] ?? name) : `--${flag}`;
}

/** The address depends on the key where none is given. */
function effective(settings: Settings, name: (typeof restartOnly)[number]): unknown {
  return name === "host" ? hostOf(settings) : plain(settings[name]);
}

/** Lists are equal when what is in them is. */
function plain(value: unknown): unknown {
  return JSON.stringify(value instanceof Secret ? value.reveal() : value);
}
