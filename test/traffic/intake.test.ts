import { describe, expect, test } from "bun:test";
import { createAttribution } from "../../src/traffic/attribution.ts";
import { Counters } from "../../src/traffic/counters.ts";
import { createDedupe } from "../../src/traffic/dedupe.ts";
import type { Entry } from "../../src/traffic/entry.ts";
import { createIntake } from "../../src/traffic/intake.ts";
import { createSeriesBook, type KnownSeries } from "../../src/traffic/series.ts";

const entry = (id: string, changes: Partial<Entry> = {}): Entry => ({
  id,
  class: "ok",
  startMs: 1000,
  endMs: 3000,
  firstTokenMs: 500,
  overheadMs: 0,
  modelId: "a",
  modelName: "gpt",
  apiBase: "",
  provider: "openai",
  team: "Payments",
  keyAlias: "",
  promptTokens: 10,
  completionTokens: 20,
  costUsd: 0.5,
  cacheHit: false,
  healthCheck: false,
  ...changes,
});

const members = [
  {
    slot: 0,
    modelId: "a",
    modelName: "gpt",
    provider: "openai",
    apiBase: "https://one.example/v1",
  },
  { slot: 1, modelId: "b", modelName: "gpt", provider: "azure", apiBase: "https://two.example/v1" },
  { slot: 2, modelId: "c", modelName: "gpt", provider: "azure", apiBase: "https://two.example/v1" },
];

function counting({ seriesMax = 10, teamLabels = false, more = [] as typeof members } = {}) {
  const counters = Counters.withRoomFor(seriesMax, {
    latencyBuckets: null,
    litellmHistograms: false,
  });
  const known = new Map<number, KnownSeries["labels"]>();
  const attribution = createAttribution();
  attribution.add([...members, ...more]);
  attribution.replace();
  const series = createSeriesBook({
    seriesMax,
    teamLabels,
    keyLabels: false,
    known: [],
    onAdded: (added) => known.set(added.series, added.labels),
    onRemoved: (removed) => known.delete(removed),
  });
  const dedupe = createDedupe({ spanMs: 1000, keysMax: 1000, wallMs: () => 0, saved: null });
  const judged: number[] = [];
  const passive = {
    note: ({ slot }: { slot: number }) => judged.push(slot),
    keep() {},
    take: () => [],
  };
  const intake = createIntake({ counters, dedupe, attribution, series, passive });
  return {
    ...intake,
    counters,
    series,
    /** Slots of whose health something was said. */
    judged,
    /** Requests by id of the deployment. */
    requests: () =>
      Object.fromEntries(
        [...known].map(([index, labels]) => [
          labels["model_id"] ?? "",
          counters.read(index).classes.reduce((sum, [, count]) => sum + count, 0),
        ]),
      ),
    labels: () => [...known.values()],
  };
}

