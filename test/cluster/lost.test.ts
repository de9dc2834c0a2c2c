// A Redis that dies, hangs, forgets or refuses: every replica asks everything then, and gives the share back when it is there again.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { systemTimers } from "../../src/clock.ts";
import { eventually, freePort } from "../servers/process.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import { createAuthority } from "../transport/authority.ts";
import {
  anyName,
  divided,
  heartbeatMs,
  keysOf,
  type Replica,
  startReplica,
  stopAll,
} from "./replicas.ts";

const boundMs = 90_000;
const keys = keysOf(40);
let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
}, boundMs);
afterAll(() => server.stop());
afterEach(stopAll);

const all = (replica: Replica) => replica.ours().length === keys.length;

describe("two replicas", () => {
  let one: Replica;
  let two: Replica;
  beforeEach(async () => {
    const name = anyName();
    one = await startReplica({ url: server.url, name });
    two = await startReplica({ url: server.url, name });
    await divided([one, two], keys);
  }, boundMs);

  test(
    "whose Redis was killed ask everything each, say so once, and divide the fleet again when it is back",
    async () => {
      await server.kill();
      await eventually("both ask everything", () => all(one) && all(two));
      expect(one.cluster.state()).toMatchObject({ joined: false, connected: false, owned: 40 });
      expect(one.cluster.state().error).not.toBeNull();
      await server.start();
      await divided([one, two], keys);
      expect(one.notices.map((text) => text.replace(/:.*/, ""))).toEqual([
        expect.stringContaining("has its place in the cluster"),
        expect.stringContaining("has no place in the cluster"),
        expect.stringContaining("has its place in the cluster"),
      ]);
      expect(one.cluster.state()).toMatchObject({ joined: true, connected: true, error: null });
    },
    boundMs,
  );

  test(
    "whose Redis has no room for rows say so, and have them kept when it has",
    async () => {
      const client = new Redis(server.url);
      try {
        const key = one.ours()[0] ?? "";
        await client.config("SET", "maxmemory", "1");
        one.ask(key, { text: "kept in the end" });
        await eventually("it is said", () => /OOM/.test(one.cluster.state().error ?? ""));
        await client.config("SET", "maxmemory", "0");
        await eventually("all is well", () => one.cluster.state().error === null);
        const three = await startReplica({ url: server.url, name: one.cluster.state().name });
        await eventually("one that comes later reads it", () => {
          const isRead = three.row(key).text === "kept in the end";
          return isRead || three.ours().includes(key);
        });
        expect(three.row(key).text).toBe("kept in the end");
      } finally {
        await client.config("SET", "maxmemory", "0");
        client.disconnect();
      }
    },
    boundMs,
  );

  test(
    "know of each other's rows again after Redis came back empty",
    async () => {
      const key = one.ours()[0] ?? "";
      await server.kill();
      await eventually("both ask everything", () => all(one) && all(two));
      one.ask(key, { text: "meanwhile" });
      await server.start();
      await divided([one, two], keys);
      await eventually("the other knows", () => two.row(key).text === "meanwhile");
    },
    boundMs,
  );

  test(
    "whose Redis hangs ask everything each, and divide the fleet again when it goes on",
    async () => {
      server.freeze();
      try {
        await eventually("both ask everything", () => all(one) && all(two));
        expect(one.cluster.state().joined).toBe(false);
      } finally {
        server.thaw();
      }
      await divided([one, two], keys);
    },
    boundMs,
  );

  test(
    "of which one is cut off: that one asks everything, and so does the other",
    async () => {
      two.line.set("held");
      await eventually("both ask everything", () => all(one) && all(two));
      two.line.set("open");
      await divided([one, two], keys);
    },
    boundMs,
  );

  test(
    "keep their shares when their connections break for a moment",
    async () => {
      const shares = [one.shares(), two.shares()];
      const key = two.ours()[0] ?? "";
      one.line.cut();
      two.ask(key, { text: "while the line was cut" });
      await eventually(
        "what was told meanwhile is known",
        () => one.row(key).text === "while the line was cut",
      );
      expect([one.shares(), two.shares()]).toEqual(shares);
    },
    boundMs,
  );

  test(
    "join anew when Redis has forgotten them, and keep their shares meanwhile",
    async () => {
      const before = [one, two].map(({ owned }) => owned.length);
      const client = new Redis(server.url);
      await client.flushall();
      client.disconnect();
      const key = one.ours()[0] ?? "";
      one.ask(key, { text: "after all was lost" });
      await eventually("the other knows", () => two.row(key).text === "after all was lost");
      await eventually("they have divided it anew", () =>
        [one, two].every(({ owned }, at) => owned.length > (before[at] ?? 0)),
      );
      await divided([one, two], keys);
      const since = [one, two].flatMap(({ owned }, at) => owned.slice(before[at]));
      expect(since).not.toContain(keys.length);
    },
    boundMs,
  );
});

