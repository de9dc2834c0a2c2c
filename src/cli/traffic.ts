// How the service counts what the proxy reports: with which settings, and of whom.

import type { Clock } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import type { Registry } from "../registry/registry.ts";
import type { PassiveOutcome } from "../schedule/passive.ts";
import type { PassiveReport } from "../traffic/passive.ts";
import { type Configured, createTraffic, type Traffic } from "../traffic/traffic.ts";
import type { Log } from "./log.ts";

export interface TrafficParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly registry: Registry;
  /** What real requests said of deployments. */
  readonly onPassive: (outcomes: readonly PassiveOutcome[]) => void;
  readonly log: Log;
}

export function countTraffic(parts: TrafficParts): Traffic {
  const { settings, clock, registry, log } = parts;
  const { spendLogs, spendLogsUrl, sqliteFile } = settings;
  if (spendLogs && spendLogsUrl === null) {
    log.warn("spend logs are not followed: there is no fleetpulse.spend_logs_url or database_url");
  }
  return createTraffic({
    clock,
    entry: new URL("../../workers/traffic.ts", import.meta.url),
    settings: {
      teamLabels: settings.trafficTeamLabels,
      keyLabels: settings.trafficKeyLabels,
      seriesMax: settings.trafficSeriesMax,
      latencyBuckets: settings.latencyBuckets,
      litellmHistograms: settings.litellmMetrics,
      bytesMax: settings.callbackBytesMax,
      passive: settings.passiveHealth
        ? {
            fall: settings.passiveFall,
            failureShare: settings.passiveFailureShare,
            volumeMin: settings.passiveVolumeMin,
            windowMs: settings.passiveWindowMs,
          }
        : null,
      spendLogs:
        spendLogs && spendLogsUrl !== null
          ? {
              url: spendLogsUrl.reveal(),
              intervalMs: settings.spendLogsIntervalMs,
              latenessMs: settings.spendLogsLatenessMs,
              // The table is large and not ours: a question may take longer than one of our own.
              timeoutMs: settings.serviceTimeoutMs * 5,
            }
          : null,
      positionFile: sqliteFile === ":memory:" ? null : `${sqliteFile}.spend-logs`,
    },
    onPassive: (reports) => parts.onPassive(reports.flatMap((one) => outcomesOf(one, registry))),
    onNotice: (text) => log.warn(text),
  });
}

/** A reload may have given the slot to another. */
function outcomesOf({ modelId, ...report }: PassiveReport, registry: Registry): PassiveOutcome[] {
  return registry.shownAt(report.slot)?.modelId === modelId ? [report] : [];
}

/** Everybody who has labels of his own. */
export function configuredOf(registry: Registry): Configured {
  const slots = registry.slots();
  return {
    length: slots.length,
    slice: (from, to) =>
      slots.slice(from, to).flatMap((slot) => {
        const shown = registry.shownAt(slot);
        const common = registry.commonAt(slot);
        if (shown === null || common === null) return [];
        const { modelId, modelName, apiBase } = shown;
        const { provider } = common;
        return [{ slot, modelId, modelName, provider, apiBase }];
      }),
  };
}
