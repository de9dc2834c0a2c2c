// Everything this service depends on, checked in the background. Nobody waits for a check: reports are read from memory.

import type { Clock } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import { type CheckLoop, startCheckLoop } from "./check-loop.ts";
import { postgresCheck } from "./postgres.ts";
import { proxyCheck } from "./proxy.ts";
import { redisCheck } from "./redis.ts";
import { notConfigured, type ServiceReport } from "./report.ts";
import { sqliteCheck } from "./sqlite.ts";

export interface Services {
  database(): ServiceReport;
  redis(): ServiceReport;
  proxy(): ServiceReport;
  /** The database was reached at least once. */
  databaseInitialized(): boolean;
  /** The proxy's version: as set, else as it said, else "unknown". */
  litellmVersion(): string;
  stop(): Promise<void>;
}

export interface ServicesOptions {
  readonly settings: Settings;
  readonly clock: Clock;
}

/** What may not be shown of a connection URL: the whole, and its password as written and as meant. */
function secretsOf(url: string): string[] {
  try {
    const { password, username } = new URL(url);
    return [url, password, decodeURIComponent(password), ...(password === "" ? [username] : [])];
  } catch {
    return [url];
  }
}

export function startServices({ settings, clock }: ServicesOptions): Services {
  const pace = {
    intervalMs: settings.serviceIntervalMs,
    timeoutMs: settings.serviceTimeoutMs,
    clock,
  };
  const { timeoutMs } = pace;
  const databaseUrl = settings.databaseUrl?.reveal() ?? null;
  const redisUrl = settings.redisUrl?.reveal() ?? null;
  const { proxyUrl, proxyKey } = settings;
  const proxied =
    proxyUrl === null ? null : proxyCheck(proxyUrl, proxyKey?.reveal() ?? null, timeoutMs);

  const database: CheckLoop =
    databaseUrl === null
      ? startCheckLoop({
          ...pace,
          check: sqliteCheck(settings.sqliteFile),
          secrets: [],
          engine: "sqlite",
        })
      : startCheckLoop({
          ...pace,
          check: postgresCheck(databaseUrl, timeoutMs),
          secrets: secretsOf(databaseUrl),
          engine: "postgresql",
        });
  const redis =
    redisUrl === null
      ? null
      : startCheckLoop({
          ...pace,
          check: redisCheck(redisUrl, timeoutMs),
          secrets: secretsOf(redisUrl),
        });
  const proxy =
    proxied === null
      ? null
      : startCheckLoop({
          ...pace,
          check: proxied,
          secrets: proxyKey === null ? [] : [proxyKey.reveal()],
        });

  return {
    database: database.report,
    redis: () => redis?.report() ?? notConfigured,
    proxy: () => proxy?.report() ?? notConfigured,
    databaseInitialized: database.wasConnected,
    litellmVersion: () => settings.litellmVersion ?? proxied?.version() ?? "unknown",
    async stop() {
      await Promise.all([database.stop(), redis?.stop(), proxy?.stop()]);
    },
  };
}
