import { describe, expect, test } from "bun:test";
import { assigned, deployment, startRounds, wide } from "./rounds-by-hand.ts";

/** Deployments that are all due at once and then not for a minute. */
const atOnce = (count: number) =>
  [...Array(count).keys()].map((slot) => ({
    slot,
    deployment: { ...deployment(slot), intervalMs: 60_000 },
    firstDelayMs: 0,
    gridDelayMs: 60_000,
  }));

describe("the lateness of a probe", () => {
  test("is how long after its plan the thread came to it", async () => {
    const hand = startRounds();
    hand.rounds.assign(assigned([5]));
    await hand.oversleepTo(30);
    expect(hand.started).toEqual([{ latenessMs: 25, queuedMs: 0 }]);
  });

  test("leaves out the time that it waits for a bound in flight", async () => {
    const hand = startRounds({ ...wide, host: { h: 1 } });
    hand.rounds.assign(assigned([0, 1]));
    await hand.oversleepTo(4);
    await hand.advanceTo(100);
    await hand.take(0).answer("ok");
    expect(hand.started).toEqual([
      { latenessMs: 4, queuedMs: 0 },
      { latenessMs: 3, queuedMs: 96 },
    ]);
  });

  test("leaves out the time that it waits for the rate", async () => {
    const hand = startRounds(wide, 2.5);
    hand.rounds.assign(atOnce(7));
    await hand.advanceTo(0);
    await hand.advanceTo(400);
    await hand.oversleepTo(830);
    expect(hand.started.slice(0, 5)).toEqual(Array(5).fill({ latenessMs: 0, queuedMs: 0 }));
    expect(hand.started.slice(5)).toEqual([
      { latenessMs: 0, queuedMs: 400 },
      { latenessMs: 30, queuedMs: 800 },
    ]);
  });

  test("of many that are due at once is counted, and none is forgotten", async () => {
    const hand = startRounds({
      ...wide,
      thread: 500,
      provider: { openai: 500 },
      host: { h: 500 },
      key: { k: 500 },
    });
    hand.rounds.assign(atOnce(200));
    await hand.oversleepTo(7);
    expect(hand.started).toEqual(Array(200).fill({ latenessMs: 7, queuedMs: 0 }));
  });

  test("with all that it waited stands in the deployment's row", async () => {
    const hand = startRounds({ ...wide, host: { h: 1 } });
    hand.rounds.assign(assigned([0, 1]));
    await hand.advanceTo(1);
    await hand.advanceTo(100);
    await hand.take(0).answer("ok");
    await hand.take(1).answer("ok");
    expect(hand.rows.get(1)?.startLatenessMicros).toBe(99_000);
  });
});
