import { describe, expect, test } from "bun:test";
import { Counters } from "../../src/traffic/counters.ts";
import type { Entry } from "../../src/traffic/entry.ts";

const entry: Entry = {
  id: "1",
  class: "ok",
  startMs: 0,
  endMs: 1500,
  firstTokenMs: 400,
  overheadMs: 100,
  modelId: "a",
  modelName: "gpt",
  apiBase: "",
  provider: "openai",
  team: "",
  keyAlias: "",
  promptTokens: 10,
  completionTokens: 20,
  costUsd: 0.5,
  cacheHit: false,
  healthCheck: false,
};

/** The bound of the bucket that has the only observation. */
function bucketOf({ bounds, counts }: { bounds: readonly number[]; counts: readonly number[] }) {
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  return bounds[counts.indexOf(1)] ?? "+Inf";
}

describe("traffic", () => {
  test("is counted by the buckets of the setting, in both histograms", () => {
    const settings = { latencyBuckets: [0.3, 2], litellmHistograms: false };
    const counters = Counters.withRoomFor(2, settings);
    counters.record(1, entry);
    counters.record(2, { ...entry, endMs: 5000 });
    const { duration, firstToken } = counters.read(1);
    expect([duration.bounds, firstToken.bounds]).toEqual([
      [0.3, 2],
      [0.3, 2],
    ]);
    expect([bucketOf(duration), bucketOf(firstToken)]).toEqual([2, 2]);
    expect(bucketOf(counters.read(2).duration)).toBe("+Inf");
    expect(counters.seriesMax).toBe(2);
  });

  test("is counted by LiteLLM's buckets too, where its names are wanted", () => {
    const counters = Counters.withRoomFor(1, { latencyBuckets: null, litellmHistograms: true });
    counters.record(1, entry);
    const { litellm } = counters.read(1);
    if (litellm === null) throw new Error("nothing was counted");
    expect(litellm.total.bounds).toHaveLength(35);
    expect(bucketOf(litellm.total)).toBe(1.5);
    // Without the 100 ms that the proxy took.
    expect(litellm.api.sumSeconds).toBeCloseTo(1.4);
    expect(bucketOf(litellm.firstToken)).toBe(0.5);
    // A stream's time to the first token, divided by the tokens of the answer.
    expect(litellm.perOutputToken.sumSeconds).toBeCloseTo(0.02);
  });

  test("of an answer without tokens has no latency per token", () => {
    const counters = Counters.withRoomFor(1, { latencyBuckets: null, litellmHistograms: true });
    counters.record(1, { ...entry, completionTokens: 0 });
    expect(counters.read(1).litellm?.perOutputToken.counts.every((count) => count === 0)).toBe(
      true,
    );
  });
});
