import { describe, expect, test } from "bun:test";
import type { PassiveOutcome } from "../../src/schedule/passive.ts";
import { type Row, sourceOf, stateOf } from "../../src/table/row.ts";
import { assigned, deployment, startRounds } from "./rounds-by-hand.ts";

const wallMs = 1_000_000;

/** A deployment that was asked once, at 0, and answered. */
async function healthy() {
  const hand = startRounds();
  hand.rounds.assign(assigned([0]));
  await hand.advanceTo(0);
  await hand.take(0).answer("ok");
  return {
    ...hand,
    tell: (atMs: number, changes: Partial<PassiveOutcome> = {}) =>
      hand.rounds.passive([
        { slot: 0, outcome: "ok", atMs: wallMs + atMs, decided: true, words: "", ...changes },
      ]),
    row: () => hand.rows.get(0) as Row,
    async isAskedAt(ms: number) {
      await hand.advanceTo(ms - 1);
      expect(hand.pending).toHaveLength(0);
      await hand.advanceTo(ms);
      expect(hand.pending).toHaveLength(1);
    },
  };
}

const failed = { outcome: "server_error", words: "5 requests in a row failed" } as const;

describe("a request that was answered", () => {
  test("puts the next probe off by an interval, and the grid stays", async () => {
    const hand = await healthy();
    await hand.advanceTo(800);
    hand.tell(750);
    expect(hand.row()).toMatchObject({
      lastCheckMs: wallMs + 750,
      lastSuccessMs: wallMs + 750,
      nextDueMs: wallMs + 1750,
    });
    expect(sourceOf(hand.row())).toBe("passive");
    await hand.isAskedAt(1750);
    await hand.take(0).answer("ok");
    expect(sourceOf(hand.row())).toBe("probe");
    expect(hand.row().nextDueMs).toBe(wallMs + 2000);
  });

  test("counts as no probe", async () => {
    const hand = await healthy();
    const before = hand.row();
    await hand.advanceTo(800);
    hand.tell(750);
    const { classCounts, latencyMicros, promptTokens, costNanoUsd } = hand.row();
    expect([classCounts, latencyMicros, promptTokens, costNanoUsd]).toEqual([
      before.classCounts,
      before.latencyMicros,
      before.promptTokens,
      before.costNanoUsd,
    ]);
  });

  test("brings an unhealthy deployment back after as many as rise says", async () => {
    const hand = await healthy();
    await hand.advanceTo(100);
    hand.tell(100, failed);
    await hand.advanceTo(100);
    await hand.take(0).answer("server_error");
    expect(stateOf(hand.row())).toBe("unhealthy");
    await hand.advanceTo(300);
    hand.tell(250);
    expect(stateOf(hand.row())).toBe("unhealthy");
    hand.tell(300);
    expect(stateOf(hand.row())).toBe("healthy");
  });

  test("however steady, puts probes off for twelve intervals only", async () => {
    const hand = await healthy();
    for (let atMs = 500; atMs < 20_000 && hand.pending.length === 0; atMs += 500) {
      await hand.advanceTo(atMs);
      hand.tell(atMs);
    }
    const [probe] = hand.pending;
    expect(probe?.askedMs).toBe(13_000);
  });

  test("that ended before the last probe says nothing", async () => {
    const hand = await healthy();
    await hand.advanceTo(1000);
    await hand.take(0).answer("reset");
    const before = hand.row();
    hand.tell(999);
    expect(hand.row()).toEqual(before);
  });
});

describe("requests that failed", () => {
  test("make a deployment unhealthy when traffic's thresholds are reached, and have it asked at once", async () => {
    const hand = await healthy();
    await hand.advanceTo(500);
    hand.tell(500, failed);
    expect(stateOf(hand.row())).toBe("unhealthy");
    expect(hand.row().text).toBe("5 requests in a row failed");
    await hand.advanceTo(500);
    expect(hand.pending).toHaveLength(1);
  });

  test("have it asked at once when they are a suspicion, and change nothing themselves", async () => {
    const hand = await healthy();
    await hand.advanceTo(500);
    const before = hand.row();
    hand.tell(500, { ...failed, decided: false });
    expect(hand.row()).toEqual(before);
    await hand.advanceTo(500);
    expect(hand.pending).toHaveLength(1);
  });

  test("cost no probe of one that is down already", async () => {
    const hand = await healthy();
    await hand.advanceTo(500);
    hand.tell(500, failed);
    await hand.advanceTo(500);
    await hand.take(0).answer("server_error");
    hand.tell(510, failed);
    hand.tell(520, { ...failed, decided: false });
    await hand.advanceTo(530);
    expect(hand.pending).toHaveLength(0);
  });

  test("that were refused for a limit make it degraded, and cost no probe", async () => {
    const hand = await healthy();
    await hand.advanceTo(500);
    hand.tell(500, { outcome: "rate_limited" });
    expect(stateOf(hand.row())).toBe("degraded");
    await hand.advanceTo(510);
    expect(hand.pending).toHaveLength(0);
  });
});

test("a deployment that is asked on request only is judged by its traffic", async () => {
  const hand = startRounds();
  hand.rounds.assign([
    {
      slot: 0,
      deployment: { ...deployment(0), intervalMs: 0 },
      firstDelayMs: 0,
      gridDelayMs: 0,
    },
  ]);
  await hand.advanceTo(100);
  hand.rounds.passive([{ slot: 0, outcome: "ok", atMs: wallMs + 100, decided: true, words: "" }]);
  expect(stateOf(hand.rows.get(0) as Row)).toBe("healthy");
  await hand.advanceTo(100_000);
  expect(hand.pending).toHaveLength(0);
});

test("a request of a deployment that left is nobody's", async () => {
  const hand = await healthy();
  const before = hand.row();
  hand.rounds.passive([{ slot: 7, outcome: "ok", atMs: wallMs + 5, decided: true, words: "" }]);
  expect(hand.row()).toEqual(before);
});
