import { expect, test } from "bun:test";
import fc from "fast-check";
import { outcomeClassNames } from "../../src/table/outcome-class.ts";
import { emptyRow } from "../../src/table/row.ts";
import { assigned, startRounds, wide } from "./rounds-by-hand.ts";

test("whatever comes back, the next probe is when the row says, and comes in bounded time", async () => {
  const answer = fc.record({
    outcomeClass: fc.constantFrom(...outcomeClassNames),
    retryAfterMs: fc.option(fc.integer({ min: 1000, max: 20_000 })),
    afterMs: fc.nat(3000),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(answer, { minLength: 1, maxLength: 30, size: "max" }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (answers, random) => {
        const hand = startRounds(wide, 1_000_000, () => random);
        hand.rounds.assign(assigned([0, 1, 2]));
        let nowMs = 0;
        for (const { outcomeClass, retryAfterMs, afterMs } of answers) {
          // The longest pause is 4 s of back-off, or a hold of 20 s and 1 s of spread.
          for (let waitedMs = 0; hand.pending.length === 0; waitedMs += 10) {
            expect(waitedMs).toBeLessThan(21_100);
            nowMs += 10;
            await hand.advanceTo(nowMs);
          }
          for (const { slot, askedMs } of hand.pending) {
            const { nextDueMs } = hand.rows.get(slot) ?? emptyRow();
            expect(Math.abs(nextDueMs - 1_000_000 - askedMs)).toBeLessThanOrEqual(1);
          }
          nowMs += afterMs;
          await hand.advanceTo(nowMs);
          await hand
            .take(hand.pending[0]?.slot ?? 0)
            .answer(outcomeClass, retryAfterMs ?? undefined);
        }
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);

test("a deployment that fails is looked at sooner, then ever later up to the bound, and sooner again when it is back", async () => {
  const hand = startRounds(wide);
  hand.rounds.assign(assigned([0]));
  const starts: number[] = [];
  let nowMs = 0;
  const answerNext = async (outcomeClass: "ok" | "reset") => {
    while (hand.pending.length === 0) {
      nowMs += 1;
      await hand.advanceTo(nowMs);
    }
    starts.push(hand.pending[0]?.askedMs ?? 0);
    await hand.take(0).answer(outcomeClass);
  };
  for (const outcomeClass of [
    "ok",
    ...Array<"reset">(12).fill("reset"),
    "ok",
    "ok",
    "ok",
  ] as const) {
    await answerNext(outcomeClass);
  }
  const pauses = starts
    .slice(1)
    .map((startMs, index) => Math.round(startMs - (starts[index] ?? 0)));
  // interval 1 s, confirm 0.1 s, unhealthy 0.5 s, back-off up to 4 s, rise 2, fall 3
  expect(pauses.slice(0, 5)).toEqual([1000, 100, 100, 500, 750]);
  expect(pauses.slice(9, 12)).toEqual([4000, 4000, 4000]);
  expect(pauses[13]).toBe(100);
});
