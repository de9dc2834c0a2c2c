import { describe, expect, test } from "bun:test";
import { Holds } from "../../src/schedule/holds.ts";
import { outcomeClassNames } from "../../src/table/outcome-class.ts";
import { assigned, startRounds, wide } from "./rounds-by-hand.ts";

const limits = { ...wide, key: { k: 100, other: 100 } };

/** Deployments with this key, due a millisecond after each other. */
const withKey = (slots: number[], key: string, host = "h") =>
  assigned(slots, host).map((one) => ({
    ...one,
    deployment: { ...one.deployment, lanes: { ...one.deployment.lanes, key } },
  }));

type Hand = ReturnType<typeof startRounds>;
const slotsOf = (hand: Hand) => hand.pending.map(({ slot }) => slot);

/** Answers that all of these are well, as far as they are being asked. */
async function allWell(hand: Hand, slots: number[]): Promise<void> {
  for (const slot of slots) await hand.take(slot).answer("ok");
}

describe("a key that a provider wants left alone", () => {
  test("is left alone by all that have it, and asked again after that time", async () => {
    const hand = startRounds(limits);
    hand.rounds.assign(withKey([0, 1, 2], "k"));
    await hand.advanceTo(10);
    await hand.take(0).answer("rate_limited", 30_000);
    await allWell(hand, [1, 2]);
    await hand.advanceTo(30_009);
    expect(slotsOf(hand)).toEqual([]);
    await hand.advanceTo(30_010);
    expect(slotsOf(hand)).toEqual([0]);
    await hand.advanceTo(31_010);
    expect(slotsOf(hand).sort()).toEqual([0, 1, 2]);
  });

  test("keeps no other key at the same provider from being asked", async () => {
    const hand = startRounds(limits);
    hand.rounds.assign([...withKey([0, 1], "k"), ...withKey([2], "other")]);
    await hand.advanceTo(10);
    await hand.take(0).answer("overloaded", 30_000);
    await allWell(hand, [1, 2]);
    await hand.advanceTo(2000);
    expect(slotsOf(hand)).toEqual([2]);
  });

  test("is the key at one host: the same at another host goes on", async () => {
    const hand = startRounds({ ...limits, host: { h: 100, other: 100 } });
    hand.rounds.assign([...withKey([0], "none"), ...withKey([1], "none", "other")]);
    await hand.advanceTo(10);
    await hand.take(0).answer("quota_exhausted", 30_000);
    await allWell(hand, [1]);
    await hand.advanceTo(2000);
    expect(slotsOf(hand)).toEqual([1]);
  });

  test("shows in the rows of all that have it, which are not overdue", async () => {
    const hand = startRounds(limits);
    hand.rounds.assign(withKey([0, 1], "k"));
    await hand.advanceTo(10);
    await hand.take(0).answer("rate_limited", 30_000);
    // This one's answer comes while the key is held back already.
    await hand.take(1).answer("ok");
    expect(hand.rows.get(1)).toMatchObject({ nextDueMs: 1_030_510, holdUntilMs: 1_030_010 });
    expect(hand.rows.get(0)).toMatchObject({ nextDueMs: 1_030_010, holdUntilMs: 1_030_010 });
  });

  test("moves what was planned already when it comes due, with its row", async () => {
    const hand = startRounds(limits);
    hand.rounds.assign(withKey([0, 1], "k"));
    await hand.advanceTo(10);
    await hand.take(1).answer("ok");
    await hand.take(0).answer("rate_limited", 30_000);
    expect(hand.rows.get(1)).toMatchObject({ nextDueMs: 1_001_000, holdUntilMs: 0 });
    await hand.advanceTo(1001);
    expect(slotsOf(hand)).toEqual([]);
    expect(hand.rows.get(1)).toMatchObject({ nextDueMs: 1_030_510, holdUntilMs: 1_030_010 });
  });

  test("is come back to one after the other, not by all at once", async () => {
    let drawn = 0;
    const hand = startRounds(limits, 1_000_000, () => {
      drawn += 1;
      return (drawn * 0.618) % 1;
    });
    const slots = [...Array(40).keys()];
    hand.rounds.assign(withKey(slots, "k"));
    await hand.advanceTo(100);
    await hand.take(0).answer("rate_limited", 30_000);
    await allWell(hand, slots.slice(1));
    await hand.advanceTo(40_000);
    const starts = hand.pending.map(({ askedMs }) => askedMs);
    expect(starts).toHaveLength(40);
    for (let fromMs = 30_100; fromMs < 31_100; fromMs += 100) {
      const together = starts.filter((startMs) => startMs >= fromMs && startMs < fromMs + 100);
      expect(together.length).toBeLessThanOrEqual(8);
    }
  });

  test("is asked all the same when somebody asks by hand", async () => {
    const hand = startRounds(limits);
    hand.rounds.assign(withKey([0, 1], "k"));
    await hand.advanceTo(10);
    await hand.take(0).answer("rate_limited", 30_000);
    await allWell(hand, [1]);
    await hand.advanceTo(5000);
    hand.rounds.probe([0, 1]);
    await hand.advanceTo(5000);
    expect(slotsOf(hand)).toEqual([0, 1]);
    await allWell(hand, [0, 1]);
    await hand.advanceTo(29_000);
    expect(slotsOf(hand)).toEqual([]);
  });

  test("is left alone for a quarter of an hour at most, whatever the provider asks for", async () => {
    const hand = startRounds(limits);
    hand.rounds.assign(withKey([0, 1], "k"));
    await hand.advanceTo(10);
    await hand.take(0).answer("rate_limited", 86_400_000);
    await allWell(hand, [1]);
    await hand.advanceTo(901_100);
    expect(slotsOf(hand)).toEqual([1]);
  });

  test("is news for other threads, once", async () => {
    const hand = startRounds(limits);
    hand.rounds.assign(withKey([0, 1], "k"));
    await hand.advanceTo(10);
    await hand.take(0).answer("rate_limited", 30_000);
    await hand.take(1).answer("rate_limited", 30_000);
    expect(hand.held).toEqual([{ name: "h k", forMs: 30_000 }]);
  });

  test("is left alone when another thread was asked to", async () => {
    const hand = startRounds(limits);
    hand.rounds.hold("h k", 30_000);
    hand.rounds.assign([...withKey([0], "k"), ...withKey([1], "other")]);
    await hand.advanceTo(29_999);
    expect(slotsOf(hand)).toEqual([1]);
    await hand.advanceTo(31_000);
    expect(slotsOf(hand)).toEqual([1, 0]);
    expect(hand.held).toEqual([]);
  });

  const ofTheKey = ["rate_limited", "quota_exhausted", "overloaded"];
  test("is told by a limit of the key, and by no other failure", async () => {
    for (const outcomeClass of outcomeClassNames) {
      const hand = startRounds(limits);
      hand.rounds.assign(withKey([0], "k"));
      await hand.advanceTo(10);
      await hand.take(0).answer(outcomeClass, 30_000);
      expect([outcomeClass, hand.held.length]).toEqual([
        outcomeClass,
        ofTheKey.includes(outcomeClass) ? 1 : 0,
      ]);
    }
  });
});

test("a hold that grows little by little is told again when it has grown by a second", () => {
  const holds = new Holds();
  const news = [0, 400, 800, 1200, 1600, 2000].map((nowMs) =>
    holds.hold("h k", nowMs + 30_000, nowMs),
  );
  expect(news).toEqual([true, false, false, true, false, false]);
});

test("holds that have ended take no memory", () => {
  const holds = new Holds();
  for (let second = 0; second < 10_000; second += 1) {
    holds.hold(`h ${second}`, second * 1000 + 5000, second * 1000);
  }
  expect(holds.size).toBeLessThanOrEqual(64);
});
