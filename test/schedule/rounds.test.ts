import { describe, expect, test } from "bun:test";
import type { Outcome } from "../../src/probe/outcome.ts";
import type { Deployment } from "../../src/registry/deployment.ts";
import type { LaneLimits } from "../../src/schedule/lanes.ts";
import { createRounds, type RoundsOptions } from "../../src/schedule/rounds.ts";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";
import { emptyRow, type Row, stateOf } from "../../src/table/row.ts";
import { target } from "../probe/target.ts";

const price = { inputUsdPerToken: 1e-6, outputUsdPerToken: 2e-6, source: "config" as const };

function outcome(outcomeClass: OutcomeClass): Outcome {
  return {
    class: outcomeClass,
    httpStatus: 200,
    text: outcomeClass,
    retryAfterMs: null,
    usage: { promptTokens: 10, completionTokens: 5 },
    phases: { dnsMs: null, connectMs: 1, tlsMs: null, firstByteMs: 2, totalMs: 3 },
  };
}

function deployment(slot: number, host = "h"): Deployment {
  return {
    key: `k${slot}`,
    modelId: `${slot}`,
    modelName: "g",
    model: "openai/x",
    provider: "openai",
    mode: "chat",
    apiBase: null,
    target: target({ model: `${slot}` }),
    problem: null,
    skipped: null,
    intervalMs: 1000,
    deadlines: { connectMs: 1, firstByteMs: 1, totalMs: 1 },
    lanes: { provider: "openai", host, key: "k" },
    price,
  };
}

const wide: LaneLimits = {
  thread: 100,
  provider: { openai: 100 },
  host: { h: 100, hung: 100 },
  key: { k: 100 },
};

/** Rounds with time, timers and answers moved by hand. */
function start(limits: LaneLimits = wide, ratePerSecond = 1_000_000) {
  let nowMs = 0;
  const waiting = new Set<{ callback: () => void; atMs: number }>();
  const rows = new Map<number, Row>();
  const pending: { slot: number; answer: (outcomeClass: OutcomeClass) => Promise<void> }[] = [];
  let inFlight = 0;
  let inFlightMost = 0;
  const options: RoundsOptions = {
    ask: ({ target: asked }) =>
      new Promise((resolve) => {
        inFlight += 1;
        inFlightMost = Math.max(inFlightMost, inFlight);
        pending.push({
          slot: Number(asked.model),
          async answer(outcomeClass) {
            inFlight -= 1;
            resolve({ outcome: outcome(outcomeClass), adapted: null });
            await settled();
          },
        });
      }),
    writer: {
      write: (slot, row) => void rows.set(slot, { ...row }),
      claim() {},
      claimBytes() {},
      repair: () => false,
    },
    rowOf: (slot) => rows.get(slot) ?? emptyRow(),
    policy: {
      rise: 2,
      fall: 3,
      degradedLimitMs: 60_000,
      confirmIntervalMs: 100,
      unhealthyIntervalMs: 500,
      backoffMaxMs: 4000,
      jitterRatio: 0,
      ratePerSecond,
    },
    limits,
    gauge: { queued() {}, inFlight() {}, started() {}, completed() {} },
    clock: { wallMs: () => 1_000_000 + nowMs, monotonicMs: () => nowMs },
    timers: {
      set(callback, delayMs) {
        const timer = { callback, atMs: nowMs + delayMs };
        waiting.add(timer);
        return timer;
      },
      clear: (timer) => void waiting.delete(timer as { callback: () => void; atMs: number }),
    },
    random: () => 0.5,
  };
  const rounds = createRounds(options);
  return {
    rounds,
    rows,
    pending,
    inFlightMost: () => inFlightMost,
    hasTimer: () => waiting.size > 0,
    async advanceTo(ms: number) {
      for (;;) {
        const [due] = [...waiting].filter(({ atMs }) => atMs <= ms).sort((x, y) => x.atMs - y.atMs);
        if (due === undefined) break;
        waiting.delete(due);
        nowMs = Math.max(nowMs, due.atMs);
        due.callback();
        await settled();
      }
      nowMs = ms;
    },
    take(slot: number) {
      const index = pending.findIndex((one) => one.slot === slot);
      const [found] = index < 0 ? [] : pending.splice(index, 1);
      if (found === undefined) throw new Error(`slot ${slot} is not being asked`);
      return found;
    },
  };
}

