import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/clock.ts";
import { type CheckLoop, startCheckLoop } from "../../src/services/check-loop.ts";
import { postgresCheck } from "../../src/services/postgres.ts";
import { proxyCheck } from "../../src/services/proxy.ts";
import { redisCheck } from "../../src/services/redis.ts";
import { sqliteCheck } from "../../src/services/sqlite.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually } from "../servers/process.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";

const pace = { intervalMs: 50, timeoutMs: 500, clock: systemClock, secrets: [] };

async function becomes(loop: CheckLoop, status: "connected" | "disconnected"): Promise<void> {
  await eventually(
    `the service is ${status}`,
    () => loop.report().status === status && loop.report().lastCheckMs !== null,
  );
}

describe("PostgreSQL", () => {
  let server: PostgresServer;
  let loop: CheckLoop;
  beforeAll(async () => {
    server = await startPostgres();
    loop = startCheckLoop({
      ...pace,
      check: postgresCheck(server.url, pace.timeoutMs),
      engine: "postgresql",
    });
  }, 60_000);
  afterAll(async () => {
    await loop.stop();
    await server.stop();
  });

  test("that answers is connected, with a measured round trip", async () => {
    await becomes(loop, "connected");
    expect(loop.report().latencyMs).toBeGreaterThan(0);
    expect(loop.wasConnected()).toBe(true);
  });

  test("that hangs shows as disconnected, and is connected again when it goes on", async () => {
    server.freeze();
    await becomes(loop, "disconnected");
    expect(loop.report().error).toMatch(/no answer within 500 ms|timeout/i);
    server.thaw();
    await becomes(loop, "connected");
  }, 30_000);

  test("that was killed shows as disconnected, and is connected again after its restart", async () => {
    await server.kill();
    await becomes(loop, "disconnected");
    await server.start();
    await becomes(loop, "connected");
  }, 30_000);

  test("that refuses the password says so, without the password", async () => {
    const url = server.url.replace(server.password, "wrong-password");
    const refused = startCheckLoop({
      ...pace,
      secrets: ["wrong-password"],
      check: postgresCheck(url, pace.timeoutMs),
    });
    await eventually("the check ended", () => refused.report().lastCheckMs !== null);
    expect(refused.report().error).toMatch(/password authentication failed/);
    expect(refused.report().error).not.toContain("wrong-password");
    await refused.stop();
  });

  test("at a name that does not resolve is disconnected", async () => {
    const url = "postgres://u:p@no-such-host.invalid:5432/db";
    const lost = startCheckLoop({ ...pace, check: postgresCheck(url, pace.timeoutMs) });
    await eventually("the check ended", () => lost.report().lastCheckMs !== null);
    expect(lost.report().status).toBe("disconnected");
    await lost.stop();
  });
});

describe("Redis", () => {
  let server: RedisServer;
  let loop: CheckLoop;
  beforeAll(async () => {
    server = await startRedis({ password: "redis-secret" });
    loop = startCheckLoop({ ...pace, check: redisCheck(server.url, pace.timeoutMs) });
  }, 30_000);
  afterAll(async () => {
    await loop.stop();
    await server.stop();
  });

  test("that answers is connected, with a measured round trip", async () => {
    await becomes(loop, "connected");
    expect(loop.report().latencyMs).toBeGreaterThan(0);
  });

  test("that hangs shows as disconnected, and is connected again when it goes on", async () => {
    server.freeze();
    await becomes(loop, "disconnected");
    server.thaw();
    await becomes(loop, "connected");
  }, 30_000);

  test("that was killed shows as disconnected, and is connected again after its restart", async () => {
    await server.kill();
    await becomes(loop, "disconnected");
    await server.start();
    await becomes(loop, "connected");
  }, 30_000);

  test("that refuses the password says so, without the password", async () => {
    const url = server.url.replace("redis-secret", "wrong-password");
    const refused = startCheckLoop({
      ...pace,
      secrets: ["wrong-password"],
      check: redisCheck(url, pace.timeoutMs),
    });
    await eventually("the check ended", () => refused.report().lastCheckMs !== null);
    expect(refused.report().error).toMatch(/WRONGPASS|password/);
    expect(refused.report().error).not.toContain("wrong-password");
    await refused.stop();
  });
});

