// Replicas in one process: each with a registry, a table and a cluster of its own, over a real Redis. Instead of threads that ask, a test
// writes rows.

import { randomUUID } from "node:crypto";
import { systemClock, systemTimers, type Timers } from "../../src/clock.ts";
import { type Cluster, startCluster } from "../../src/cluster/cluster.ts";
import type { Order } from "../../src/cluster/orders.ts";
import type { Deployment } from "../../src/registry/deployment.ts";
import { createRegistry, identityOf, type Registry } from "../../src/registry/registry.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow, type Row, sources } from "../../src/table/row.ts";
import { rowOfBytes } from "../../src/table/row-words.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { type Line, startLine } from "../faults/line.ts";
import { deployment } from "../schedule/rounds-by-hand.ts";
import { eventually } from "../servers/process.ts";

/** Short enough for a test, long enough for a busy machine to renew in time. */
export const heartbeatMs = 600;
const timeoutMs = 2000;
const resolver = createResolver();

export interface Replica {
  readonly cluster: Cluster;
  readonly registry: Registry;
  readonly orders: Order[];
  readonly notices: string[];
  /** How often what is ours has changed. */
  shares(): number;
  /** How many were ours, after each change. */
  readonly owned: readonly number[];
  /** Keys of what is ours. */
  ours(): string[];
  row(key: string): Row;
  /** As if a thread of this replica had asked. */
  ask(key: string, changes?: Partial<Row>): void;
  slotOf(key: string): number;
  /** Another configuration. */
  reload(deployments: readonly Deployment[]): Promise<void>;
  /** Between it and Redis. */
  readonly line: Line;
  /** The process ends without a word: what it still says does not arrive. */
  die(): Promise<void>;
  stop(): Promise<void>;
}

export interface ReplicaOptions {
  readonly url: string;
  readonly deployments?: readonly Deployment[];
  readonly name?: string;
  readonly node?: string;
  readonly heartbeatMs?: number;
  readonly timeoutMs?: number;
  readonly timers?: Timers;
}

export const keysOf = (count: number) => Array.from({ length: count }, (_, slot) => `k${slot}`);
export const fleetOf = (count: number) =>
  Array.from({ length: count }, (_, slot) => deployment(slot));
/** A name that no other test has. */
export const anyName = () => `cluster-${randomUUID()}`;

const running = new Set<Replica>();

/** Starts one and waits until it knows what is its own. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const deployments = options.deployments ?? fleetOf(40);
  const registry = createRegistry();
  registry.replace(deployments);
  const table = createTable(Math.max(1024, deployments.length));
  const writer = createWriter(table);
  const reader = createReader(table);
  const url = new URL(options.url);
  const line = await startLine(Number(url.port));
  url.port = String(line.port);
  const notices: string[] = [];
  const orders: Order[] = [];
  const owned: number[] = [];
  const claim = () => {
    for (const slot of registry.slots()) {
      const identity = identityOf(registry.at(slot)?.key ?? "");
      if (reader.read(slot).identity !== identity) writer.claim(slot, identity, emptyRow());
    }
  };
  const cluster = startCluster({
    name: options.name ?? "test",
    nodeName: options.node ?? "node",
    redisUrl: url.href,
    heartbeatMs: options.heartbeatMs ?? heartbeatMs,
    timeoutMs: options.timeoutMs ?? timeoutMs,
    ...{ table, resolver, fleet: registry },
    clock: systemClock,
    timers: options.timers ?? systemTimers,
    isFit: () => true,
    onShare: () => {
      owned.push(registry.slots().filter((slot) => cluster.isOurs(slot)).length);
    },
    onRow(slot, bytes) {
      const row = rowOfBytes(bytes);
      if (row === null) return "refused";
      if (cluster.isOurs(slot) || reader.read(slot).identity === 0) return "busy";
      const known = reader.read(slot).row;
      if (row.lastCheckMs < known.lastCheckMs) return "known";
      if (row.lastCheckMs === known.lastCheckMs && row.text === known.text) return "known";
      writer.write(slot, { ...row, source: sources.indexOf("peer") });
      return "taken";
    },
    onOrder(order) {
      orders.push(order);
      return true;
    },
    onNotice: (text) => notices.push(text),
  });
  let slots = new Map<string, number>();
  const index = () => {
    slots = new Map(registry.slots().map((slot) => [registry.shownAt(slot)?.key ?? "", slot]));
  };
  const slotOf = (key: string) => slots.get(key) ?? -1;
  const replica: Replica = {
    ...{ cluster, registry, orders, notices, slotOf, line },
    owned,
    shares: () => owned.length,
    ours: () =>
      registry
        .slots()
        .filter((slot) => cluster.isOurs(slot))
        .map((slot) => registry.at(slot)?.key ?? ""),
    row: (key) => reader.read(slotOf(key)).row,
    ask(key, changes = {}) {
      const slot = slotOf(key);
      const row = { ...emptyRow(), state: 1, lastCheckMs: Date.now(), nextDueMs: Date.now() };
      writer.write(slot, { ...row, ...changes });
    },
    async reload(next) {
      registry.replace(next);
      index();
      await cluster.follow();
      claim();
    },
    async die() {
      running.delete(replica);
      line.set("held");
      await cluster.stop(0);
      await line.stop();
    },
    async stop() {
      running.delete(replica);
      await cluster.stop(timeoutMs);
      await line.stop();
    },
  };
  running.add(replica);
  index();
  await cluster.follow();
  await cluster.ready();
  claim();
  cluster.settled();
  return replica;
}

/** What a test leaves running. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((one) => one.stop()));
}

/** Each has some, together they have all, and nobody has what another has. */
export function isDivided(replicas: readonly Replica[], keys: readonly string[]): boolean {
  const all = replicas.flatMap((one) => one.ours());
  return (
    replicas.every((one) => one.ours().length > 0) &&
    all.length === keys.length &&
    new Set(all).size === keys.length
  );
}

export async function divided(replicas: readonly Replica[], keys: readonly string[]) {
  await eventually("the fleet is divided", () => isDivided(replicas, keys));
}
