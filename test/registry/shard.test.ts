import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { divide, type ShardMember, shard } from "../../src/registry/shard.ts";

const anyMembers = fc
  .array(
    fc.record({
      provider: fc.constantFrom("openai", "azure", "ollama"),
      host: fc.constantFrom("a", "b", "c", "d", "e"),
      key: fc.constantFrom("k1", "k2", "k3", "none"),
    }),
    { maxLength: 60 },
  )
  .map((all): ShardMember[] => all.map((lanes, slot) => ({ slot, lanes })));

const anyLimits = fc.record({
  thread: fc.integer({ min: 1, max: 200 }),
  provider: fc.integer({ min: 1, max: 40 }),
  host: fc.integer({ min: 1, max: 20 }),
  key: fc.integer({ min: 1, max: 20 }),
});

describe("sharding", () => {
  test("for any fleet every deployment has one owner, who has room for it in each of its lanes", () => {
    fc.assert(
      fc.property(
        anyMembers,
        fc.integer({ min: 1, max: 8 }),
        anyLimits,
        (members, threads, limits) => {
          const { owners, limits: parts } = shard(members, threads, limits);
          expect(owners.size).toBe(members.length);
          for (const { slot, lanes } of members) {
            const owner = owners.get(slot) as number;
            for (const scope of ["provider", "host", "key"] as const) {
              expect(parts[owner]?.[scope][lanes[scope]]).toBeGreaterThanOrEqual(1);
            }
          }
        },
      ),
    );
  });

  test("for any fleet the threads' parts of a bound never add up to more than the bound", () => {
    fc.assert(
      fc.property(
        anyMembers,
        fc.integer({ min: 1, max: 8 }),
        anyLimits,
        (members, threads, limits) => {
          const { limits: parts } = shard(members, threads, limits);
          for (const scope of ["provider", "host", "key"] as const) {
            const sums = new Map<string, number>();
            for (const part of parts) {
              for (const [name, limit] of Object.entries(part[scope])) {
                sums.set(name, (sums.get(name) ?? 0) + limit);
              }
            }
            for (const sum of sums.values()) expect(sum).toBeLessThanOrEqual(limits[scope]);
          }
        },
      ),
    );
  });

  test("deployments keep their thread when others come and go", () => {
    const lanes = { provider: "openai", host: "a", key: "k" };
    const members = Array.from({ length: 40 }, (_, slot) => ({ slot, lanes }));
    const limits = { thread: 100, provider: 100, host: 100, key: 100 };
    const before = shard(members.slice(0, 36), 4, limits);
    const after = shard(members, 4, limits, before.owners);
    for (const [slot, owner] of before.owners) expect(after.owners.get(slot)).toBe(owner);
  });

  test("a host that may be asked one at a time is asked by one thread only", () => {
    const members = Array.from({ length: 8 }, (_, slot) => ({
      slot,
      lanes: { provider: "ollama", host: "box:11434", key: "none" },
    }));
    const { owners } = shard(members, 4, { thread: 100, provider: 100, host: 1, key: 100 });
    expect(new Set(owners.values()).size).toBe(1);
  });

  test("a bound that is wider than its deployments stays as wide, whose quarter those that hang may fill", () => {
    const lanes = { provider: "openai", host: "a", key: "k" };
    const members = Array.from({ length: 100 }, (_, slot) => ({ slot, lanes }));
    const limits = { thread: 12_000, provider: 12_000, host: 12_000, key: 12_000 };
    const parts = shard(members, 2, limits).limits;
    expect(parts.map(({ key }) => key["k"])).toEqual([6000, 6000]);
  });

  test("a fleet is divided evenly", () => {
    const members = Array.from({ length: 100 }, (_, slot) => ({
      slot,
      lanes: { provider: "openai", host: `h${slot}`, key: `k${slot}` },
    }));
    const { owners } = shard(members, 4, { thread: 100, provider: 100, host: 100, key: 100 });
    const counts = [0, 1, 2, 3].map(
      (thread) => [...owners.values()].filter((o) => o === thread).length,
    );
    expect(counts).toEqual([25, 25, 25, 25]);
  });
});

test("dividing gives out a limit and no more, and everybody what is needed where there is enough", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 8, max: 100 }),
      (needs, limit) => {
        const parts = divide(limit, needs);
        const total = needs.reduce((sum, need) => sum + need, 0);
        const given = parts.reduce((sum, part) => sum + part, 0);
        expect(given).toBeLessThanOrEqual(limit);
        if (total > limit) expect(given).toBe(limit);
        for (const [index, part] of parts.entries()) {
          const need = needs[index] as number;
          if (need === 0) expect(part).toBe(0);
          else expect(part).toBeGreaterThanOrEqual(total <= limit ? need : 1);
        }
      },
    ),
  );
});
