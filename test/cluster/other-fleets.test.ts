// Replicas of one name that read different configurations notice each other, over a real Redis.

import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { keysOf } from "../../src/cluster/keys.ts";
import { createOtherFleets } from "../../src/cluster/other-fleets.ts";
import type { Session } from "../../src/cluster/redis-link.ts";
import { deployment } from "../schedule/rounds-by-hand.ts";
import { eventually } from "../servers/process.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import { anyName, fleetOf, startReplica, stopAll } from "./replicas.ts";
import { sessionOf } from "./session.ts";

let server: RedisServer;
let client: Redis;
let session: Session;
beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
  session = sessionOf(client);
}, 60_000);
afterEach(stopAll);
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

test("replicas whose configurations differ say so, and no more once they agree", async () => {
  const name = anyName();
  const one = await startReplica({ url: server.url, name });
  const two = await startReplica({
    ...{ url: server.url, name },
    deployments: [...fleetOf(39), deployment(99)],
  });
  for (const replica of [one, two]) {
    await eventually("it is noticed", () => replica.cluster.state().otherFleets === 1);
    const told = replica.notices.filter((text) => text.includes("another fleet under this name"));
    expect(told.length).toBe(1);
  }
  await two.reload(fleetOf(40));
  for (const replica of [one, two]) {
    await eventually("they are one fleet", () => replica.cluster.state().otherFleets === 0);
  }
}, 60_000);

test("another fleet is none of a rolling change's until it has been there for three heartbeats", async () => {
  let nowMs = 0;
  const told: string[] = [];
  const others = createOtherFleets({
    clock: { monotonicMs: () => nowMs },
    ...{ name: "c", heartbeatMs: 1000, leaseMs: 60_000 },
    onNotice: (text) => told.push(text),
  });
  const name = anyName();
  const mine = keysOf(name, "mine", 1);
  await createOtherFleets({
    clock: { monotonicMs: () => 0 },
    ...{ name: "c", heartbeatMs: 1000, leaseMs: 60_000 },
    onNotice: () => {},
  }).note(session, keysOf(name, "theirs", 1));
  await others.note(session, mine);
  nowMs = 3000;
  await others.note(session, mine);
  expect([others.count(), told.length]).toEqual([0, 0]);
  nowMs = 3001;
  await others.note(session, mine);
  await others.note(session, mine);
  expect([others.count(), told.length]).toEqual([1, 1]);
  await client.zrem(mine.fleets, "theirs");
  await others.note(session, mine);
  expect([others.count(), told.length]).toEqual([0, 1]);
});

test("no more fleets are kept than a few, and none that would stay for ever", async () => {
  const name = anyName();
  const others = createOtherFleets({
    clock: { monotonicMs: () => 0 },
    ...{ name: "c", heartbeatMs: 1000, leaseMs: 1500 },
    onNotice: () => {},
  });
  const { fleets } = keysOf(name, "f", 1);
  await client.zadd(fleets, 9e15, "for ever");
  for (let at = 0; at < 50; at += 1) await others.note(session, keysOf(name, `f${at}`, 1));
  expect(await client.zcard(fleets)).toBeLessThanOrEqual(32);
  expect(await client.zscore(fleets, "for ever")).toBeNull();
  expect(await client.pttl(fleets)).toBeGreaterThan(0);
});
