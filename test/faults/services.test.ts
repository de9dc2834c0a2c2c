// PostgreSQL and Redis as they fail, as the service's own report tells of them: disconnected within its deadline, with a reason and without
// a secret, and connected again by itself.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import type { CheckLoop } from "../../src/services/check-loop.ts";
import { postgresCheck } from "../../src/services/postgres.ts";
import { redisCheck } from "../../src/services/redis.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually } from "../servers/process.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import { becomes, resolver, timeoutMs, watch } from "../services/running.ts";
import { type Line, startLine } from "./line.ts";

const password = "redis-secret-1";
const boundMs = 30_000;
let postgres: PostgresServer;
let redis: RedisServer;
let lines: Line[] = [];
let loops: { stop(): void }[] = [];

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis({ password })]);
}, 60_000);
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()]);
});
afterEach(async () => {
  for (const loop of loops) loop.stop();
  await Promise.all(lines.map((line) => line.stop()));
  loops = [];
  lines = [];
});

/** It is disconnected, with these words; a broken connection is asked over a new one first. */
async function says(loop: CheckLoop, words: string): Promise<void> {
  await eventually(`it says: ${words}; it said: ${loop.report().error}`, () => {
    const { status, error } = loop.report();
    return status === "disconnected" && error?.includes(words) === true;
  });
}

/** A check that began after now has ended. */
async function nextCheck(loop: CheckLoop): Promise<void> {
  for (let check = 0; check < 2; check += 1) {
    const before = loop.report().lastCheckMs;
    await eventually("it is checked", () => loop.report().lastCheckMs !== before);
  }
}

const checks = {
  PostgreSQL: {
    port: () => Number(new URL(postgres.url).port),
    check: (port: number) =>
      postgresCheck(
        `postgres://postgres:${postgres.password}@127.0.0.1:${port}/postgres`,
        timeoutMs,
        resolver,
      ),
  },
  Redis: {
    port: () => redis.port,
    check: (port: number) =>
      redisCheck(`redis://:${password}@127.0.0.1:${port}`, timeoutMs, resolver),
  },
} as const;

for (const [name, { port, check }] of Object.entries(checks)) {
  async function behindLine() {
    const line = await startLine(port());
    lines.push(line);
    const loop = watch(check(line.port), [password, postgres.password]);
    loops.push(loop);
    await becomes(loop, "connected");
    return { line, loop };
  }

  describe(`${name}, while it is watched,`, () => {
    test(
      "takes connections and does not serve them: disconnected at the deadline, then connected",
      async () => {
        const { line, loop } = await behindLine();
        line.set("held");
        line.cut();
        await says(loop, `${timeoutMs} ms`);
        line.set("open");
        await becomes(loop, "connected");
      },
      boundMs,
    );

    test(
      "answers into the void: disconnected at the deadline, then connected",
      async () => {
        const { line, loop } = await behindLine();
        line.set("deaf");
        await becomes(loop, "disconnected");
        line.set("open");
        await becomes(loop, "connected");
      },
      boundMs,
    );

    test(
      "resets its connections: connected again over a new one",
      async () => {
        const { line, loop } = await behindLine();
        const before = loop.report().lastCheckMs ?? 0;
        for (let time = 0; time < 3; time += 1) line.cut();
        await becomes(loop, "connected");
        expect(loop.report().lastCheckMs ?? 0).toBeGreaterThanOrEqual(before);
      },
      boundMs,
    );
  });
}

describe("Redis, while it is watched,", () => {
  async function watched() {
    const loop = watch(checks.Redis.check(redis.port), [password]);
    loops.push(loop);
    await becomes(loop, "connected");
    return loop;
  }

  /** One command by an administrator. */
  async function command(login: string, ...words: [string, ...string[]]): Promise<void> {
    const client = new Redis({ host: "127.0.0.1", port: redis.port, password: login });
    try {
      await client.call(...words);
    } finally {
      client.disconnect();
    }
  }

  test(
    "gets another password, and the old one back",
    async () => {
      const loop = await watched();
      await command(password, "CONFIG", "SET", "requirepass", "another-secret");
      await command("another-secret", "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      await says(loop, "WRONGPASS");
      expect(loop.report().error).not.toContain(password);
      await command("another-secret", "CONFIG", "SET", "requirepass", password);
      await becomes(loop, "connected");
    },
    boundMs,
  );

  test(
    "has no memory left for writes, or is a replica that takes none: it answers, so it is connected",
    async () => {
      const loop = await watched();
      await command(password, "CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction");
      await nextCheck(loop);
      expect(loop.report().status).toBe("connected");
      await command(password, "CONFIG", "SET", "maxmemory", "0");
      await command(password, "REPLICAOF", "127.0.0.1", "1");
      await nextCheck(loop);
      expect(loop.report().status).toBe("connected");
      await command(password, "REPLICAOF", "NO", "ONE");
    },
    boundMs,
  );
});

describe("PostgreSQL, while it is watched,", () => {
  test(
    "has no connection left for us, and has one again",
    async () => {
      await postgres.query(
        "create role watcher login password 'watcher-secret' connection limit 0",
      );
      const url = postgres.url.replace(`postgres:${postgres.password}@`, "watcher:watcher-secret@");
      const loop = watch(postgresCheck(url, timeoutMs, resolver), ["watcher-secret"]);
      loops.push(loop);
      await says(loop, "too many connections");
      await postgres.query("alter role watcher connection limit -1");
      await becomes(loop, "connected");
      await postgres.query("alter role watcher password 'other-secret'");
      await postgres.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'watcher'",
      );
      await says(loop, "password authentication failed");
      await postgres.query("alter role watcher password 'watcher-secret'");
      await becomes(loop, "connected");
    },
    boundMs,
  );

  test(
    "is read-only: it answers, so it is connected",
    async () => {
      await postgres.query("create role reader login password 'reader-secret'");
      await postgres.query("alter role reader set default_transaction_read_only = on");
      const url = postgres.url.replace(`postgres:${postgres.password}@`, "reader:reader-secret@");
      const loop = watch(postgresCheck(url, timeoutMs, resolver), ["reader-secret"]);
      loops.push(loop);
      await becomes(loop, "connected");
    },
    boundMs,
  );
});