describe("a request", () => {
  test("is counted once, however often its callback comes", () => {
    const all = counting();
    expect(all.take("callback", entry("1"))).toBe("counted");
    expect(all.take("callback", entry("1"))).toBe("duplicate");
    expect(all.requests()).toEqual({ a: 1 });
  });

  test("is counted once when the callback comes before the row of spend logs", () => {
    const all = counting();
    all.take("callback", entry("1"));
    expect(all.isKnown("1")).toBe(true);
    expect(all.take("spend_logs", entry("1"))).toBe("duplicate");
    expect(all.requests()).toEqual({ a: 1 });
  });

  test("is counted once when the row of spend logs comes before the callback", () => {
    const all = counting();
    expect(all.take("spend_logs", entry("1"))).toBe("counted");
    expect(all.take("callback", entry("1", { startMs: 1001 }))).toBe("duplicate");
    expect(all.take("callback", entry("1", { startMs: 1001 }))).toBe("duplicate");
    expect(all.requests()).toEqual({ a: 1 });
  });

  test("that was tried at two deployments is counted at each of them", () => {
    const all = counting();
    const failed = { class: "server_error", startMs: 1000 } as const;
    all.take("spend_logs", entry("call", { ...failed, modelId: "b" }));
    all.take("callback", entry("call", { ...failed, modelId: "a" }));
    all.take("callback", entry("call", { ...failed, modelId: "b", startMs: 2000 }));
    expect(all.requests()).toEqual({ a: 1, b: 1 });
  });

  test("that was tried twice at one deployment is counted twice there", () => {
    const all = counting();
    const failed = { class: "timeout" } as const;
    all.take("spend_logs", entry("call", failed));
    all.take("callback", entry("call", { ...failed, startMs: 1000 }));
    all.take("callback", entry("call", { ...failed, startMs: 2000 }));
    expect(all.requests()).toEqual({ a: 2 });
  });

  test("that the proxy's cache answered, or that is its own health check, is left out", () => {
    const all = counting();
    expect(all.take("callback", entry("1", { cacheHit: true }))).toBe("cache_hit");
    expect(all.take("callback", entry("2", { healthCheck: true }))).toBe("health_check");
    expect(all.requests()).toEqual({});
    expect(all.counters.result("callback", "health_check")).toBe(1);
  });

  test("without its deployment's id is the one of its group with that address, if there is only one", () => {
    const all = counting();
    const nameless = { modelId: null, class: "connect" } as const;
    all.take("callback", entry("1", { ...nameless, apiBase: "https://one.example/v1/?k=v" }));
    all.take("callback", entry("2", { ...nameless, apiBase: "https://two.example/v1" }));
    all.take("callback", entry("3", { ...nameless, apiBase: "" }));
    expect(all.requests()).toEqual({ a: 1, unknown: 2 });
  });

  test("of a deployment that is not configured has labels of the configuration only", () => {
    const all = counting();
    const typed = entry("1", { modelId: "x", modelName: "typed-by-a-user", provider: "made-up" });
    all.take("callback", typed);
    expect(all.labels()).toEqual([{ model_name: "other", model_id: "unknown", provider: "other" }]);
  });

  test("says of the health of its deployment, where its id names one alone", () => {
    const all = counting({
      more: [{ slot: 3, modelId: "c", modelName: "gpt", provider: "azure", apiBase: "https://x" }],
    });
    for (const modelId of ["a", "b", "c", "x"]) all.take("callback", entry(modelId, { modelId }));
    expect(all.judged).toEqual([0, 1]);
    expect(all.requests()).toEqual({ a: 1, b: 1, c: 1, unknown: 1 });
  });

  test("adds its tokens, its cost and its times", () => {
    const all = counting();
    all.take("callback", entry("1"));
    all.take("callback", entry("2", { class: "timeout", endMs: 99_000, firstTokenMs: null }));
    const { classes, duration, firstToken, ...sums } = all.counters.read(1);
    expect(sums).toEqual({ promptTokens: 20, completionTokens: 40, costUsd: 1, litellm: null });
    expect(classes.filter(([, count]) => count > 0)).toEqual([
      ["ok", 1],
      ["timeout", 1],
    ]);
    expect(duration.sumSeconds).toBe(2);
    expect(duration.counts[duration.bounds.indexOf(2.5)]).toBe(1);
    expect(firstToken.counts[firstToken.bounds.indexOf(0.5)]).toBe(1);
  });
});

describe("the series of traffic", () => {
  test("are bounded: what finds no room is counted as other, and that it was", () => {
    const all = counting({ seriesMax: 1 });
    all.take("callback", entry("1"));
    all.take("callback", entry("2", { modelId: "b" }));
    all.take("callback", entry("3", { modelId: "c" }));
    expect(all.requests()).toEqual({ a: 1 });
    expect(all.counters.folded()).toBe(2);
    expect(all.counters.read(0).promptTokens).toBe(20);
  });

  test("are by team where that is switched on", () => {
    const all = counting({ teamLabels: true });
    all.take("callback", entry("1"));
    all.take("callback", entry("2", { team: "" }));
    all.take("callback", entry("3", { team: `a\n${"x".repeat(200)}` }));
    expect(all.labels().map(({ team }) => team)).toEqual([
      "Payments",
      "none",
      `a ${"x".repeat(98)}`,
    ]);
  });

  test("show no part of a credential that somebody has for a name", () => {
    const all = counting({ teamLabels: true });
    all.take("callback", entry("1", { team: `${"x".repeat(94)} sk-abcdefghijkl` }));
    expect(all.labels().map(({ team }) => team)).toEqual([`${"x".repeat(94)} [reda`]);
  });

  test("are given to others when their deployment leaves the configuration", () => {
    const all = counting({ seriesMax: 1 });
    all.take("callback", entry("1"));
    all.series.keep((modelId) => modelId !== "a");
    expect(all.requests()).toEqual({});
    all.take("callback", entry("2", { modelId: "b" }));
    expect(Object.keys(all.requests())).toEqual(["b"]);
    expect(all.counters.folded()).toBe(0);
  });
});
