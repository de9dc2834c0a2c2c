// A replica that slept through the end of its lease writes nothing.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { keysOf } from "../../src/cluster/keys.ts";
import { endLease, renewLease } from "../../src/cluster/membership.ts";
import { createPublishing } from "../../src/cluster/publishing.ts";
import type { Session } from "../../src/cluster/redis-link.ts";
import { indexSlots } from "../../src/cluster/slot-index.ts";
import { createRegistry, identityOf } from "../../src/registry/registry.ts";
import { emptyRow } from "../../src/table/row.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import { anyName, fleetOf } from "./replicas.ts";

let server: RedisServer;
let client: Redis;
let session: Session;
beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
  session = {
    ask: (command, ...args) => client.callBuffer(command, ...args),
    async ping() {},
    end() {},
  };
}, 60_000);
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

const leaseMs = 60_000;

async function member(token: () => string | null) {
  const registry = createRegistry();
  registry.replace(fleetOf(3));
  const table = createTable(16);
  const writer = createWriter(table);
  for (const slot of registry.slots()) writer.claim(slot, identityOf(`k${slot}`), emptyRow());
  const index = await indexSlots(registry, () => true);
  if (index === null) throw new Error("there is no index");
  const me = { id: "00000000000000aa", node: "n" };
  const keys = keysOf(anyName(), index.fingerprint, 3);
  let fenced = 0;
  const publishing = createPublishing({
    ...{ table, fleet: registry, id: me.id, isOurs: () => true, token },
    nowMs: () => 0,
    onFenced: () => {
      fenced += 1;
    },
    onPublished() {},
  });
  publishing.begin(index);
  return { me, keys, publishing, fenced: () => fenced };
}

test("what is written with a token of before is refused, and waits for the next lease", async () => {
  let token: string | null = null;
  const { me, keys, publishing, fenced } = await member(() => token);
  const first = await renewLease(session, { keys, me, leaseMs }, null);
  const second = await renewLease(session, { keys, me, leaseMs }, null);
  expect(Number(second.token)).toBeGreaterThan(Number(first.token));

  token = first.token;
  publishing.tellAll();
  await publishing.flush(session, keys);
  expect([fenced(), await client.hlen(keys.rows[0] ?? ""), publishing.waiting()]).toEqual([
    1, 0, 3,
  ]);

  token = second.token;
  await publishing.flush(session, keys);
  expect([fenced(), await client.hlen(keys.rows[0] ?? ""), publishing.waiting()]).toEqual([
    1, 3, 0,
  ]);
});

test("what is written after the lease was given up is refused", async () => {
  let token: string | null = null;
  const { me, keys, publishing, fenced } = await member(() => token);
  token = (await renewLease(session, { keys, me, leaseMs }, null)).token;
  await endLease(session, { keys, me });
  publishing.tellAll();
  await publishing.flush(session, keys);
  expect([fenced(), await client.hlen(keys.rows[0] ?? "")]).toEqual([1, 0]);
});

test("a lease that is there is renewed with its token, and one that ended is a new one", async () => {
  const { me, keys } = await member(() => null);
  const lease = { keys, me, leaseMs };
  const first = await renewLease(session, lease, null);
  const same = await renewLease(session, lease, first.token);
  expect([first.joined, same.joined, same.token]).toEqual([true, false, first.token]);
  await client.zadd(keys.members, 1, me.id);
  const anew = await renewLease(session, lease, first.token);
  expect(anew.joined).toBe(true);
  expect(Number(anew.token)).toBeGreaterThan(Number(first.token));
  expect(anew.members).toEqual([me]);
});
