import { describe, expect, test } from "bun:test";
import { createResolver } from "../../src/transport/resolver.ts";

test("a name that answers slowly does not hold up other names", async () => {
  const pending = new Map<string, (addresses: { address: string; family: number }[]) => void>();
  const resolver = createResolver((name) =>
    name === "slow.example"
      ? new Promise((resolve) => pending.set(name, resolve))
      : Promise.resolve([{ address: "127.0.0.1", family: 4, ttl: 60 }]),
  );
  const slow = resolver.resolve("slow.example");
  expect(await resolver.resolve("fast.example")).toEqual([{ address: "127.0.0.1", family: 4 }]);
  pending.get("slow.example")?.([{ address: "127.0.0.2", family: 4 }]);
  expect(await slow).toEqual([{ address: "127.0.0.2", family: 4 }]);
});

describe("the resolver", () => {
  test("asks once for a name that many wait for, and keeps the answer for its TTL", async () => {
    let asked = 0;
    let nowMs = 0;
    const resolver = createResolver(
      async () => {
        asked += 1;
        return [{ address: "127.0.0.1", family: 4, ttl: 10 }];
      },
      () => nowMs,
    );
    await Promise.all([resolver.resolve("a.example"), resolver.resolve("a.example")]);
    nowMs = 9_999;
    await resolver.resolve("a.example");
    expect(asked).toBe(1);
    nowMs = 10_001;
    await resolver.resolve("a.example");
    expect(asked).toBe(2);
  });

  test("asks anew for a name of which nothing was ever heard", async () => {
    let asked = 0;
    let nowMs = 0;
    const resolver = createResolver(
      () => {
        asked += 1;
        return asked === 1
          ? new Promise(() => {})
          : Promise.resolve([{ address: "127.0.0.1", family: 4, ttl: 60 }]);
      },
      () => nowMs,
    );
    void resolver.resolve("a.example");
    nowMs = 60_000;
    expect(await resolver.resolve("a.example")).toEqual([{ address: "127.0.0.1", family: 4 }]);
  });

  test("leaves a name that failed alone for a moment", async () => {
    let asked = 0;
    let nowMs = 0;
    const resolver = createResolver(
      async () => {
        asked += 1;
        throw Object.assign(new Error("no"), { code: "ENOTFOUND" });
      },
      () => nowMs,
    );
    await expect(resolver.resolve("a.example")).rejects.toThrow("no");
    await expect(resolver.resolve("a.example")).rejects.toThrow("no");
    expect(asked).toBe(1);
    nowMs = 2_001;
    await expect(resolver.resolve("a.example")).rejects.toThrow("no");
    expect(asked).toBe(2);
  });

  test("asks again soon for a name that has no address", async () => {
    let asked = 0;
    let nowMs = 0;
    const resolver = createResolver(
      async () => {
        asked += 1;
        return [];
      },
      () => nowMs,
    );
    await expect(resolver.resolve("a.example")).rejects.toThrow("no address");
    nowMs = 2_001;
    await expect(resolver.resolve("a.example")).rejects.toThrow("no address");
    expect(asked).toBe(2);
  });

  test("forgets the name that was asked longest ago when it holds 4096", async () => {
    const asked: string[] = [];
    const resolver = createResolver(
      async (name) => {
        asked.push(name);
        return [{ address: "127.0.0.1", family: 4, ttl: 60 }];
      },
      () => 0,
    );
    for (let name = 0; name <= 4096; name += 1) await resolver.resolve(`n${name}.example`);
    asked.length = 0;
    await resolver.resolve("n1.example");
    await resolver.resolve("n0.example");
    expect(asked).toEqual(["n0.example"]);
  });
});
