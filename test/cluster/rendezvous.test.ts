import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hashesOf, ownerOf } from "../../src/cluster/rendezvous.ts";

const id = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((bytes) => Buffer.from(bytes).toString("hex"));
const someIds = (max: number) => fc.uniqueArray(id, { minLength: 1, maxLength: max });
const keys = Array.from({ length: 3000 }, (_, index) => {
  const key = `group-${index % 50}|openai/gpt-4o|host-${index}`;
  return { key, ...hashesOf(key) };
});

/** The owner's id of each key. */
function divide(ids: readonly string[]): string[] {
  const hashes = ids.map(hashesOf);
  return keys.map(({ first, second }) => ids[ownerOf(hashes, first, second)] ?? "nobody");
}

describe("dividing a fleet among members", () => {
  test("gives each about as much as the others", () => {
    fc.assert(
      fc.property(someIds(12), (ids) => {
        const owners = divide(ids);
        const fair = keys.length / ids.length;
        // Five standard deviations of a throw of dice.
        const off = 5 * Math.sqrt(fair);
        for (const one of ids) {
          const owned = owners.filter((owner) => owner === one).length;
          expect(Math.abs(owned - fair)).toBeLessThan(off);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test("moves nothing between those that stay when one leaves", () => {
    fc.assert(
      fc.property(someIds(8), (ids) => {
        const [leaver, ...rest] = ids;
        const before = divide(ids);
        const after = divide(rest);
        for (const [index, owner] of before.entries()) {
          if (owner !== leaver) expect(after[index]).toBe(owner);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("moves only what is the newcomer's when one joins", () => {
    fc.assert(
      fc.property(someIds(8), (ids) => {
        const [newcomer = "", ...rest] = ids;
        const before = divide(rest);
        for (const [index, owner] of divide(ids).entries()) {
          if (owner !== newcomer) expect(before[index]).toBe(owner);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("has nobody where there is no member", () => {
    expect(ownerOf([], 1, 2)).toBe(-1);
  });
});
