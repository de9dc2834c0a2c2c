import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { systemClock } from "../../src/clock.ts";
import { Secret } from "../../src/config/secret.ts";
import { startServices } from "../../src/services/services.ts";
import { startPostgres } from "../servers/postgres.ts";
import { eventually } from "../servers/process.ts";
import { startRedis } from "../servers/redis.ts";
import { nothingConfigured } from "./running.ts";

function start(settings: Partial<typeof nothingConfigured>) {
  const told: string[] = [];
  const services = startServices({
    settings: { ...nothingConfigured, ...settings },
    clock: systemClock,
    onChange: (service, { status }) => void told.push(`${service} ${status}`),
  });
  return { services, told };
}

describe("the services", () => {
  test("without a word about them are the embedded store alone", async () => {
    const { services } = start({});
    await eventually("the store is open", services.databaseInitialized);
    expect(services.database()).toMatchObject({ status: "connected", engine: "sqlite" });
    expect(services.redis().status).toBe("not_configured");
    expect(services.proxy().status).toBe("not_configured");
    await services.stop();
  });

  test("tell which of them changed", async () => {
    const { services, told } = start({});
    await eventually("the store is open", services.databaseInitialized);
    expect(told).toEqual(["database connected"]);
    await services.stop();
  });

  test("that are a wrong URL say so, and nothing of it", async () => {
    const { services } = start({ databaseUrl: new Secret("mysql://me:hidden-word@h/d") });
    await eventually("it was checked", () => services.database().lastCheckMs !== null);
    expect(services.database()).toMatchObject({ status: "disconnected", engine: "postgresql" });
    expect(JSON.stringify(services.database())).not.toContain("hidden-word");
    await services.stop();
  });
});

describe("the version of LiteLLM", () => {
  test("is the one that was set", async () => {
    const { services } = start({ litellmVersion: "1.2.3" });
    expect(services.litellmVersion()).toBe("1.2.3");
    await services.stop();
  });

  test("is what the proxy says, and unknown until then", async () => {
    const proxy = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => Response.json({ litellm_version: "1.84.0" }),
    });
    const { services } = start({ proxyUrl: `http://127.0.0.1:${proxy.port}` });
    expect(services.litellmVersion()).toBe("unknown");
    await eventually("the proxy answered", () => services.litellmVersion() === "1.84.0");
    await services.stop();
    await proxy.stop(true);
  });
});

test("after stop nothing keeps a process alive, frozen servers or not", async () => {
  const [database, redis] = await Promise.all([startPostgres(), startRedis()]);
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "stopping.ts")], {
    env: { ...process.env, DATABASE_URL: database.url, REDIS_URL: redis.url },
    stdin: "pipe",
    stdout: "pipe",
  });
  const output = child.stdout.getReader();
  const line = async () => new TextDecoder().decode((await output.read()).value).trim();
  expect(await line()).toBe("connected");
  database.freeze();
  redis.freeze();
  child.stdin.write("frozen\n");
  await child.stdin.end();
  expect(await line()).toBe("stopped");
  // A process with a timer or a socket left would not end by itself.
  expect(await child.exited).toBe(0);
  redis.thaw();
  database.thaw();
  await Promise.all([database.stop(), redis.stop()]);
}, 60_000);
