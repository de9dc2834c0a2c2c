import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { keysOf, rowsKeyOf } from "../../src/cluster/keys.ts";
import { indexSlots } from "../../src/cluster/slot-index.ts";
import type { Deployment, ProbeTarget } from "../../src/registry/deployment.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { deployment } from "../schedule/rounds-by-hand.ts";

async function indexed(keys: readonly string[]) {
  const registry = createRegistry();
  registry.replace(keys.map((key) => ({ ...deployment(0), key })));
  const index = await indexSlots(registry, () => true);
  if (index === null) throw new Error("there is no index");
  return { registry, index };
}

function withUser(target: ProbeTarget): ProbeTarget {
  const baseUrl = target.baseUrl.replace("://", "://user:p@ss@");
  return { ...target, baseUrl: `${baseUrl}?key=sk-query` };
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

  async function printOf(one: Deployment): Promise<string> {
    const registry = createRegistry();
    registry.replace([one]);
    return (await indexSlots(registry, () => true))?.fingerprint ?? "";
  }
  const plain = deployment(1);
  const { target } = plain;
  if (target === null) throw new Error("it is asked nothing");
  const login = { kind: "oauth", token: "sk-login" } as unknown as NonNullable<typeof target.login>;

  for (const [title, other] of [
    ["key", { ...plain, target: { ...target, apiKey: "sk-other" } }],
    ["key's lane", { ...plain, lanes: { ...plain.lanes, key: "other" } }],
    ["login", { ...plain, target: { ...target, login } }],
    ["headers", { ...plain, target: { ...target, headers: { "x-token": "sk-header" } } }],
    ["body", { ...plain, target: { ...target, extraBody: { token: "sk-body" } } }],
    ["user in its address", { ...plain, target: withUser(target) }],
    ["proxy", { ...plain, target: { ...target, route: { ...target.route, proxy: "x" } as never } }],
  ] satisfies [string, Deployment][]) {
    test(`has one fingerprint whatever a machine has for a ${title}`, async () => {
      expect(await printOf(other)).toBe(await printOf(plain));
    });
  }

  for (const [title, other] of [
    ["model", { ...plain, target: { ...target, model: "another" } }],
    ["address", { ...plain, target: { ...target, baseUrl: "https://other.test/v1" } }],
    ["family", { ...plain, target: { ...target, family: "cohere" } }],
    ["mode", { ...plain, mode: "embedding" }],
    ["plan", { ...plain, plan: { ...plain.plan, tokensPerDay: 7 } }],
    ["interval", { ...plain, intervalMs: plain.intervalMs + 1 }],
    ["deadline", { ...plain, deadlines: { ...plain.deadlines, totalMs: 7 } }],
    ["fate", { ...plain, skipped: "not wanted" }],
  ] satisfies [string, Deployment][]) {
    test(`has another fingerprint when a deployment has another ${title}`, async () => {
      expect(await printOf(other)).not.toBe(await printOf(plain));
    });
  }

  test("is of one fleet, though another comes while it is made", async () => {
    const registry = createRegistry();
    registry.replace(Array.from({ length: 20_000 }, (_, at) => ({ ...plain, key: `old${at}` })));
    const made = indexSlots(registry, () => true);
    const next = ["a", "b"].map((key) => ({ ...plain, key }));
    registry.replace(next);
    const index = await made;
    const later = await indexSlots(registry, () => true);
    expect(index?.fingerprint).toBe(later?.fingerprint);
    expect([...(index?.slots ?? [])].sort()).toEqual([...registry.slots()].sort());
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

  test("and channels are another database's own", () => {
    const [one, two] = [keysOf("c", "f", 1), keysOf("c", "f", 1, 2)];
    expect(
      new Set([one.changes, one.all, one.inboxOf("x"), two.changes, two.all, two.inboxOf("x")])
        .size,
    ).toBe(6);
    expect(two.members).toBe(one.members);
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
