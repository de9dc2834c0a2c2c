// Several replicas of this service over one Redis: each asks its share of the deployments, tells the others what came of it, and shows the
// whole fleet from its own table. Who is there stands in leases (membership.ts, renewals.ts), whose a deployment is follows from that
// alone (rendezvous.ts, division.ts), rows travel by one channel and stay for those who come later (publishing.ts, receiving.ts,
// catching-up.ts). Without Redis every replica asks everything: rather twice than not at all. Nothing is agreed upon here that has to be
// agreed upon: two that ask the same for a moment cost a probe.

import { randomBytes } from "node:crypto";
import type { Clock, Timers } from "../clock.ts";
import { secretsOf } from "../connection/connection-url.ts";
import { redisClients } from "../connection/redis-client.ts";
import { databaseOf } from "../connection/redis-url.ts";
import type { Table } from "../table/table.ts";
import type { Resolver } from "../transport/resolver.ts";
import { createBeginning } from "./beginning.ts";
import { createCatchingUp, type Line } from "./catching-up.ts";
import { createClockDifference } from "./clock-difference.ts";
import { type ClusterState, stateOf } from "./cluster-state.ts";
import { createDivision } from "./division.ts";
import { type Keys, keysOf } from "./keys.ts";
import { endLease, type Member, membersWord } from "./membership.ts";
import { createOrderPost } from "./order-post.ts";
import type { Order } from "./orders.ts";
import { createOtherFleets } from "./other-fleets.ts";
import { createPublishing } from "./publishing.ts";
import { createReceiving, type RowEnd } from "./receiving.ts";
import { keepRedisLink, type RedisLink, reasonOf } from "./redis-link.ts";
import { keepRenewing, leaseMsOf, type Renewed } from "./renewals.ts";
import { type FollowedFleet, indexSlots, type SlotIndex } from "./slot-index.ts";
import { createStanding } from "./standing.ts";
import { within } from "./within.ts";

export interface ClusterOptions {
  readonly name: string;
  readonly nodeName: string;
  readonly redisUrl: string;
  readonly heartbeatMs: number;
  /** Bounds each question to Redis, and how long a start waits for it. */
  readonly timeoutMs: number;
  readonly table: Table;
  readonly fleet: FollowedFleet;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly timers: Timers;
  /** `isOurs` answers otherwise than before. */
  readonly onShare: () => void;
  readonly onRow: (slot: number, row: Uint8Array) => RowEnd;
  /** Whether anything is asked here; a lease that is held in vain keeps a share from the others. */
  readonly isFit: () => boolean;
  /** False when nothing came of it. */
  readonly onOrder: (order: Order) => boolean;
  /** It has its place, or has none (any more). */
  readonly onNotice: (text: string, isWell: boolean) => void;
}

export interface Cluster {
  /** Whether this replica asks the deployment in this slot. */
  isOurs(slot: number): boolean;
  /** The fleet is another one, or has other slots. One that differs is joined anew; everything is ours until then. */
  follow(): Promise<void>;
  /** It is known what is ours at the start: after a moment, or after the bound when Redis does not answer. */
  ready(): Promise<void>;
  /** The fleet's threads have what is ours, and nothing else: rows of others can be taken. */
  settled(): void;
  send(order: Order): void;
  /** How much later than others, as a share of an interval, this one asks what all of them ask now that nobody divides it. */
  shift(): number;
  state(): ClusterState;
  /** Tells what is left and gives the lease up, so that others take over at once. Bounded. */
  stop(timeoutMs: number): Promise<void>;
}

/** How often it is looked whether there is something to tell. */
const lookMs = 200;