/** Lets everything run that only waits for promises. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
}

const assigned = (slots: number[], host?: string) =>
  slots.map((slot) => ({
    slot,
    deployment: deployment(slot, host),
    firstDelayMs: slot,
    gridDelayMs: 1000,
  }));

describe("a prober thread's rounds", () => {
  test("ask every deployment once at the start and then at its interval, however long answers take", async () => {
    const hand = start();
    hand.rounds.assign(assigned([0]));
    await hand.advanceTo(0);
    await hand.advanceTo(400);
    await hand.take(0).answer("ok");
    await hand.advanceTo(999);
    expect(hand.pending).toHaveLength(0);
    await hand.advanceTo(1000);
    await hand.take(0).answer("ok");
    await hand.advanceTo(2000);
    expect(hand.pending).toHaveLength(1);
  });

  test("never ask a deployment twice at the same time, and skip what was missed meanwhile", async () => {
    const hand = start();
    hand.rounds.assign(assigned([0]));
    await hand.advanceTo(5500);
    expect(hand.pending).toHaveLength(1);
    await hand.take(0).answer("ok");
    await hand.advanceTo(5999);
    expect(hand.pending).toHaveLength(0);
    await hand.advanceTo(6000);
    expect(hand.pending).toHaveLength(1);
  });

  test("write state, counters, tokens and cost of every answer into the row", async () => {
    const hand = start();
    hand.rounds.assign(assigned([0]));
    await hand.advanceTo(0);
    await hand.take(0).answer("ok");
    await hand.advanceTo(1000);
    await hand.take(0).answer("server_error");
    const row = hand.rows.get(0) ?? emptyRow();
    expect(stateOf(row)).toBe("healthy");
    expect(row).toMatchObject({
      consecutiveFailures: 1,
      lastCheckMs: 1_001_000,
      promptTokens: 20,
      completionTokens: 10,
      costNanoUsd: 40_000,
      outcomeBitsLow: 0b10,
      outcomeBitsCount: 2,
      latencyMicros: 3000,
      nextDueMs: 1_001_100,
    });
  });

  test("confirm a failure soon, then mark the deployment unhealthy", async () => {
    const hand = start();
    hand.rounds.assign(assigned([0]));
    await hand.advanceTo(0);
    await hand.take(0).answer("ok");
    for (const atMs of [1000, 1100, 1200]) {
      await hand.advanceTo(atMs);
      await hand.take(0).answer("reset");
    }
    expect(stateOf(hand.rows.get(0) ?? emptyRow())).toBe("unhealthy");
  });

  test("keep within the bound of a host", async () => {
    const hand = start({ ...wide, host: { h: 2 } });
    hand.rounds.assign(assigned([0, 1, 2, 3, 4]));
    await hand.advanceTo(10);
    expect(hand.pending).toHaveLength(2);
    await hand.take(0).answer("ok");
    expect(hand.pending).toHaveLength(2);
    expect(hand.inFlightMost()).toBe(2);
  });

  test("do not let a host that waits for its own bound keep others from asking", async () => {
    const hand = start({ ...wide, provider: { openai: 3 }, host: { h: 1, other: 10 } });
    hand.rounds.assign([...assigned([0, 1, 2, 3]), ...assigned([4, 5], "other")]);
    await hand.advanceTo(10);
    expect(hand.pending.map(({ slot }) => slot).sort()).toEqual([0, 4, 5]);
  });

  test("let deployments that ran into their deadline fill a quarter of a bound only", async () => {
    const hand = start({ ...wide, host: { h: 4 } });
    hand.rounds.assign(assigned([0, 1, 2, 3, 4, 5]));
    await hand.advanceTo(10);
    for (const slot of [0, 1, 2, 3]) await hand.take(slot).answer("timeout_total");
    for (const slot of [4, 5]) await hand.take(slot).answer("ok");
    await hand.advanceTo(1010);
    const suspects = hand.pending.filter(({ slot }) => slot < 4);
    expect(suspects).toHaveLength(1);
    expect(hand.pending.filter(({ slot }) => slot >= 4)).toHaveLength(2);
  });

  test("start no more probes a second than allowed, a burst aside, and forget none", async () => {
    const hand = start(wide, 2.5);
    const slots = [...Array(12).keys()];
    hand.rounds.assign(
      slots.map((slot) => ({
        slot,
        deployment: { ...deployment(slot), intervalMs: 60_000 },
        firstDelayMs: 0,
        gridDelayMs: 60_000,
      })),
    );
    await hand.advanceTo(0);
    expect(hand.pending).toHaveLength(5);
    await hand.advanceTo(1200);
    expect(hand.pending).toHaveLength(8);
    await hand.advanceTo(2800);
    expect(hand.pending).toHaveLength(12);
  });

  test("let go of a released deployment only when its probe has ended, and forget the answer", async () => {
    const hand = start();
    hand.rounds.assign(assigned([0]));
    await hand.advanceTo(0);
    const before = hand.rows.get(0);
    let released = false;
    const release = hand.rounds.release([0]).then(() => {
      released = true;
    });
    await settled();
    expect(released).toBe(false);
    await hand.take(0).answer("ok");
    await release;
    expect(hand.rows.get(0)).toEqual(before as Row);
    await hand.advanceTo(5000);
    expect(hand.pending).toHaveLength(0);
  });

  test("do not wait for a released deployment that hangs", async () => {
    const hand = start();
    hand.rounds.assign(assigned([0]));
    await hand.advanceTo(0);
    let released = false;
    void hand.rounds.release([0]).then(() => {
      released = true;
    });
    await hand.advanceTo(999);
    expect(released).toBe(false);
    await hand.advanceTo(1000);
    expect(released).toBe(true);
    const before = hand.rows.get(0);
    await hand.take(0).answer("ok");
    expect(hand.rows.get(0)).toEqual(before as Row);
    expect(hand.hasTimer()).toBe(false);
  });

  test("drain by finishing what is in flight and asking nothing more, with no timer left", async () => {
    const hand = start();
    hand.rounds.assign(assigned([0, 1]));
    await hand.advanceTo(0);
    const drained = hand.rounds.drain();
    await hand.take(0).answer("ok");
    await drained;
    expect(stateOf(hand.rows.get(0) ?? emptyRow())).toBe("healthy");
    expect(hand.hasTimer()).toBe(false);
    expect(hand.pending).toHaveLength(0);
  });
});
