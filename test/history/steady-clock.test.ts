import { expect, test } from "bun:test";
import { createSteadiness } from "../../src/history/steady-clock.ts";

const hourMs = 3_600_000;

test("a clock is believed when it has gone on evenly for an hour, and after a leap an hour later", () => {
  let [wallMs, monotonicMs] = [1000, 0];
  const isSteady = createSteadiness({ wallMs: () => wallMs, monotonicMs: () => monotonicMs });
  const goOn = (ms: number) => {
    wallMs += ms;
    monotonicMs += ms;
    return isSteady();
  };
  expect([goOn(hourMs - 1), goOn(1)]).toEqual([false, true]);
  wallMs = Date.UTC(2026, 0, 1);
  expect([goOn(1), goOn(hourMs - 2), goOn(2)]).toEqual([false, false, true]);
  // Clocks are corrected by a little all the time.
  wallMs -= 50;
  expect(goOn(1)).toBe(true);
});
