import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { CheckLoop } from "../../src/services/check-loop.ts";
import { redisCheck } from "../../src/services/redis.ts";
import { freePort } from "../servers/process.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import { becomes, patientMs, refusal, resolver, watch } from "./running.ts";

const check = (url: string) => redisCheck(url, patientMs, resolver);

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis({ password: "redis-secret" });
}, 60_000);
afterAll(() => server.stop());

describe("Redis", () => {
  let loop: CheckLoop;
  beforeAll(() => {
    loop = watch(check(server.url));
  });
  afterAll(() => loop.stop());

  test("that answers is connected, with a measured round trip", async () => {
    await becomes(loop, "connected");
    expect(loop.report().latencyMs).toBeGreaterThan(0);
  });

  test("that hangs is disconnected, and connected again when it goes on", async () => {
    await becomes(loop, "connected");
    server.freeze();
    await becomes(loop, "disconnected");
    server.thaw();
    await becomes(loop, "connected");
  }, 60_000);

  test("that was killed is disconnected, and connected again after its restart", async () => {
    await becomes(loop, "connected");
    await server.kill();
    await becomes(loop, "disconnected");
    await server.start();
    await becomes(loop, "connected");
  }, 60_000);

  test("is reached by a URL with a name, a database and the parameters of redis-py", async () => {
    const named = `redis://default:redis-secret@localhost:${server.port}/3?socket_timeout=5`;
    const loop = watch(check(named));
    await becomes(loop, "connected");
    loop.stop();
  });
});

describe("a Redis that cannot be used says why:", () => {
  test("nobody listens", async () => {
    expect(await refusal(check(`redis://127.0.0.1:${await freePort()}`))).toMatch(/ECONNREFUSED/);
  });

  test("the password is wrong, and it is not shown", async () => {
    const wrong = server.url.replace("redis-secret", "wrong-password");
    const error = await refusal(check(wrong), ["wrong-password"]);
    expect(error).toMatch(/WRONGPASS/);
    expect(error).not.toContain("wrong-password");
  });

  test("the password is missing", async () => {
    expect(await refusal(check(`redis://127.0.0.1:${server.port}`))).toMatch(/NOAUTH/);
  });

  test("the name does not resolve", async () => {
    expect(await refusal(check("redis://no-such-host.invalid"))).toBe(
      "the host name no-such-host.invalid does not resolve",
    );
  });

  test("it speaks no TLS although the URL asks for it", async () => {
    const url = server.url.replace("redis://", "rediss://");
    expect(await refusal(check(url))).not.toBe("");
  });
});
