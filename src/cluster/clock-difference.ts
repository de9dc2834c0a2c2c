// How far this machine's clock is from Redis': rows carry wall times, and those of a machine whose clock is far off are not believed by the
// others. Leases do not care.

import type { Clock } from "../clock.ts";

/** Machines that set their clocks differ by less. */
const differenceMaxMs = 60_000;

export interface ClockDifference {
  /** Redis' time, from an answer to a question that took so long. */
  take(redisMs: number, tookMs: number): void;
  /** What is wrong; null while it is within bounds. */
  words(): string | null;
}

export function createClockDifference(
  clock: Pick<Clock, "wallMs">,
  onNotice: (text: string, isWell: boolean) => void,
): ClockDifference {
  let words: string | null = null;
  return {
    take(redisMs, tookMs) {
      const aheadMs = clock.wallMs() - tookMs / 2 - redisMs;
      const was = words;
      words = null;
      if (!Number.isFinite(aheadMs) || Math.abs(aheadMs) - tookMs / 2 <= differenceMaxMs) return;
      const seconds = Math.round(Math.abs(aheadMs) / 1000);
      const way = aheadMs < 0 ? "behind" : "ahead of";
      words = `this machine's clock is ${seconds} s ${way} Redis': statuses from a clock that is more than 5 minutes ahead are not believed`;
      if (was === null) onNotice(words, false);
    },
    words: () => words,
  };
}
