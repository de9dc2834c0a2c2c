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

type Policy = ServingSettings["healthStatusPolicy"];

/** What the service depends on, as it is now. */
export interface Facts {
  readonly database: Connection;
  readonly redis: Connection | "not_configured";
  readonly threads: readonly { readonly thread: number; readonly alive: boolean }[];
  readonly mainAlive: boolean;
  readonly stale: number;
}

/** Why the service is unwell, whatever its models are. */
export function serviceReasons({ database, redis, threads, mainAlive, stale }: Facts): string[] {
  const reasons: string[] = [];
  if (database === "disconnected") reasons.push("the database is disconnected");
  if (redis === "disconnected") reasons.push("Redis is disconnected");
  for (const { thread, alive } of threads) {
    if (!alive) reasons.push(`prober thread ${thread} is not running`);
  }
  if (!mainAlive) reasons.push("the main thread is stuck");
  if (stale > 0) reasons.push(`${stale} deployments were not probed in time`);
  return reasons;
}

/** Whether models that are down make the service unwell; `healthy` counts those that are degraded too. */
export function areModelsDown(
  policy: Policy,
  models: { readonly healthy: number; readonly unhealthy: number; readonly groupsDown: number },
): boolean {
  switch (policy) {
    case "services":
      return false;
    case "all_down":
      return models.healthy === 0 && models.unhealthy > 0;
    case "any_group_down":
      return models.groupsDown > 0;
    default:
      return policy satisfies never;
  }
}

/** The condition now. */
export function conditionOf(
  dependencies: Dependencies,
  policy: Policy,
  fleet: FleetStates,
  directory: Directory,
): Condition {
  const db = dependencies.database();
  const redis = dependencies.redis();
  const reasons = serviceReasons({
    ...{ database: db, redis, threads: dependencies.threads() },
    ...{ mainAlive: dependencies.mainAlive(), stale: dependencies.stale() },
  });
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

function modelsReason(policy: Policy, fleet: FleetStates, directory: Directory): string | null {
  const down = policy === "any_group_down" ? groupsDown(fleet, directory) : [];
  if (!areModelsDown(policy, { ...fleet.counts(), groupsDown: down.length })) return null;
  if (policy === "all_down") return "no deployment is healthy";
  return `nothing healthy in ${down.slice(0, 5).join(", ")}${down.length > 5 ? " and others" : ""}`;
}

function groupsDown(fleet: FleetStates, directory: Directory): string[] {
  return [...directory.modelNames()].filter((name) => {
    const counts = countsOf(directory.byModelName(name), fleet);
    return counts.healthy === 0 && counts.unhealthy > 0;
  });
}
