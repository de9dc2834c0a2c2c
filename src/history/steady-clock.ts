// Whether the wall clock can be believed. By one that is behind (a machine without a clock of its own, before it has heard the time) all of
// history lies in the time to come, and would be taken for what a clock wrote that was ahead.

import type { Clock } from "../clock.ts";

const steadyMs = 3_600_000;
const leapMs = 60_000;

/** Has to be asked every few minutes. True when the clock has gone on evenly for an hour. */
export function createSteadiness(clock: Clock): () => boolean {
  const offset = () => clock.wallMs() - clock.monotonicMs();
  let before = offset();
  let sinceMs = clock.monotonicMs();
  return () => {
    const now = offset();
    if (Math.abs(now - before) > leapMs) sinceMs = clock.monotonicMs();
    before = now;
    return clock.monotonicMs() - sinceMs >= steadyMs;
  };
}
