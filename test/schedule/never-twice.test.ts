import { expect, test } from "bun:test";
import fc from "fast-check";
import { emptyRow } from "../../src/table/row.ts";
import { assigned, deployment, settled, startRounds, wide } from "./rounds-by-hand.ts";

const slotCount = 4;
const slot = fc.nat(slotCount - 1);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;
const step = fc.oneof(
  // A deployment is taken from the thread and comes back, with the question that it had or with another one.
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("reload" as const),
      slot,
      key: fc.constantFrom("k", "k", "other"),
      intervalMs: fc.constantFrom(1000, 1000, 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      nth: fc.nat(20),
      outcomeClass: fc.constantFrom("ok", "reset", "timeout_total", "rate_limited", "auth"),
      retryAfterMs: fc.constantFrom(null, 1000, 3000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("probe" as const), slot }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(2500) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("bound" as const),
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hold" as const), forMs: fc.nat(3000) }) },
);

const limitsOf = (limit: number) => ({ ...wide, host: { h: limit }, key: { k: 2, other: 2 } });

const answersOf = (hand: ReturnType<typeof startRounds>, of: number) =>
  (hand.rows.get(of) ?? emptyRow()).classCounts.reduce((sum, count) => sum + count, 0);

const given = (of: number, key: string, intervalMs: number) => {
  const one = deployment(of);
  return [
    {
      slot: of,
      deployment: { ...one, intervalMs, lanes: { ...one.lanes, key } },
      firstDelayMs: 0,
      gridDelayMs: 1000,
    },
  ];
};

/** Nobody is asked the same question twice at the same time, and all keep within the bound. */
function check(hand: ReturnType<typeof startRounds>): void {
  const questions = hand.pending.map((one) => `${one.slot} ${one.key}`);
  expect(new Set(questions).size).toBe(questions.length);
}

async function run(steps: readonly Step[]): Promise<void> {
  const hand = startRounds(limitsOf(2), 20);
  const planned = new Set<number>([...Array(slotCount).keys()]);
  let nowMs = 0;
  hand.rounds.assign(assigned([...planned]));
  for (const one of steps) {
    if (one.do === "wait") nowMs += one.ms;
    else if (one.do === "probe") hand.rounds.probe([one.slot]);
    else if (one.do === "bound") hand.rounds.setLimits(limitsOf(one.limit));
    else if (one.do === "hold") hand.rounds.hold("h k", one.forMs);
    else if (one.do === "answer") {
      const asked = hand.pending[one.nth % Math.max(1, hand.pending.length)];
      if (asked !== undefined) {
        hand.pending.splice(hand.pending.indexOf(asked), 1);
        await asked.answer(one.outcomeClass, one.retryAfterMs ?? undefined);
      }
    } else {
      const released = hand.rounds.release([one.slot]);
      await settled();
      // What hangs is not waited for: a second later it is assigned again, still in flight.
      nowMs += 1000;
      await hand.advanceTo(nowMs);
      await released;
      hand.rounds.assign(given(one.slot, one.key, one.intervalMs));
      if (one.intervalMs > 0) planned.add(one.slot);
      else planned.delete(one.slot);
    }
    await hand.advanceTo(nowMs);
    check(hand);
  }
  // Everything that hangs ends; then each is asked and answered in its time, and once more by hand.
  const wellFor = async (ms: number) => {
    for (const endMs = nowMs + ms; nowMs < endMs; ) {
      for (const asked of hand.pending.splice(0)) await asked.answer("ok");
      nowMs += 50;
      await hand.advanceTo(nowMs);
      check(hand);
    }
  };
  await wellFor(1000);
  const before = [...planned].map((of) => answersOf(hand, of));
  // Back-off of 4 s, or a hold of 3 s and a second of spread.
  await wellFor(6000);
  for (const [index, of] of [...planned].entries()) {
    expect(answersOf(hand, of)).toBeGreaterThan(before[index] ?? 0);
  }
  const all = [...Array(slotCount).keys()];
  const beforeAsked = all.map((of) => answersOf(hand, of));
  hand.rounds.probe(all);
  await wellFor(1000);
  for (const of of all) expect(answersOf(hand, of)).toBeGreaterThan(beforeAsked[of] ?? 0);
}

test("whatever comes in whatever order, nothing is asked twice at once and nothing is forgotten", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), run), {
    numRuns: 300,
  });
}, 60_000);

test("a deployment that is assigned again while its probe hangs is asked when that probe has ended", async () => {
  const hand = startRounds();
  hand.rounds.assign(assigned([0]));
  await hand.advanceTo(0);
  const released = hand.rounds.release([0]);
  await hand.advanceTo(1000);
  await released;
  hand.rounds.assign(assigned([0]));
  await hand.advanceTo(5000);
  expect(hand.pending).toHaveLength(1);
  await hand.take(0).answer("timeout_total");
  await hand.advanceTo(5000);
  expect(hand.pending.map(({ askedMs }) => askedMs)).toEqual([5000]);
});

test("a deployment that is asked another question from now on does not wait for a probe that hangs", async () => {
  const hand = startRounds(limitsOf(3));
  hand.rounds.assign(assigned([0]));
  await hand.advanceTo(0);
  const released = hand.rounds.release([0]);
  await hand.advanceTo(1000);
  await released;
  hand.rounds.assign(given(0, "other", 1000));
  await hand.advanceTo(1000);
  expect(hand.pending.map(({ key }) => key)).toEqual(["k", "other"]);
});
