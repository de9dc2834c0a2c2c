// What one replica has another do, over a real Redis.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
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
let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
}, boundMs);
afterEach(stopAll);
afterAll(() => server.stop());

async function start(count: number, deployments: number): Promise<Replica[]> {
  const name = anyName();
  const replicas: Replica[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    replicas.push(await startReplica({ url: server.url, name, deployments: fleetOf(deployments) }));
  }
  await divided(replicas, keysOf(deployments));
  return replicas;
}

const slotsIn = (replica: Replica, keys: readonly string[]) => keys.map(replica.slotOf).sort();

describe("an order", () => {
  test("to ask now goes to those that ask the deployments, each with its own", async () => {
    const [one, two, three] = (await start(3, 40)) as [Replica, Replica, Replica];
    const foreign = [...two.ours(), ...three.ours()];
    one.cluster.send({ type: "probe", slots: slotsIn(one, foreign), wanted: "metadata" });
    for (const other of [two, three]) {
      await eventually("it has its order", () => other.orders.length > 0);
      expect(other.orders).toEqual([
        { type: "probe", slots: expect.any(Array), wanted: "metadata" },
      ]);
      const [order] = other.orders;
      const slots = order?.type === "probe" ? [...order.slots].sort() : [];
      expect(slots).toEqual(slotsIn(other, other.ours()));
    }
    expect(one.orders).toEqual([]);
    expect(one.cluster.state().orders.sent).toBe(2);
    expect(two.cluster.state().orders.received).toBe(1);
  });

  test(
    "about thousands arrives whole",
    async () => {
      const [one, two] = (await start(2, 3000)) as [Replica, Replica];
      one.cluster.send({ type: "probe", slots: slotsIn(one, two.ours()), wanted: "usual" });
      const asked = () =>
        two.orders.flatMap((order) => (order.type === "probe" ? order.slots : []));
      await eventually("all are asked", () => asked().length === two.ours().length);
    },
    boundMs,
  );

  test("with what traffic said goes to who asks the deployment", async () => {
    const [one, two] = (await start(2, 40)) as [Replica, Replica];
    const key = two.ours()[0] ?? "";
    const said = {
      outcome: "server_error",
      atMs: Date.now(),
      decided: true,
      words: "ü 503",
    } as const;
    one.cluster.send({ type: "passive", outcomes: [{ slot: one.slotOf(key), ...said }] });
    await eventually("it arrives", () => two.orders.length > 0);
    expect(two.orders).toEqual([
      { type: "passive", outcomes: [{ slot: two.slotOf(key), ...said }] },
    ]);
  });

  test("to leave a key alone goes to all others", async () => {
    const [one, two, three] = (await start(3, 40)) as [Replica, Replica, Replica];
    one.cluster.send({ type: "hold", name: "host:443 abc", forMs: 1500 });
    for (const other of [two, three]) {
      await eventually("it arrives", () => other.orders.length > 0);
      expect(other.orders).toEqual([{ type: "hold", name: "host:443 abc", forMs: 1500 }]);
    }
    expect(one.orders).toEqual([]);
  });

  test("is dropped while there is no Redis", async () => {
    const [one, two] = (await start(2, 40)) as [Replica, Replica];
    const slots = slotsIn(one, two.ours());
    one.line.set("held");
    one.line.cut();
    await eventually("the line is gone", () => !one.cluster.state().connected);
    one.cluster.send({ type: "probe", slots, wanted: "usual" });
    one.line.set("open");
    await eventually("the line is there again", () => one.cluster.state().connected);
    one.cluster.send({ type: "hold", name: "after", forMs: 1 });
    await eventually("what is sent then arrives", () => two.orders.length > 0);
    expect(two.orders).toEqual([{ type: "hold", name: "after", forMs: 1 }]);
  });
});
