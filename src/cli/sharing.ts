// How the service shares its fleet with other replicas: one cluster, composed from the settings, or none. Without one nothing of it is
// loaded, and everything is ours.

import { type Clock, systemTimers } from "../clock.ts";
import type { Cluster, ClusterOptions } from "../cluster/cluster.ts";
import type { ClusterState } from "../cluster/cluster-state.ts";
import type { Settings } from "../config/settings.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { ForeignOrder } from "../fleet/orders.ts";
import type { ClusterSample } from "../metrics/sources.ts";
import type { Registry } from "../registry/registry.ts";
import type { ClusterShown, ClusterView } from "../server/cluster-shown.ts";
import type { Table } from "../table/table.ts";
import { createResolver } from "../transport/resolver.ts";
import type { Log } from "./log.ts";

export interface SharingParts {
  /** As the process started: another cluster takes a restart. */
  readonly settings: Settings;
  readonly table: Table;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly fleet: () => Pick<Fleet, "isFit" | "reshare" | "takePeerRow">;
  /** Does what another replica passes on; false when nothing came of it. */
  readonly obey: (order: ForeignOrder) => boolean;
}

export interface Sharing {
  /** Whether this replica asks the slot. */
  isOurs(slot: number): boolean;
  /** Passes on what is for another replica. */
  send(order: ForeignOrder): void;
  /** How much later this replica asks what all of them ask, as a share of an interval. */
  shift(): number;
  /**
   * `apply` gives the threads the fleet that the registry has by now. The first time it is found out before what of it is ours, for a
   * bound; later that goes on meanwhile, for a fleet that the threads do not know may not wait.
   */
  give(apply: () => Promise<void>): Promise<void>;
  /** What people are shown; null without a cluster. */
  shown(): ClusterShown | null;
  sample(): ClusterSample | null;
  /** Tells what is left and gives our share to the others, when nothing is asked here any more. Bounded. */
  leave(timeoutMs: number): Promise<void>;
}

export function createSharing(parts: SharingParts): Sharing {
  const { name, redisUrl } = placeOf(parts.settings);
  if (name === null || redisUrl === null) return alone(parts.settings);
  let cluster: Cluster | null = null;
  let view: ClusterView | null = null;
  /** The threads have a fleet, or are about to. */
  let isGiven = false;

  async function join(clusterName: string, url: string): Promise<void> {
    const { startCluster } = await import("../cluster/cluster.ts");
    const started = startCluster(optionsOf(parts, clusterName, url, reshare));
    cluster = started;
    await started.follow();
    await started.ready();
  }

  function reshare(): void {
    // What is given is divided by that.
    if (!isGiven) return;
    const { log, fleet } = parts;
    fleet()
      .reshare()
      .then(() => cluster?.settled())
      .catch((error: unknown) => log.error(`the fleet was not divided anew: ${String(error)}`));
  }

  return {
    isOurs: (slot) => cluster?.isOurs(slot) ?? true,
    send: (order) => cluster?.send(order),
    shift: () => cluster?.shift() ?? 0,
    async give(apply) {
      const isFirst = cluster === null;
      if (isFirst) await join(name, redisUrl);
      isGiven = true;
      await Promise.all([apply(), isFirst ? null : cluster?.follow()]);
      cluster?.settled();
    },
    shown() {
      view = cluster === null ? null : viewOf(cluster.state(), view);
      return view;
    },
    sample() {
      const state = cluster?.state() ?? null;
      return state === null ? null : { ...state, up: state.joined, members: state.members.length };
    },
    async leave(timeoutMs) {
      await cluster?.stop(timeoutMs);
    },
  };
}

function alone({ sharedHealthCheck, redisUrl }: Settings): Sharing {
  const shown = sharedHealthCheck && redisUrl === null ? "off_without_redis" : null;
  return {
    isOurs: () => true,
    send() {},
    shift: () => 0,
    give: (apply) => apply(),
    shown: () => shown,
    sample: () => null,
    async leave() {},
  };
}

function placeOf({ cluster, redisUrl }: Settings) {
  return { name: cluster, redisUrl: redisUrl?.reveal() ?? null };
}

function optionsOf(
  { settings, table, registry, clock, log, fleet, obey }: SharingParts,
  name: string,
  redisUrl: string,
  onShare: () => void,
): ClusterOptions {
  return {
    ...{ name, redisUrl, table, clock, onShare, fleet: registry },
    nodeName: settings.nodeName,
    heartbeatMs: settings.clusterHeartbeatMs,
    timeoutMs: settings.serviceTimeoutMs,
    resolver: createResolver(),
    timers: systemTimers,
    onRow: (slot, row) => fleet().takePeerRow(slot, row),
    onOrder: obey,
    isFit: fitnessOf(fleet, clock),
    onNotice: (text, isWell) => (isWell ? log.info(text) : log.warn(text)),
  };
}

/** Prober threads have this long for their start, also on a busy machine. */
const startMaxMs = 30_000;

/** Whether what is ours is asked, or is about to be. */
function fitnessOf(fleet: SharingParts["fleet"], clock: Clock): () => boolean {
  const untilMs = clock.monotonicMs() + startMaxMs;
  let wasFit = false;
  return () => {
    const isFit = fleet().isFit();
    wasFit ||= isFit;
    return isFit || (!wasFit && clock.monotonicMs() < untilMs);
  };
}

/** It is told to another thread whenever it changes, so what changes all the time does so once a second. */
export function viewOf(state: ClusterState, before: ClusterView | null): ClusterView {
  const { owned, changes, rows, orders, lastRenewalMs, ...shown } = state;
  const lastRow =
    state.lastRow === null ? null : { ...state.lastRow, atMs: secondOf(state.lastRow.atMs) };
  const known = before?.lastRow ?? null;
  return {
    ...shown,
    lastRenewalMs: lastRenewalMs === null ? null : secondOf(lastRenewalMs),
    lastRow: lastRow !== null && lastRow.atMs === known?.atMs ? known : lastRow,
  };
}

const secondOf = (timeMs: number) => Math.floor(timeMs / 1000) * 1000;
