// Every setting of the service as one table (what a row is stands in settings/row.ts). The README's table is held against this one.

import { clusterRows } from "./settings/cluster.ts";
import { costRows } from "./settings/cost.ts";
import { historyRows } from "./settings/history.ts";
import { metricsRows } from "./settings/metrics.ts";
import { probeRows } from "./settings/probe.ts";
import type { SettingRow } from "./settings/row.ts";
import { scheduleRows } from "./settings/schedule.ts";
import { servicesRows } from "./settings/services.ts";
import { servingRows } from "./settings/serving.ts";
import { trafficRows } from "./settings/traffic.ts";
import type { Settings } from "./settings.ts";

export type SettingName = Exclude<
  keyof Settings,
  // Made of several keys, or of another setting: see settings-reader.ts.
  "modelGroupAlias" | "redisUrl" | "probingEnabled"
>;

export const settingRows: Readonly<Record<SettingName, SettingRow>> = {
  ...servingRows,
  ...servicesRows,
  ...clusterRows,
  ...trafficRows,
  ...historyRows,
  ...metricsRows,
  ...costRows,
  ...scheduleRows,
  ...probeRows,
};

export const settingNames = Object.keys(settingRows) as SettingName[];

/** Keys below `fleetpulse:`; anything else there is a mistake. */
export const ownKeys: readonly string[] = settingNames
  .flatMap((name) => settingRows[name].keys)
  .filter((key) => key.startsWith("fleetpulse."))
  .map((key) => key.slice("fleetpulse.".length));