describe("the embedded database", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleetpulse-sqlite-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is made where it is missing, folder and all", async () => {
    const loop = startCheckLoop({
      ...pace,
      check: sqliteCheck(join(folder, "deep", "er.sqlite")),
      engine: "sqlite",
    });
    await becomes(loop, "connected");
    expect(loop.report().engine).toBe("sqlite");
    await loop.stop();
  });

  test("that cannot be opened is disconnected, with the reason", async () => {
    writeFileSync(join(folder, "file"), "not a folder");
    const loop = startCheckLoop({ ...pace, check: sqliteCheck(join(folder, "file", "db.sqlite")) });
    await eventually("the check ended", () => loop.report().lastCheckMs !== null);
    expect(loop.report()).toMatchObject({ status: "disconnected" });
    expect(loop.report().error).toMatch(/ENOTDIR|EEXIST|not a directory/i);
    await loop.stop();
  });

  test("that is no database is disconnected, with the reason", async () => {
    writeFileSync(
      join(folder, "text.sqlite"),
      "this is text, and long enough to be read as a header of a file".repeat(10),
    );
    const loop = startCheckLoop({ ...pace, check: sqliteCheck(join(folder, "text.sqlite")) });
    await eventually("the check ended", () => loop.report().lastCheckMs !== null);
    expect(loop.report().error).toMatch(/not a database/);
    await loop.stop();
  });
});

describe("the watched proxy", () => {
  test("tells its version to whoever has the key", async () => {
    const proxy = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        const path = new URL(request.url).pathname;
        const known = request.headers.get("authorization") === "Bearer sk-proxy";
        if (path === "/health/readiness/details" && known) {
          return Response.json({ status: "healthy", litellm_version: "1.84.0" });
        }
        return path === "/health/readiness"
          ? Response.json({ status: "healthy" })
          : new Response(null, { status: 401 });
      },
    });
    const url = `http://127.0.0.1:${proxy.port}`;
    const [known, stranger] = [proxyCheck(url, "sk-proxy", 1000), proxyCheck(url, null, 1000)];
    await Promise.all([known.ask(), stranger.ask()]);
    expect(known.version()).toBe("1.84.0");
    expect(stranger.version()).toBeNull();
    await proxy.stop(true);
  });
});

describe("a check", () => {
  /** Timers and time moved by hand. */
  function byHand() {
    let nowMs = 0;
    const waiting = new Map<number, { callback: () => void; atMs: number }>();
    let next = 1;
    return {
      clock: { wallMs: () => nowMs, monotonicMs: () => nowMs },
      timers: {
        set(callback: () => void, delayMs: number) {
          waiting.set(next, { callback, atMs: nowMs + delayMs });
          return next++;
        },
        clear: (timer: unknown) => void waiting.delete(timer as number),
      },
      waiting,
      async advance(ms: number) {
        nowMs += ms;
        for (const [timer, { callback, atMs }] of [...waiting]) {
          if (atMs <= nowMs && waiting.delete(timer)) callback();
        }
        await Promise.resolve();
        await Promise.resolve();
      },
    };
  }

  test("that never ends is given up at its deadline, and its late answer is forgotten", async () => {
    const hand = byHand();
    const answers: (() => void)[] = [];
    let resets = 0;
    const loop = startCheckLoop({
      check: {
        ask: () => new Promise((resolve) => answers.push(resolve)),
        reset: () => {
          resets += 1;
        },
        stop: async () => {},
      },
      intervalMs: 5000,
      timeoutMs: 2000,
      secrets: [],
      ...hand,
    });
    await hand.advance(2000);
    expect(loop.report()).toMatchObject({
      status: "disconnected",
      error: "no answer within 2000 ms",
    });
    expect(resets).toBe(1);
    answers[0]?.();
    await hand.advance(0);
    expect(loop.report().status).toBe("disconnected");
    await loop.stop();
    expect(hand.waiting.size).toBe(0);
  });

  test("is repeated at its interval, however long it took, and sooner after a failure", async () => {
    const hand = byHand();
    let asked = 0;
    let well = true;
    const loop = startCheckLoop({
      check: {
        async ask() {
          asked += 1;
          if (!well) throw new Error("down");
        },
        reset() {},
        stop: async () => {},
      },
      intervalMs: 5000,
      timeoutMs: 2000,
      secrets: [],
      ...hand,
    });
    await hand.advance(0);
    expect(asked).toBe(1);
    await hand.advance(4999);
    expect(asked).toBe(1);
    well = false;
    await hand.advance(1);
    expect(asked).toBe(2);
    expect(loop.report()).toMatchObject({ status: "disconnected", error: "down" });
    await hand.advance(1000);
    expect(asked).toBe(3);
    await loop.stop();
  });
});
