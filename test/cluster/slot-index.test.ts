import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { keysOf, rowsKeyOf } from "../../src/cluster/keys.ts";
import { indexSlots } from "../../src/cluster/slot-index.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { deployment } from "../schedule/rounds-by-hand.ts";

async function indexed(keys: readonly string[]) {
  const registry = createRegistry();
  registry.replace(keys.map((key) => ({ ...deployment(0), key })));
  const index = await indexSlots(registry, () => true);
  if (index === null) throw new Error("there is no index");
  return { registry, index };
}

describe("the index of slots", () => {
  test("finds the slot of every key, and of no other", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ unit: "binary", maxLength: 12 }), { maxLength: 200 }),
        fc.string({ unit: "binary" }),
        async (keys, other) => {
          const { registry, index } = await indexed(keys);
          for (const slot of registry.slots()) {
            const key = registry.at(slot)?.key ?? "";
            expect(index.find(key)).toBe(key.isWellFormed() ? slot : -1);
          }
          if (!keys.includes(other)) expect(index.find(other)).toBe(-1);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("has one fingerprint for the same deployments in whatever order", async () => {
    const keys = ["a", "b", "c", "d"];
    const { index } = await indexed(keys);
    const { index: other } = await indexed(keys.toReversed());
    expect(other.fingerprint).toBe(index.fingerprint);
    const { index: fewer } = await indexed(keys.slice(1));
    expect(fewer.fingerprint).not.toBe(index.fingerprint);
  });

  test("has another fingerprint when a deployment is asked with another key", async () => {
    const registry = createRegistry();
    const prints = new Set<string>();
    for (const apiKey of ["sk-one", "sk-two"]) {
      const one = deployment(1);
      const target = one.target === null ? null : { ...one.target, apiKey };
      registry.replace([{ ...one, target }]);
      prints.add((await indexSlots(registry, () => true))?.fingerprint ?? "");
    }
    expect(prints.size).toBe(2);
  });

  test("leaves a key out that cannot be told to others", async () => {
    const { index } = await indexed(["good", "\ud800", "x".repeat(10_000)]);
    expect([...index.slots]).toEqual([0]);
  });
});

describe("keys in Redis", () => {
  test("have one hash tag, whatever the cluster's name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(200_000), (name, count) => {
        const keys = keysOf(name, "abc", count);
        const tag = (key: string) => /\{([^}]*)\}/.exec(key)?.[1];
        const all = [keys.members, keys.facts, keys.tokens, keys.changes, ...keys.rows];
        const tags = new Set(all.map(tag));
        expect(tags.size).toBe(1);
        expect([...tags][0]).not.toBe("");
      }),
    );
  });

  test("have rows in parts of some thousand", () => {
    expect(keysOf("c", "f", 100).rows.length).toBe(1);
    const many = keysOf("c", "f", 100_000);
    expect(many.rows.length).toBe(128);
    for (const identity of [-1, 0, 2 ** 31 - 1, -(2 ** 31)]) {
      expect(many.rows).toContain(rowsKeyOf(many, identity));
    }
  });
});
