// How this service itself is: what it depends on, whether its threads live, whether its table is fresh. Models that are
// down do not make it unhealthy (a restart mends no upstream) unless `health_status_policy` says so.

import type { Directory } from "../registry/directory.ts";
import type { SlotReader } from "../table/reader.ts";
import type { Fragment } from "./fragments.ts";
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
}

export interface Condition {
  readonly healthy: boolean;
  readonly db: Connection;
  readonly redis: Connection | "not_configured";
  readonly litellmVersion: string;
  /** Why it is unhealthy, for the operator; empty when healthy. */
  readonly reasons: readonly string[];
}

/**
 * Slots whose probe is overdue by more than `staleAfterMs`: planned, with its whole deadline, and still not done.
 * Looks at every slot: meant for a timer, not for every request.
 */
export function countStale(
  directory: Directory,
  reader: SlotReader,
  staleAfterMs: number,
  wallMs: number,
): number {
  let stale = 0;
  for (const slot of directory.slots()) {
    const deployment = directory.at(slot);
    if (deployment === null || !deployment.isAskable) continue;
    const { nextDueMs } = reader.read(slot).row;
    const lateMs = wallMs - nextDueMs - deployment.totalMs;
    if (nextDueMs > 0 && lateMs > staleAfterMs) stale += 1;
  }
  return stale;
}

/** The condition now. `stale` comes from `countStale`. */
export function conditionOf(
  dependencies: Dependencies,
  policy: ServingSettings["healthStatusPolicy"],
  stale: number,
  fragments: readonly Fragment[],
  groupOf: (slot: number) => string,
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
  if (stale > 0) reasons.push(`${stale} deployments were not probed in time`);
  const modelReason = modelsReason(policy, fragments, groupOf);
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
  fragments: readonly Fragment[],
  groupOf: (slot: number) => string,
): string | null {
  if (policy === "services") return null;
  const groups = new Map<string, { alive: boolean; down: boolean }>();
  for (const { slot, state } of fragments) {
    const name = groupOf(slot);
    const group = groups.get(name) ?? { alive: false, down: false };
    if (state === "healthy" || state === "degraded") group.alive = true;
    if (state === "unhealthy") group.down = true;
    groups.set(name, group);
  }
  const down = [...groups].filter(([, group]) => group.down && !group.alive);
  const alive = [...groups].some(([, group]) => group.alive);
  if (policy === "any_group_down" && down.length > 0) {
    const names = down.slice(0, 5).map(([name]) => name);
    return `nothing healthy in ${names.join(", ")}${down.length > 5 ? " and others" : ""}`;
  }
  if (policy === "all_down" && down.length > 0 && !alive) return "no deployment is healthy";
  return null;
}
