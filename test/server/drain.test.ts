import { describe, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { Secret } from "../../src/config/secret.ts";
import { createDrain, type DrainSteps } from "../../src/server/drain.ts";
import { startContext, threeModels } from "./context.ts";

describe("GET /health/drain", () => {
  test("is not there unless it is enabled", async () => {
    const server = startContext(threeModels);
    expect((await server.get("/health/drain")).status).toBe(404);
    expect(server.state.drains).toBe(0);
  });

  test("needs no key, and says how many requests were let end", async () => {
    const server = startContext(threeModels, {
      drainEndpoint: true,
      masterKey: new Secret("sk-master"),
    });
    const response = await server.get("/health/drain");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "drained", drained_requests: 2 });
  });

  test("needs the token where one is set", async () => {
    const server = startContext(threeModels, {
      drainEndpoint: true,
      drainToken: new Secret("let-me"),
    });
    for (const headers of [{}, { "x-drain-token": "wrong" }, { authorization: "Bearer let-me" }]) {
      const refused = await server.get("/health/drain", headers as Record<string, string>);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({
        error: { message: "Invalid or missing X-Drain-Token" },
      });
    }
    expect(server.state.drains).toBe(0);
    expect((await server.get("/health/drain", { "x-drain-token": "let-me" })).status).toBe(200);
  });
});

describe("draining", () => {
  function steps(changes: Partial<DrainSteps> = {}) {
    const log: string[] = [];
    const given: DrainSteps = {
      clock: systemClock,
      timeoutMs: () => 5000,
      announce: () => void log.push("announce"),
      stopProbing: async () => void log.push("stop probing"),
      inFlight: () => 1,
      ...changes,
    };
    return { log, drain: createDrain(given) };
  }

  test("announces first, then ends probing, and does so once however often it is called", async () => {
    const { log, drain } = steps();
    expect(await Promise.all([drain(), drain()])).toEqual([0, 0]);
    expect(await drain()).toBe(0);
    expect(log).toEqual(["announce", "stop probing"]);
  });

  test("waits for the other requests in flight", async () => {
    let inFlight = 4;
    const { drain } = steps({
      inFlight: () => inFlight,
      stopProbing: async () => {
        inFlight = 1;
      },
    });
    expect(await drain()).toBe(3);
  });

  test("waits no longer than it may", async () => {
    let nowMs = 0;
    const { drain } = steps({
      clock: { wallMs: () => 0, monotonicMs: () => (nowMs += 100) },
      timeoutMs: () => 300,
      inFlight: () => 5,
    });
    expect(await drain()).toBe(0);
  });
});
