import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { addLatency, quantiles, relativeAccuracy } from "../../src/history/latency-sketch.ts";
import {
  addCount,
  addCountsOf,
  type Counts,
  mergeCounts,
  pairsOf,
  textOfCounts,
} from "../../src/history/sparse-counts.ts";

const micros = fc.integer({ min: 1, max: 3_600_000_000 });

describe("counts as text", () => {
  test("come back as they were", () => {
    const counts = fc.dictionary(
      fc.integer({ min: 0, max: 100_000 }).map(String),
      fc.integer({ min: 1, max: 2 ** 40 }),
    );
    fc.assert(
      fc.property(counts, (given) => {
        const before: Counts = [];
        for (const [index, n] of Object.entries(given)) addCount(before, Number(index), n);
        const after: Counts = [];
        addCountsOf(after, textOfCounts(before));
        const pairs = Object.entries(given).map(([index, n]): [number, number] => [
          Number(index),
          n,
        ]);
        expect(pairsOf(after)).toEqual(pairs.toSorted(([a], [b]) => a - b));
      }),
    );
  });

  test("that are none add nothing and throw nothing", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const counts: Counts = [];
        addCountsOf(counts, text);
        for (const [index, count] of pairsOf(counts)) expect(index >= 0 && count > 0).toBe(true);
      }),
    );
  });
});

describe("the sketch of latencies", () => {
  test("gives every quantile within its accuracy, however it was merged", () => {
    fc.assert(
      fc.property(
        fc.array(micros, { minLength: 1, maxLength: 200 }),
        fc.integer(),
        (values, seed) => {
          const parts: Counts[] = [[], [], []];
          for (const [index, value] of values.entries()) {
            addLatency(parts[Math.abs(seed + index * 7) % 3] as Counts, value);
          }
          const whole: Counts = [];
          for (const part of parts) mergeCounts(whole, part);
          const sorted = values.toSorted((a, b) => a - b);
          const at = [0, 0.5, 0.9, 0.99, 1];
          for (const [place, found] of quantiles(whole, at).entries()) {
            const exact = sorted[Math.floor((at[place] ?? 0) * (sorted.length - 1))] ?? 0;
            expect(Math.abs((found ?? 0) - exact)).toBeLessThanOrEqual(
              exact * relativeAccuracy * 1.001,
            );
          }
        },
      ),
    );
  });

  test("says nothing of nothing", () => {
    expect(quantiles([], [0.5, 0.99])).toEqual([null, null]);
  });

  test("is bounded whatever is put in", () => {
    const sketch: Counts = [];
    for (let value = 0; value < 1e12; value = value * 1.01 + 1) addLatency(sketch, value);
    expect(sketch.length / 2).toBeLessThan(560);
  });
});
