// What is written into Redis and what is not: nothing by a replica that slept through the end of its lease, and nothing older in the place of
// something newer.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { keysOf } from "../../src/cluster/keys.ts";
import { endLease, renewLease } from "../../src/cluster/membership.ts";
import { createPublishing } from "../../src/cluster/publishing.ts";
import type { Session } from "../../src/cluster/redis-link.ts";
import { indexSlots } from "../../src/cluster/slot-index.ts";
import { createRegistry, identityOf } from "../../src/registry/registry.ts";
import { emptyRow, sources } from "../../src/table/row.ts";
import { bytesOfRow, rowOfBytes } from "../../src/table/row-words.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import { anyName, fleetOf } from "./replicas.ts";
import { sessionOf } from "./session.ts";

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

const leaseMs = 60_000;

async function member(token: () => string | null, isOurs = true) {
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
    ...{ table, fleet: registry, id: me.id, isOurs: () => isOurs, token },
    nowMs: () => 0,
    onFenced: () => {
      fenced += 1;
    },
    onPublished() {},
  });
  publishing.begin(index);
  return { me, keys, publishing, writer, fenced: () => fenced };
}

/** A row of the first deployment, asked then. */
const asked = (lastCheckMs: number) => ({ ...emptyRow(), lastCheckMs });

/** What a member that has its lease tells, where Redis has a row of `knownMs` already: when that in Redis was asked then. */
async function told(
  isOurs: boolean,
  knownMs: number,
  tell: (one: Awaited<ReturnType<typeof member>>) => void,
): Promise<number> {
  let token: string | null = null;
  const one = await member(() => token, isOurs);
  const { me, keys, publishing } = one;
  token = (await renewLease(session, { keys, me, leaseMs }, null)).token;
  await client.hset(keys.rows[0] ?? "", "k0", Buffer.from(bytesOfRow(asked(knownMs))));
  tell(one);
  publishing.look();
  await publishing.flush(session, keys);
  const bytes = await client.hgetBuffer(keys.rows[0] ?? "", "k0");
  return bytes === null ? 0 : (rowOfBytes(bytes)?.lastCheckMs ?? 0);
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

describe("in the place of what Redis knows", () => {
  test("comes what was just asked by who asks it, also after its clock was set back", async () => {
    expect(await told(true, 2000, ({ writer }) => writer.write(0, asked(1000)))).toBe(1000);
  });

  test("comes nothing older of what was not asked since", async () => {
    expect(await told(true, 2000, ({ publishing }) => publishing.tellAll())).toBe(2000);
  });

  test("comes what was asked last of what has gone to another, if it is newer", async () => {
    const write = (timeMs: number) =>
      told(false, 2000, ({ writer }) => writer.write(0, asked(timeMs)));
    expect(await write(1000)).toBe(2000);
    expect(await write(2 ** 33)).toBe(2 ** 33);
  });

  test("comes nothing that a peer told", async () => {
    const source = sources.indexOf("peer");
    const tell = ({ writer }: Awaited<ReturnType<typeof member>>) =>
      writer.write(0, { ...asked(3000), source });
    expect(await told(false, 2000, tell)).toBe(2000);
  });
});
