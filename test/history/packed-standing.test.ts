import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Standing } from "../../src/history/account.ts";
import { pack, unpack } from "../../src/history/packed-standing.ts";
import type { Counts } from "../../src/history/sparse-counts.ts";

/** Whole and small, as nearly all are; at the edges of what a few bytes hold; and anything at all. */
const number = fc.oneof(
  fc.nat(),
  fc.constantFrom(251, 252, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1, 2 ** 48),
  fc.double(),
);

const counts: fc.Arbitrary<Counts> = fc
  .uniqueArray(fc.nat({ max: 600 }), { maxLength: 600 })
  .chain((indices) =>
    fc
      .array(fc.integer({ min: 1, max: 2 ** 53 - 1 }), {
        minLength: indices.length,
        maxLength: indices.length,
      })
      .map((each) =>
        indices.sort((a, b) => a - b).flatMap((index, place) => [index, each[place] ?? 1]),
      ),
  );

const rollup = fc.record({
  startMs: number,
  classes: counts,
  latency: counts,
  promptTokens: number,
  completionTokens: number,
  costNanoUsd: number,
  upMs: number,
  downMs: number,
});

const standing: fc.Arbitrary<Standing> = fc.record({
  accounted: fc.record({
    state: number,
    transitions: number,
    lastCheckMs: number,
    promptTokens: number,
    completionTokens: number,
    costNanoUsd: number,
    costUnknownProbes: number,
    servedModel: fc.string({ unit: "grapheme", maxLength: 64 }),
    classes: counts,
    isOfPeer: fc.boolean(),
  }),
  minute: fc.option(rollup),
  hour: fc.option(rollup),
  countedMs: number,
});

test("how an account stands is the same after it was bytes", () => {
  fc.assert(fc.property(standing, (one) => expect(unpack(pack(one))).toEqual(one)));
});

test("bytes stay as they are when another account is packed", () => {
  fc.assert(
    fc.property(standing, standing, (one, other) => {
      const packed = pack(one);
      pack(other);
      unpack(pack(other));
      expect(unpack(packed)).toEqual(one);
    }),
  );
});
