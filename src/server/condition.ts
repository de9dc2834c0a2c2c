// How this service itself is: what it depends on, whether its threads live, whether its table is fresh. Models that are
// down do not make it unhealthy (a restart mends no upstream) unless `health_status_policy` says so.

import type { Directory } from "../registry/directory.ts";
import type { FleetStates } from "./fleet-states.ts";
import { countsOf } from "./selection.ts";
import type { ServingSettings } from "./serving-settings.ts";

export type Connection = "connected" | "disconnected";

/** What the condition is made of; the owners hand in ways to ask, all from memory. */
export interface Dependencies {
  readonly database: () => Connection;
  readonly databaseInitialized: () => boolean;
  readonly redis: () => Connection | "not_configured";
  readonly threads: () => readonly { readonly thread: number; readonly alive: boolean }[];
  readonly allThreadsReady: () => boolean;
  readonly litellmVersion: () => string;
  /** The thread that follows the configuration, the services and the prober threads. */
  readonly mainAlive: () => boolean;
  /** Deployments whose probe is overdue. */
  readonly stale: () => number;
}

export interface Condition {
  readonly healthy: boolean;
  readonly db: Connection;
  readonly redis: Connection | "not_configured";
  readonly litellmVersion: string;
  /** Why it is unhealthy, for the operator; empty when healthy. */
  readonly reasons: readonly string[];
}

/** The condition now. */
export function conditionOf(
  dependencies: Dependencies,
  policy: ServingSettings["healthStatusPolicy"],
  fleet: FleetStates,
  directory: Directory,
): Condition {
  const db = dependencies.database();
  const redis = dependencies.redis();
  const reasons: string[] = [];
  if (db === "disconnected") reasons.push("the database is disconnected");
  if (redis === "disconnected") reasons.push("Redis is disconnected");
  for (const { thread, alive } of dependencies.threads()) {
    if (!alive) reasons.push(`prober thread ${thread} is not running`);
  }
  if (!dependencies.mainAlive()) reasons.push("the main thread is stuck");
  const stale = dependencies.stale();
  if (stale > 0) reasons.push(`${stale} deployments were not probed in time`);
  const modelReason = modelsReason(policy, fleet, directory);
  if (modelReason !== null) reasons.push(modelReason);
  return {
    healthy: reasons.length === 0,
    db,
    redis,
    litellmVersion: dependencies.litellmVersion(),
    reasons,
  };
}

function modelsReason(
  policy: ServingSettings["healthStatusPolicy"],
  fleet: FleetStates,
  directory: Directory,
): string | null {
  if (policy === "services") return null;
  const { healthy, unhealthy } = fleet.counts();
  if (policy === "all_down") {
    return healthy === 0 && unhealthy > 0 ? "no deployment is healthy" : null;
  }
  const down: string[] = [];
  for (const name of directory.modelNames()) {
    const counts = countsOf(directory.byModelName(name), fleet);
    if (counts.healthy === 0 && counts.unhealthy > 0) down.push(name);
  }
  if (down.length === 0) return null;
  return `nothing healthy in ${down.slice(0, 5).join(", ")}${down.length > 5 ? " and others" : ""}`;
}
