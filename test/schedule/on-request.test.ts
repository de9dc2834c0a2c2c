import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { emptyRow } from "../../src/table/row.ts";
import { assigned, deployment, settled, startRounds, wide } from "./rounds-by-hand.ts";

const unplanned = (slot: number) => ({
  slot,
  deployment: { ...deployment(slot), intervalMs: 0 },
  firstDelayMs: 0,
  gridDelayMs: 0,
});

/** Probes whose answers came in, as the table counts them. */
const answers = (hand: ReturnType<typeof startRounds>, slot: number) =>
  (hand.rows.get(slot) ?? emptyRow()).classCounts.reduce((sum, count) => sum + count, 0);

describe("a probe on request", () => {
  test("is asked at once, and the planned one comes at its grid time all the same", async () => {
    const hand = startRounds();
    hand.rounds.assign(assigned([0]));
    await hand.advanceTo(0);
    await hand.take(0).answer("ok");
    await hand.advanceTo(700);
    hand.rounds.probe([0]);
    await hand.advanceTo(700);
    await hand.take(0).answer("ok");
    await hand.advanceTo(999);
    expect(hand.pending).toHaveLength(0);
    await hand.advanceTo(1000);
    await hand.take(0).answer("ok");
    expect(hand.rows.get(0)?.nextDueMs).toBe(1_002_000);
  });

  test("moves no grid time, however many are asked for between two of them", async () => {
    const hand = startRounds();
    hand.rounds.assign(assigned([0]));
    await hand.advanceTo(0);
    await hand.take(0).answer("ok");
    for (const atMs of [1100, 1300, 1500, 1900]) {
      await hand.advanceTo(atMs);
      hand.rounds.probe([0]);
      await hand.advanceTo(atMs);
      await hand.take(0).answer("ok");
    }
    await hand.advanceTo(1999);
    expect(hand.pending).toHaveLength(0);
    await hand.advanceTo(2000);
    expect(hand.pending).toHaveLength(1);
  });

  test("that finds a failure has it confirmed soon, as a planned one does", async () => {
    const hand = startRounds();
    hand.rounds.assign(assigned([0]));
    await hand.advanceTo(0);
    await hand.take(0).answer("ok");
    await hand.advanceTo(300);
    hand.rounds.probe([0]);
    await hand.advanceTo(300);
    await hand.take(0).answer("reset");
    await hand.advanceTo(399);
    expect(hand.pending).toHaveLength(0);
    await hand.advanceTo(400);
    expect(hand.pending).toHaveLength(1);
  });

  test("joins a probe that is in flight or waits for a bound", async () => {
    const hand = startRounds({ ...wide, host: { h: 1 } });
    hand.rounds.assign(assigned([0, 1]));
    await hand.advanceTo(1);
    hand.rounds.probe([0, 1]);
    await hand.advanceTo(2);
    await hand.take(0).answer("ok");
    await hand.take(1).answer("ok");
    await hand.advanceTo(500);
    expect([answers(hand, 0), answers(hand, 1)]).toEqual([1, 1]);
    expect(hand.pending).toHaveLength(0);
  });

  test("keeps within the bounds of hosts and of the rate", async () => {
    const hand = startRounds({ ...wide, host: { h: 2 } }, 2);
    const slots = [...Array(10).keys()];
    hand.rounds.assign(slots.map(unplanned));
    hand.rounds.probe(slots);
    await hand.advanceTo(0);
    expect(hand.pending).toHaveLength(2);
    for (let atMs = 0; atMs <= 3000; atMs += 500) {
      await hand.advanceTo(atMs);
      for (const { slot } of [...hand.pending]) await hand.take(slot).answer("ok");
    }
    expect(slots.map((slot) => answers(hand, slot))).toEqual(slots.map(() => 1));
    expect(hand.inFlightMost()).toBe(2);
  });

  test("reaches a deployment that is never asked by itself, and leaves it so", async () => {
    const hand = startRounds();
    hand.rounds.assign([unplanned(0)]);
    await hand.advanceTo(5000);
    expect(hand.pending).toHaveLength(0);
    hand.rounds.probe([0]);
    await hand.advanceTo(5000);
    await hand.take(0).answer("reset");
    expect(hand.rows.get(0)).toMatchObject({ lastCheckMs: 1_005_000, nextDueMs: 0 });
    expect(hand.hasTimer()).toBe(false);
    hand.rounds.probe([0]);
    await hand.advanceTo(9000);
    expect(hand.pending).toHaveLength(1);
  });

  test("of a deployment that is not kept, or while draining, does nothing", async () => {
    const hand = startRounds();
    hand.rounds.assign([unplanned(0)]);
    hand.rounds.probe([7]);
    const drained = hand.rounds.drain();
    hand.rounds.probe([0]);
    await hand.advanceTo(9000);
    await drained;
    expect(hand.pending).toHaveLength(0);
  });

  type Step =
    | { readonly do: "probe" | "release" | "assign" | "assign unplanned" | "answer"; slot: number }
    | { readonly do: "wait"; readonly ms: number };
  const slotCount = 2;
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom("probe", "probe", "release", "assign", "assign unplanned", "answer"),
        slot: fc.nat(slotCount - 1),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(1500) }) },
  );

  test("in whatever order things come, is answered, and nothing is asked twice at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: "max" }),
        fc.nat(3),
        async (steps, hostLimit) => {
          const hand = startRounds({ ...wide, host: { h: hostLimit + 1 } }, 20);
          let nowMs = 0;
          // By slot: the answers that were there when a probe was asked for.
          const wanted = new Map<number, number>();
          const assignedNow = new Set<number>();
          const check = () => {
            const slots = hand.pending.map(({ slot }) => slot);
            expect(new Set(slots).size).toBe(slots.length);
          };
          const answer = async (slot: number) => {
            if (hand.pending.some((one) => one.slot === slot)) await hand.take(slot).answer("ok");
          };
          for (const one of steps) {
            if (one.do === "wait") nowMs += one.ms;
            else if (one.do === "answer") await answer(one.slot);
            else if (one.do === "probe") {
              hand.rounds.probe([one.slot]);
              if (assignedNow.has(one.slot) && !wanted.has(one.slot)) {
                wanted.set(one.slot, answers(hand, one.slot));
              }
            } else if (one.do === "release") {
              const released = hand.rounds.release([one.slot]);
              assignedNow.delete(one.slot);
              wanted.delete(one.slot);
              await settled();
              // As the fleet does: handed on only when it was let go of, which takes a second at most.
              await answer(one.slot);
              nowMs += 1000;
              await hand.advanceTo(nowMs);
              await released;
            } else if (!assignedNow.has(one.slot)) {
              const next = one.do === "assign" ? assigned([one.slot]) : [unplanned(one.slot)];
              hand.rounds.assign(next);
              assignedNow.add(one.slot);
            }
            await hand.advanceTo(nowMs);
            check();
          }
          for (let turn = 0; turn < 40; turn += 1) {
            nowMs += 100;
            await hand.advanceTo(nowMs);
            check();
            for (const { slot } of [...hand.pending]) await hand.take(slot).answer("ok");
          }
          for (const [slot, before] of wanted) expect(answers(hand, slot)).toBeGreaterThan(before);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);
});
