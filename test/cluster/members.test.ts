// Replicas that come, divide the fleet, leave and die, over a real Redis.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { deployment } from "../schedule/rounds-by-hand.ts";
import { eventually } from "../servers/process.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import {
  anyName,
  divided,
  fleetOf,
  heartbeatMs,
  isDivided,
  keysOf,
  type Replica,
  startReplica,
  stopAll,
} from "./replicas.ts";

const boundMs = 60_000;
const keys = keysOf(40);
let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
}, boundMs);
afterEach(stopAll);
afterAll(() => server.stop());

const start = (name: string, more = {}) => startReplica({ url: server.url, name, ...more });

/** Of keys of this cluster that there are. */
async function inRedis(pattern: string): Promise<string[]> {
  const client = new Redis(server.url);
  const found = await client.keys(pattern);
  client.disconnect();
  return found;
}

describe("a replica", () => {
  test("that is alone asks everything", async () => {
    const one = await start(anyName());
    expect(one.ours()).toEqual(keys);
    await eventually("it has joined", () => one.cluster.state().joined);
    expect(one.cluster.state()).toMatchObject({ owned: 40, connected: true, error: null });
  });

  test("that joins another divides the fleet with it, and takes nothing before the other let go", async () => {
    const name = anyName();
    const one = await start(name, { node: "first" });
    await eventually("it has its place", () => one.shares() > 0);
    const two = await start(name, { node: "second" });
    expect(two.ours()).toEqual([]);
    await divided([one, two], keys);
    const { members } = one.cluster.state();
    expect(members.map(({ node }) => node).sort()).toEqual(["first", "second"]);
    expect(members.reduce((sum, { owned }) => sum + owned, 0)).toBe(40);
  });

  test(
    "that leaves in order has its share taken over before its lease could have ended",
    async () => {
      const name = anyName();
      const slow = { heartbeatMs: 20_000 };
      const one = await start(name, slow);
      const two = await start(name, slow);
      await eventually(
        "the first knows of the second",
        () => one.cluster.state().members.length === 2,
      );
      await two.stop();
      await eventually("the first has all", () => one.ours().length === 40, 10_000);
    },
    boundMs,
  );

  test(
    "that dies has its share taken over when its lease has ended",
    async () => {
      const name = anyName();
      const replicas = [await start(name), await start(name), await start(name)];
      const [one, two, three] = replicas as [Replica, Replica, Replica];
      await divided(replicas, keys);
      await three.die();
      await divided([one, two], keys);
    },
    boundMs,
  );

  test(
    "that dies while the others read the same configuration again is gone for good",
    async () => {
      const name = anyName();
      const deployments = fleetOf(3000);
      const replicas: Replica[] = [];
      for (let turn = 0; turn < 3; turn += 1) replicas.push(await start(name, { deployments }));
      const [one, two, three] = replicas as [Replica, Replica, Replica];
      await divided(replicas, keysOf(3000));
      const { changes } = one.cluster.state();
      await three.die();
      while (one.cluster.state().changes === changes) await one.cluster.follow();
      await one.cluster.follow();
      await divided([one, two], keysOf(3000));
    },
    boundMs,
  );

  test("is seen under its name, however odd that and the cluster's are", async () => {
    const name = `}{a:b ü\n${anyName()}`;
    const node = 'pod "7"\r\n{x} 9 ü';
    const one = await start(name, { node });
    const two = await start(name, { node: "plain" });
    await divided([one, two], keys);
    expect(two.cluster.state().members.map((member) => member.node)).toContain(node);
  });
});

describe("replicas", () => {
  test("with other deployments share nothing", async () => {
    const name = anyName();
    const one = await start(name);
    const other = await start(name, { deployments: [...fleetOf(39), deployment(99)] });
    await eventually("both have joined", () =>
      [one, other].every((replica) => replica.cluster.state().joined),
    );
    expect(one.cluster.state().fingerprint).not.toBe(other.cluster.state().fingerprint);
    expect([one.ours().length, other.ours().length]).toEqual([40, 40]);
  });

  test("that ask the same deployments otherwise share nothing", async () => {
    const name = anyName();
    const one = await start(name);
    const deployments = fleetOf(40).map((one) => ({ ...one, intervalMs: 5000 }));
    const other = await start(name, { deployments });
    expect(one.cluster.state().fingerprint).not.toBe(other.cluster.state().fingerprint);
  });

  test("with the same deployments in another order divide them", async () => {
    const name = anyName();
    const one = await start(name);
    const two = await start(name, { deployments: fleetOf(40).reverse() });
    await divided([one, two], keys);
  });

  test("of another cluster share nothing", async () => {
    const one = await start(anyName());
    const two = await start(anyName());
    await eventually("both have joined", () =>
      [one, two].every((replica) => replica.cluster.state().joined),
    );
    expect(isDivided([one, two], keys)).toBe(false);
    expect(two.ours()).toEqual(keys);
  });

  test(
    "that read a new configuration leave those that did not, and meet again when all have",
    async () => {
      const name = anyName();
      const one = await start(name);
      const two = await start(name);
      await divided([one, two], keys);
      const next = [...fleetOf(39), deployment(50)];
      await two.reload(next);
      await eventually("the first has all of its own", () => one.ours().length === 40);
      await eventually("the second has all of its own", () => two.ours().length === 40);
      await one.reload(next);
      await divided([one, two], [...keysOf(39), "k50"]);
    },
    boundMs,
  );

  test("leave nothing in Redis that does not end by itself", async () => {
    const name = anyName();
    const one = await start(name);
    one.ask("k1");
    await eventually("a row is there", () => one.cluster.state().rows.published > 0);
    const client = new Redis(server.url);
    const found = await inRedis(`fleetpulse:{${name}:*`);
    const ends = await Promise.all(found.map((key) => client.pttl(key)));
    client.disconnect();
    expect(found.length).toBeGreaterThan(2);
    expect(ends.filter((ms) => ms < heartbeatMs)).toEqual([]);
  });
});