export function startCluster(options: ClusterOptions): Cluster {
  const { clock, timers, heartbeatMs, fleet, timeoutMs } = options;
  const me = { id: randomBytes(8).toString("hex"), node: options.nodeName };
  const secrets = secretsOf(options.redisUrl);
  const database = databaseOf(options.redisUrl);
  const nowMs = () => clock.monotonicMs();
  const slotted = Promise.withResolvers<void>();
  const counts = { changes: 0, published: 0 };
  let index: SlotIndex | null = null;
  let keys: Keys | null = null;
  let turn = 0;
  let link: RedisLink | null = null;
  let lastToldMs: number | null = null;
  /** Ids of those who were there last. */
  let seen = "";
  /** After a lease began anew: Redis may have lost what it had of ours. */
  let hasAllToTell = false;
  /** Ends when the lease is given up. */
  let leaving: Promise<void> | null = null;
  let stopped = false;

  const standing = createStanding(options.name, options.onNotice);
  const beginning = createBeginning({ timers, timeoutMs, onAlone: () => standing.say(false) });

  const line = (): Line | null => {
    const session = link?.session() ?? null;
    return session === null || keys === null ? null : { session, keys };
  };
  const keyOf = (slot: number) => {
    const place = fleet.placeOf(slot);
    return place === null ? null : fleet.list().keyAt(place);
  };

  const division = createDivision({
    ...{ clock, timers, me },
    onShare: () => {
      if (stopped) return;
      if (division.mode() === "share" && hasAllToTell) {
        hasAllToTell = false;
        publishing.tellAll();
      }
      options.onShare();
    },
    prepare: async (isOurs) => {
      // One that has asked everything until now knows as much as there is to know.
      if (division.mode() !== "none") return;
      await slotted.promise;
      await catchingUp.read(isOurs);
    },
  });
  const { isOurs } = division;
  const others = createOtherFleets({ ...options, leaseMs: leaseMsOf(heartbeatMs) });
  const difference = createClockDifference(clock, options.onNotice);

  const renewals = keepRenewing({
    ...{ clock, timers, heartbeatMs, me },
    isFit() {
      const isFit = options.isFit();
      if (!isFit) standing.failed("no prober thread runs here");
      return isFit;
    },
    onRenewed: renewed,
    onLost() {
      seen = "";
      standing.say(false);
      division.whole(true);
    },
    onFailed: (failure) => link?.session()?.end(failure),
  });
  const publishing = createPublishing({
    ...{ table: options.table, fleet, id: me.id, nowMs },
    // While everything is ours, it is that of others as well.
    isOurs: (slot) => division.mode() === "share" && isOurs(slot),
    token: renewals.token,
    onFenced: renewals.rejoin,
    onPublished: (rows) => {
      counts.published += rows;
      lastToldMs = clock.wallMs();
    },
  });
  const catchingUp = createCatchingUp({
    ...{ fleet, nowMs, isOurs, line },
    onRow: (row) => receiving.row(row),
  });
  const receiving = createReceiving({
    id: me.id,
    wallMs: () => clock.wallMs(),
    onRow: options.onRow,
    onMissed: catchingUp.missed,
  });
  const post = createOrderPost({
    ...{ me, keyOf, line },
    ...{ ownerOf: division.ownerOf, isOurs },
    find: (key) => index?.find(key) ?? -1,
    onOrder: options.onOrder,
  });

  function connect(): RedisLink {
    return keepRedisLink({
      clients: redisClients({ url: options.redisUrl, resolver: options.resolver, timeoutMs }),
      ...{ timers, secrets },
      timeoutMs: Math.min(timeoutMs, Math.max(heartbeatMs, timeoutMs / 4)),
      pauseMaxMs: Math.max(1000, heartbeatMs),
      random: Math.random,
      channels: () => (keys === null ? [] : [keys.changes, keys.all, keys.inboxOf(me.id)]),
      onUp(session) {
        if (keys === null || leaving !== null) return;
        catchingUp.missed("all");
        renewals.begin(session, keys);
      },
      onDown(reason) {
        renewals.pause();
        standing.failed(reason);
        beginning.failed();
      },
      onMessage,
    });
  }

  function renewed({ joined, members, redisMs, tookMs }: Renewed): void {
    difference.take(redisMs, tookMs);
    const used = line();
    if (used !== null) void others.note(used.session, used.keys);
    if (index === null || stopped) return;
    const isFirst = beginning.answered();
    link?.succeeded();
    standing.failed(null);
    const before = seen;
    seen = idsOf(members);
    if (before !== "" && before !== seen) counts.changes += 1;
    if (joined) hasAllToTell = true;
    const isShared = division.mode() === "share";
    if (!joined) {
      // Not what was seen last: whatever came in between, a renewal mends it.
      if (seen !== idsOf(division.latest())) division.divide(index, members);
    } else if (!isShared && members.length === 1) {
      division.divide(index, members);
    } else {
      // Redis may have come back empty, and the others have not joined yet: what is ours stays ours for the moment.
      if (isFirst) division.whole(false);
      division.settle(index, members, heartbeatMs / 2 + tookMs, 2 * heartbeatMs);
    }
    beginning.end();
    standing.say(true);
  }

  function onMessage(channel: string, message: Buffer): void {
    if (keys === null || stopped) return;
    if (channel === keys.changes) receiving.message(message);
    else if (message.equals(membersBytes)) renewals.soon();
    else if (channel === keys.all || channel === keys.inboxOf(me.id)) post.take(message);
  }

  /** Rather all of it than what was ours of another. */
  function undivided(failure: unknown): null {
    index = null;
    division.whole(true);
    options.onNotice(`the deployments cannot be divided: ${reasonOf(failure, secrets)}`, false);
    return null;
  }

  async function leave(used: Line | null): Promise<void> {
    const isMember = renewals.token() !== null;
    renewals.forget();
    if (used === null || !isMember) return;
    // Whoever does not hear of it sees the lease end.
    await endLease(used.session, { keys: used.keys, me }).catch(() => {});
  }

  const watch = setInterval(() => {
    publishing.look();
    const used = line();
    if (used === null || renewals.token() === null) return;
    publishing.flush(used.session, used.keys).catch((failure: unknown) => {
      standing.failed(reasonOf(failure, secrets));
    });
    if (division.mode() !== "all") void slotted.promise.then(catchingUp.look);
  }, lookMs);

  return {
    isOurs,
    async follow() {
      turn += 1;
      const own = turn;
      const isWanted = () => own === turn && !stopped;
      const next = await indexSlots(fleet, isWanted).catch(undivided);
      if (next === null) return;
      const isSame = keys !== null && next.fingerprint === index?.fingerprint;
      index = next;
      publishing.begin(next);
      receiving.begin(next);
      catchingUp.begin(next);
      hasAllToTell = true;
      if (isSame) {
        const members = division.latest();
        if (members.length > 0) division.divide(next, members);
        return;
      }
      if (keys !== null) {
        division.whole(true);
        seen = "";
        const before = line();
        keys = null;
        await leave(before);
      }
      if (!isWanted()) return;
      keys = keysOf(options.name, next.fingerprint, next.slots.length, database);
      if (link === null) link = connect();
      else link.restart();
    },
    ready: () => beginning.ended,
    settled() {
      slotted.resolve();
      catchingUp.again();
    },
    send: post.send,
    shift: division.shift,
    state: () =>
      stateOf({
        ...{ options, me, division, renewals, counts, lastToldMs },
        error: standing.reason() ?? difference.words(),
        otherFleets: others.count(),
        leaseMs: leaseMsOf(heartbeatMs),
        fingerprint: index?.fingerprint ?? null,
        deployments: fleet.slots().length,
        isConnected: line() !== null,
        rows: receiving.counts(),
        orders: post.counts(),
        lastHeard: receiving.last(),
      }),
    stop(boundMs) {
      leaving ??= leaveWithin(boundMs);
      return leaving;
    },
  };

  async function leaveWithin(boundMs: number): Promise<void> {
    clearInterval(watch);
    await within(timers, boundMs, farewell(boundMs / 2));
    stopped = true;
    division.stop();
    renewals.forget();
    link?.stop();
    beginning.end();
  }

  async function farewell(tellMs: number): Promise<void> {
    publishing.look();
    const used = line();
    if (used !== null && renewals.token() !== null) {
      await within(timers, tellMs, tell(used));
    }
    await leave(used);
  }

  async function tell(used: Line): Promise<void> {
    // One that is under way may have been at its end.
    for (let turn = 0; turn < 2; turn += 1) {
      await publishing.flush(used.session, used.keys).catch(() => {});
    }
  }
}

const idsOf = (members: readonly Member[]) => members.map(({ id }) => id).join(" ");
const membersBytes = Buffer.from(membersWord);
