// Everything this service depends on, checked in the background. Nobody waits for a check: reports are read from memory.
// The drivers are loaded when they are configured, and not before: beside the server, the two cost 6 MB and 16 ms of start-up.

import type { Clock } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import { secretsOf } from "../connection/connection-url.ts";
import { createResolver } from "../transport/resolver.ts";
import { type CheckLoopOptions, startCheckLoop } from "./check-loop.ts";
import { postgresCheck } from "./postgres.ts";
import { proxyCheck } from "./proxy.ts";
import { redisCheck } from "./redis.ts";
import { notConfigured, type ServiceReport } from "./report.ts";
import { sqliteCheck } from "./sqlite.ts";

export type ServiceName = "database" | "redis" | "proxy";

export interface Services {
  database(): ServiceReport;
  redis(): ServiceReport;
  proxy(): ServiceReport;
  /** The database was reached at least once. */
  databaseInitialized(): boolean;
  /** The proxy's version: as set, else as it said, else "unknown". */
  litellmVersion(): string;
  /** Ends all checks and their connections; waits for no server. */
  stop(): Promise<void>;
}

export interface ServicesOptions {
  readonly settings: Pick<
    Settings,
    | "databaseUrl"
    | "redisUrl"
    | "sqliteFile"
    | "serviceIntervalMs"
    | "serviceTimeoutMs"
    | "proxyUrl"
    | "proxyKey"
    | "litellmVersion"
  >;
  readonly clock: Clock;
  /** Called after the first check of a service, and whenever its status changes. Must not throw. */
  readonly onChange?: (service: ServiceName, report: ServiceReport) => void;
}

/** Begins to check everything that is configured; returns at once. */
export function startServices({ settings, clock, onChange }: ServicesOptions): Services {
  const { serviceIntervalMs: intervalMs, serviceTimeoutMs: timeoutMs, proxyUrl } = settings;
  const databaseUrl = settings.databaseUrl?.reveal() ?? null;
  const redisUrl = settings.redisUrl?.reveal() ?? null;
  const proxyKey = settings.proxyKey?.reveal() ?? null;
  const resolver = createResolver();

  const start = (
    service: ServiceName,
    what: Pick<CheckLoopOptions, "check" | "secrets" | "engine">,
  ) =>
    startCheckLoop({
      ...what,
      intervalMs,
      timeoutMs,
      clock,
      onChange: (report) => onChange?.(service, report),
    });

  const database =
    databaseUrl === null
      ? start("database", {
          check: sqliteCheck(settings.sqliteFile),
          secrets: [],
          engine: "sqlite",
        })
      : start("database", {
          check: postgresCheck(databaseUrl, timeoutMs, resolver),
          secrets: secretsOf(databaseUrl),
          engine: "postgresql",
        });
  const redis =
    redisUrl === null
      ? null
      : start("redis", {
          check: redisCheck(redisUrl, timeoutMs, resolver),
          secrets: secretsOf(redisUrl),
        });
  const proxied = proxyUrl === null ? null : proxyCheck(proxyUrl, proxyKey, resolver);
  const proxy =
    proxied === null
      ? null
      : start("proxy", { check: proxied, secrets: proxyKey === null ? [] : [proxyKey] });

  return {
    database: database.report,
    redis: () => redis?.report() ?? notConfigured,
    proxy: () => proxy?.report() ?? notConfigured,
    databaseInitialized: database.wasConnected,
    litellmVersion: () => settings.litellmVersion ?? proxied?.version() ?? "unknown",
    async stop() {
      for (const loop of [database, redis, proxy]) loop?.stop();
    },
  };
}
