// What replicas tell each other of the deployments that they ask, over a real Redis.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { sourceOf } from "../../src/table/row.ts";
import { rowOfBytes } from "../../src/table/row-words.ts";
import { eventually } from "../servers/process.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import {
  anyName,
  divided,
  fleetOf,
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

async function startTwo(name = anyName()): Promise<[Replica, Replica]> {
  const one = await startReplica({ url: server.url, name });
  const two = await startReplica({ url: server.url, name });
  await divided([one, two], keys);
  return [one, two];
}

const keyOf = (replica: Replica) => replica.ours()[0] ?? "";

describe("a row", () => {
  test("that one replica writes is shown by the other, as a peer's", async () => {
    const [one, two] = await startTwo();
    const key = keyOf(one);
    one.ask(key, { state: 3, text: "ü: it is down", servedModel: "m" });
    await eventually("the other has it", () => two.row(key).text === "ü: it is down");
    expect(two.row(key)).toMatchObject({ state: 3, servedModel: "m" });
    expect(sourceOf(two.row(key))).toBe("peer");
    expect(one.cluster.state().rows.published).toBeGreaterThan(0);
    await eventually("it is counted", () => two.cluster.state().rows.received > 0);
  });

  test("that is still written of what has gone to another is told, unless that one told a newer one", async () => {
    const name = anyName();
    const [one, two] = await startTwo(name);
    const client = new Redis(server.url);
    const [hash = ""] = await client.keys(`fleetpulse:{${name}:*rows:0`);
    const key = keyOf(two);
    const textInRedis = async () => {
      const bytes = await client.hgetBuffer(hash, key);
      return bytes === null ? null : (rowOfBytes(bytes)?.text ?? null);
    };
    two.ask(key, { text: "of its owner", lastCheckMs: 2000 });
    await eventually("it is told", async () => (await textInRedis()) === "of its owner");
    one.ask(key, { text: "older", lastCheckMs: 1000 });
    const own = keyOf(one);
    one.ask(own, { text: "mine" });
    await eventually("what is told with it is known", () => two.row(own).text === "mine");
    expect(await textInRedis()).toBe("of its owner");
    one.ask(key, { text: "newer", lastCheckMs: 2 ** 33 });
    await eventually("it is told", async () => (await textInRedis()) === "newer");
    client.disconnect();
  });

  test("that changes often is told as it is last", async () => {
    const [one, two] = await startTwo();
    const key = keyOf(one);
    for (let turn = 0; turn <= 500; turn += 1) one.ask(key, { text: `${turn}`, lastCheckMs: turn });
    await eventually("the other has the last", () => two.row(key).text === "500");
    expect(one.cluster.state().rows.published).toBeLessThan(100);
  });

  test("is known to a replica that comes later, before it takes its share", async () => {
    const name = anyName();
    const one = await startReplica({ url: server.url, name });
    await eventually("it has its place", () => one.shares() > 0);
    for (const key of keys) one.ask(key, { text: `of ${key}` });
    await eventually("all are told", () => one.cluster.state().rows.published >= 40);
    const two = await startReplica({ url: server.url, name });
    await divided([one, two], keys);
    for (const key of two.ours()) expect(two.row(key).text).toBe(`of ${key}`);
    await eventually("it knows the others too", () =>
      keys.every((key) => two.row(key).text === `of ${key}`),
    );
  });

  test("that could not be taken when it came is taken later", async () => {
    const name = anyName();
    const one = await startReplica({ url: server.url, name });
    await eventually("it has its place", () => one.shares() > 0);
    const two = await startReplica({ url: server.url, name });
    await divided([one, two], keys);
    const key = keyOf(two);
    // Here nobody has claimed the slot yet, as in the middle of a reload.
    await one.reload(fleetOf(40));
    two.ask(key, { text: "while it was busy" });
    await eventually("it is there", () => one.row(key).text === "while it was busy");
  });

  test("that Redis has lost is written again", async () => {
    const name = anyName();
    const one = await startReplica({ url: server.url, name });
    await eventually("it has its place", () => one.shares() > 0);
    for (const key of keys) one.ask(key, { text: "before" });
    await eventually("all are told", () => one.cluster.state().rows.published >= 40);
    const client = new Redis(server.url);
    const [hash = ""] = await client.keys(`fleetpulse:{${name}:*rows:0`);
    await client.del(hash);
    one.ask("k7", { text: "after" });
    await eventually("all are there again", async () => (await client.hlen(hash)) === 40);
    client.disconnect();
  });
});

describe("a fleet of thousands", () => {
  test(
    "is divided, told and read whole",
    async () => {
      const name = anyName();
      const deployments = fleetOf(5000);
      const many = { url: server.url, name, deployments };
      const one = await startReplica(many);
      await eventually("it has its place", () => one.shares() > 0);
      for (const key of keysOf(5000)) one.ask(key, { text: key });
      await eventually("all are told", () => one.cluster.state().rows.published >= 5000);
      const two = await startReplica(many);
      await divided([one, two], keysOf(5000));
      await eventually("the second knows all", () =>
        keysOf(5000).every((key) => two.row(key).text === key),
      );
      expect(two.cluster.state().rows.refused).toBe(0);
    },
    boundMs,
  );
});
