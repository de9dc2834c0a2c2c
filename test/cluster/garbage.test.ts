// What anybody could write into Redis: nothing of it is believed, and nothing of it stops a replica.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { keysOf as redisKeysOf } from "../../src/cluster/keys.ts";
import { emptyRow } from "../../src/table/row.ts";
import { bytesOfRow } from "../../src/table/row-words.ts";
import { eventually } from "../servers/process.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import { anyName, divided, keysOf, type Replica, startReplica, stopAll } from "./replicas.ts";

const boundMs = 60_000;
const keys = keysOf(40);
const anotherId = "0123456789abcdef";
let server: RedisServer;
let client: Redis;
let one: Replica;
let two: Replica;
let names: ReturnType<typeof redisKeysOf>;

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
}, boundMs);
afterAll(async () => {
  client.disconnect();
  await server.stop();
});
beforeEach(async () => {
  const name = anyName();
  one = await startReplica({ url: server.url, name });
  two = await startReplica({ url: server.url, name });
  await divided([one, two], keys);
  names = redisKeysOf(name, one.cluster.state().fingerprint ?? "", 40);
}, boundMs);
afterEach(stopAll);

/** The two go on as ever. */
async function areWell(): Promise<void> {
  const key = one.ours()[0] ?? "";
  const text = `well at ${performance.now()}`;
  one.ask(key, { text });
  await eventually("a row is told", () => two.row(key).text === text);
}

function framed(key: Buffer, row: Uint8Array): Buffer {
  const lengths = Buffer.alloc(4);
  lengths.writeUInt16LE(key.length, 0);
  lengths.writeUInt16LE(row.length, 2);
  return Buffer.concat([lengths, key, row]);
}

const whole = bytesOfRow({ ...emptyRow(), text: "garbage" });
const messages: [title: string, message: Buffer][] = [
  ["nothing", Buffer.alloc(0)],
  ["text", Buffer.from("hello")],
  ["zeros", Buffer.alloc(5000)],
  ["a row of a deployment that there is not", framed(Buffer.from("nobody"), whole)],
  ["a row that was cut", framed(Buffer.from("k1"), whole.subarray(0, 100))],
  ["a row of nothing", framed(Buffer.from("k1"), Buffer.alloc(0))],
  ["a frame that promises more than there is", Buffer.from([255, 255, 255, 255, 1, 2, 3])],
  ["a key that is no text", framed(Buffer.from([0xff, 0xfe, 0xc0]), whole)],
];

describe("on the channel of rows,", () => {
  for (const [title, message] of messages) {
    test(`${title} is refused`, async () => {
      const before = two.cluster.state().rows.refused;
      await client.publish(names.changes, Buffer.concat([Buffer.from(anotherId), message]));
      await eventually("it is counted", () => two.cluster.state().rows.refused > before);
      expect(keys.map((key) => two.row(key).text).join("")).not.toContain("garbage");
      await areWell();
    });
  }
});

const orders: [title: string, order: string][] = [
  ["no JSON", "{"],
  ["null", "null"],
  ["an unknown order", `{"from":"${anotherId}","type":"stop"}`],
  ["an order of nobody", '{"type":"hold","name":"x","forMs":10}'],
  ["a hold without end", `{"from":"${anotherId}","type":"hold","name":"x","forMs":1e300}`],
  ["a hold of a number", `{"from":"${anotherId}","type":"hold","name":5,"forMs":10}`],
  [
    "too many deployments",
    JSON.stringify({ from: anotherId, type: "probe", keys: keysOf(1000), wanted: "usual" }),
  ],
  ["a wish for more", `{"from":"${anotherId}","type":"probe","keys":["k1"],"wanted":"all"}`],
  ["no list", `{"from":"${anotherId}","type":"passive","outcomes":{"length":1}}`],
];

describe("as an order,", () => {
  for (const [title, order] of orders) {
    test(`${title} is refused`, async () => {
      const before = two.cluster.state().orders.refused;
      await client.publish(names.all, order);
      await eventually("it is counted", () => two.cluster.state().orders.refused > before);
      expect(two.orders).toEqual([]);
      await areWell();
    });
  }

  test("of outcomes, those that cannot be are left out", async () => {
    const good = { outcome: "ok" as const, atMs: 5, decided: true, words: "" };
    const bad = [null, 1, {}, { ...good, outcome: "constructor" }, { ...good, atMs: "5" }];
    const own = two.ours()[0] ?? "";
    const outcomes = [
      ...bad.map((one) => (one && typeof one === "object" ? { key: own, ...one } : one)),
      { key: own, ...good },
      { key: "nobody", ...good },
    ];
    await client.publish(
      names.inboxOf(two.cluster.state().id),
      JSON.stringify({ from: anotherId, type: "passive", outcomes }),
    );
    await eventually("it arrives", () => two.orders.length > 0);
    expect(two.orders).toEqual([
      { type: "passive", outcomes: [{ slot: two.slotOf(own), ...good }] },
    ]);
  });
});

describe("among the members,", () => {
  test("one that is no replica, or has a lease without end, owns nothing", async () => {
    await client.zadd(names.members, Date.now() + 60_000, "x".repeat(1000));
    await client.zadd(names.members, Date.now() + 1e9, anotherId);
    const before = two.cluster.state().lastRenewalMs;
    await eventually("the leases were renewed", () => two.cluster.state().lastRenewalMs !== before);
    await areWell();
    await divided([one, two], keys);
  });

  test("facts that are none cost nobody his place", async () => {
    await client.hset(names.facts, one.cluster.state().id, "garbage");
    await areWell();
    await divided([one, two], keys);
  });

  test("something else in the place of all makes every replica ask everything, and the reason is told", async () => {
    await client.set(names.members, "a text");
    await eventually("both ask everything", () =>
      [one, two].every((replica) => replica.ours().length === 40),
    );
    expect(one.cluster.state().error).toContain("WRONGTYPE");
    await client.del(names.members);
    await divided([one, two], keys);
  });
});

test("something else in the place of rows is replaced", async () => {
  await client.set(names.rows[0] ?? "", "a text");
  await areWell();
  await eventually(
    "rows are there again",
    async () => (await client.type(names.rows[0] ?? "")) === "hash",
  );
});

test("rows in Redis that are too large or none are not taken by who comes later", async () => {
  const hash = names.rows[0] ?? "";
  await eventually("all is told", async () => (await client.hlen(hash)) === 40);
  await client.hset(hash, "k1", "x".repeat(1_000_000), "k2", "short");
  const three = await startReplica({ url: server.url, name: one.cluster.state().name });
  await divided([one, two, three], keys);
  await eventually("what is none is refused", () => three.cluster.state().rows.refused > 0);
  await areWell();
});
