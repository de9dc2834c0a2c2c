// Leases in a real Redis: who may join, and whose lease has ended.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { keysOf } from "../../src/cluster/keys.ts";
import { endLease, renewLease } from "../../src/cluster/membership.ts";
import type { Session } from "../../src/cluster/redis-link.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import { anyName } from "./replicas.ts";
import { sessionOf } from "./session.ts";

const leaseMs = 60_000;
const me = { id: "00000000000000aa", node: "5 is its name" };
const other = { id: "00000000000000bb", node: "other" };
let server: RedisServer;
let client: Redis;
let session: Session;
beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
  session = sessionOf(client);
}, 60_000);
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

const idOf = (at: number) => (at + 4096).toString(16).padStart(16, "0");

test("one that is too many does not join, and those who are there keep their leases", async () => {
  const keys = keysOf(anyName(), "f", 1);
  const first = await renewLease(session, { keys, me, leaseMs }, null);
  for (let at = 0; at < 255; at += 1) {
    await renewLease(session, { keys, me: { id: idOf(at), node: "n" }, leaseMs }, null);
  }
  const late = renewLease(session, { keys, me: other, leaseMs }, null);
  expect(await late.catch((error: Error) => error.message)).toContain("too many members");
  expect(await client.zscore(keys.members, other.id)).toBeNull();
  const again = await renewLease(session, { keys, me, leaseMs }, first.token);
  expect([again.joined, again.members.length]).toEqual([false, 256]);
  await endLease(session, { keys, me: { id: idOf(7), node: "n" } });
  expect((await renewLease(session, { keys, me: other, leaseMs }, null)).joined).toBe(true);
}, 30_000);

test("a lease that ends later than it is long has ended, after Redis' clock was set back", async () => {
  const keys = keysOf(anyName(), "f", 1);
  await renewLease(session, { keys, me: other, leaseMs: 3000 }, null);
  const { token, members } = await renewLease(session, { keys, me, leaseMs }, null);
  expect(members).toEqual([me, other]);
  await client.zincrby(keys.members, 2000, other.id);
  const after = await renewLease(session, { keys, me, leaseMs }, token);
  expect(after.members).toEqual([me]);
  expect(await client.hexists(keys.facts, other.id)).toBe(0);
});

test("who is there stands in Redis for longer than any row", async () => {
  const keys = keysOf(anyName(), "f", 1);
  await renewLease(session, { keys, me, leaseMs }, null);
  for (const key of [keys.members, keys.facts, keys.tokens]) {
    expect(await client.pttl(key)).toBeGreaterThan(3600_000);
  }
});