describe("a replica", () => {
  test("starts without its Redis, and asks everything", async () => {
    const nobody = `redis://127.0.0.1:${await freePort()}`;
    const one = await startReplica({ url: nobody });
    expect(all(one)).toBe(true);
    expect(one.notices.join()).toContain("has no place in the cluster");
  });

  test("whose Redis hangs from the beginning waits for its bound, and asks everything", async () => {
    server.freeze();
    try {
      const one = await startReplica({ url: server.url, timeoutMs: 300 });
      expect(all(one)).toBe(true);
      await one.die();
    } finally {
      server.thaw();
    }
  });

  test("that stops while Redis hangs takes no longer than it may", async () => {
    const one = await startReplica({ url: server.url, name: anyName() });
    await eventually("it has joined", () => one.cluster.state().joined);
    server.freeze();
    try {
      await one.cluster.stop(200);
    } finally {
      server.thaw();
    }
    expect(one.cluster.state().joined).toBe(false);
  });

  test("shows no password of its Redis", async () => {
    const guarded = await startRedis({ password: "cluster-secret" });
    const wrong = guarded.url.replace("cluster-secret", "wrong-secret");
    const one = await startReplica({ url: wrong });
    await eventually("it knows why", () => one.cluster.state().error !== null);
    const told = `${one.cluster.state().error} ${one.notices.join()}`;
    expect(told).toMatch(/WRONGPASS|invalid/);
    expect(told).not.toContain("wrong-secret");
    await one.die();
    await guarded.stop();
  });
});

describe("a Redis that lets everybody in and refuses what is asked", () => {
  const refusals: [title: string, refuse: (client: Redis) => Promise<unknown>][] = [
    [
      "because the user may not",
      (client) => client.call("ACL", "SETUSER", "default", "-eval") as Promise<unknown>,
    ],
    ["because it takes no writes", (client) => client.config("SET", "min-replicas-to-write", "1")],
  ];
  for (const [title, refuse] of refusals) {
    test(`${title} is left alone longer and longer, and joined when it takes us`, async () => {
      const redis = await startRedis();
      const client = new Redis(redis.url);
      await refuse(client);
      const timeoutMs = 2000;
      const pauses: number[] = [];
      const timers = {
        ...systemTimers,
        set(callback: () => void, delayMs: number) {
          // All other waits of one that has not joined.
          if (delayMs !== timeoutMs && delayMs !== heartbeatMs) pauses.push(delayMs);
          return systemTimers.set(callback, delayMs);
        },
      };
      const one = await startReplica({ url: redis.url, timers, timeoutMs });
      await eventually("it waits for long", () => pauses.some((ms) => ms > 450));
      expect(all(one)).toBe(true);
      expect(one.cluster.state()).toMatchObject({ joined: false, error: expect.any(String) });
      await client.call("ACL", "SETUSER", "default", "+eval");
      await client.config("SET", "min-replicas-to-write", "0");
      await eventually("it has joined", () => one.cluster.state().joined);
      client.disconnect();
      await one.stop();
      await redis.stop();
    });
  }
});

test(
  "replicas meet over TLS with a password",
  async () => {
    const authority = createAuthority();
    const tls = authority.sign(["127.0.0.1"]);
    const guarded = await startRedis({ password: "p w/:@ü", tls });
    const name = anyName();
    const url = `${guarded.url}?ssl_cert_reqs=none`;
    const one = await startReplica({ url, name });
    const two = await startReplica({ url, name });
    await divided([one, two], keys);
    await Promise.all([one.stop(), two.stop()]);
    await guarded.stop();
    authority.remove();
  },
  boundMs,
);
