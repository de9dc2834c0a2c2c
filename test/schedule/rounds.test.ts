import { describe, expect, test } from "bun:test";
import { emptyRow, type Row, stateOf } from "../../src/table/row.ts";
import { assigned, deployment, settled, startRounds, wide } from "./rounds-by-hand.ts";

describe("a prober thread's rounds", () => {
  test("ask every deployment once at the start and then at its interval, however long answers take", async () => {
    const hand = startRounds();
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
    const hand = startRounds();
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
    const hand = startRounds();
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
    const hand = startRounds();
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
    const hand = startRounds({ ...wide, host: { h: 2 } });
    hand.rounds.assign(assigned([0, 1, 2, 3, 4]));
    await hand.advanceTo(10);
    expect(hand.pending).toHaveLength(2);
    await hand.take(0).answer("ok");
    expect(hand.pending).toHaveLength(2);
    expect(hand.inFlightMost()).toBe(2);
  });

  test("do not let a host that waits for its own bound keep others from asking", async () => {
    const hand = startRounds({ ...wide, provider: { openai: 3 }, host: { h: 1, other: 10 } });
    hand.rounds.assign([...assigned([0, 1, 2, 3]), ...assigned([4, 5], "other")]);
    await hand.advanceTo(10);
    expect(hand.pending.map(({ slot }) => slot).sort()).toEqual([0, 4, 5]);
  });

  test("let deployments that ran into their deadline fill a quarter of a bound only", async () => {
    const hand = startRounds({ ...wide, host: { h: 4 } });
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
    const hand = startRounds(wide, 2.5);
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
    const hand = startRounds();
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
    const hand = startRounds();
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
    const hand = startRounds();
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
