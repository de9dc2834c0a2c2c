// The harness itself: real servers that start, freeze, die, come back and leave nothing behind.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { Redis } from "ioredis";
import postgres from "postgres";
import { type PostgresServer, startPostgres } from "./postgres.ts";
import { descendants, eventually, freePort, killTree, spawnServer } from "./process.ts";
import { type RedisServer, startRedis } from "./redis.ts";

const boundMs = 60_000;
/** Long enough for a busy machine; silence is waited for more briefly. */
const answerMs = 10_000;
const silenceMs = 300;

/** What was answered, or that nothing came in time, or that there was an error. */
async function answerOf<T>(
  ask: () => Promise<T>,
  end: () => unknown,
  withinMs: number,
): Promise<T | "silent" | "refused"> {
  try {
    return await Promise.race([
      ask().catch(() => "refused" as const),
      Bun.sleep(withinMs).then(() => "silent" as const),
    ]);
  } finally {
    end();
  }
}

function askPostgres(url: string, withinMs = answerMs) {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  return answerOf(
    async () => Number((await sql`select 41 + 1 as answer`)[0]?.["answer"]),
    () => void sql.end({ timeout: 0 }).catch(() => {}),
    withinMs,
  );
}

function askRedis(url: string, withinMs = answerMs) {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => {});
  return answerOf(
    () => client.ping(),
    () => client.disconnect(),
    withinMs,
  );
}

describe("a PostgreSQL server of the harness", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, boundMs);
  afterAll(() => server.stop());

  test("answers a query", async () => {
    expect(await askPostgres(server.url)).toBe(42);
  });

  test("lets nobody in without the password", async () => {
    expect(await askPostgres(server.url.replace(server.password, "wrong"))).toBe("refused");
  });

  test("is silent while it is frozen, and answers again", async () => {
    server.freeze();
    const frozen = await askPostgres(server.url, silenceMs);
    server.thaw();
    expect(frozen).toBe("silent");
    await eventually("it answers", async () => (await askPostgres(server.url)) === 42);
  });

  test(
    "refuses connections while it is dead, and comes back",
    async () => {
      await server.kill();
      expect(await askPostgres(server.url)).toBe("refused");
      await server.start();
      expect(await askPostgres(server.url)).toBe(42);
    },
    boundMs,
  );

  test(
    "leaves neither processes nor files when it is stopped, even frozen",
    async () => {
      const processes = descendants(process.pid);
      const other = await startPostgres();
      other.freeze();
      await other.stop();
      const more = descendants(process.pid).filter((pid) => !processes.includes(pid));
      expect([more, existsSync(other.folder)]).toEqual([[], false]);
    },
    boundMs,
  );
});

describe("a Redis server of the harness", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ password: "redis-secret" });
  }, boundMs);
  afterAll(() => server.stop());

  test("answers a ping", async () => {
    expect(await askRedis(server.url)).toBe("PONG");
  });

  test("lets nobody in without the password", async () => {
    expect(await askRedis(`redis://127.0.0.1:${server.port}`)).toBe("refused");
  });

  test("is silent while it is frozen, and answers again", async () => {
    server.freeze();
    const frozen = await askRedis(server.url, silenceMs);
    server.thaw();
    expect(frozen).toBe("silent");
    await eventually("it answers", async () => (await askRedis(server.url)) === "PONG");
  });

  test(
    "refuses connections while it is dead, and comes back",
    async () => {
      await server.kill();
      expect(await askRedis(server.url)).toBe("refused");
      await server.start();
      expect(await askRedis(server.url)).toBe("PONG");
    },
    boundMs,
  );

  test(
    "leaves neither processes nor files when it is stopped, even frozen",
    async () => {
      const processes = descendants(process.pid);
      const other = await startRedis();
      other.freeze();
      await other.stop();
      const more = descendants(process.pid).filter((pid) => !processes.includes(pid));
      expect([more, existsSync(other.folder)]).toEqual([[], false]);
    },
    boundMs,
  );
});

test("a free port can be listened on", async () => {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: await freePort(),
    socket: { data() {} },
  });
  expect(server.port).toBeGreaterThan(0);
  server.stop(true);
});

test("a process is ended with all that came from it", async () => {
  const child = spawnServer(["sh", "-c", "sleep 60 & sleep 60 & wait"], tmpdir());
  await eventually("its children run", () => descendants(child.pid).length === 2);
  const all = descendants(child.pid);
  killTree(child.pid);
  await child.exited;
  await eventually("none is left", () => all.every((pid) => !isAlive(pid)));
});

/** A process that ended and that nobody has asked about yet is not alive. */
function isAlive(pid: number): boolean {
  const { stdout } = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)]);
  return /^[^Z\s]/.test(stdout.toString().trim());
}

test("what never happens is said in words", async () => {
  await expect(eventually("the sea is dry", () => false, 30)).rejects.toThrow("the sea is dry");
});
