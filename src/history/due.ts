// Work that is due again and again, by whoever looks at the clock often.

import type { Clock } from "../clock.ts";

export interface Due {
  /** Whether it is due; if so it is done now, and due again after its time. */
  take(): boolean;
  /** It is due after this time instead. */
  after(delayMs: number): void;
}

/** Due at once, and then after every `everyMs`. */
export function createDue(clock: Clock, everyMs: number): Due {
  let dueMs = 0;
  return {
    take() {
      const nowMs = clock.monotonicMs();
      if (nowMs < dueMs) return false;
      dueMs = nowMs + everyMs;
      return true;
    },
    after(delayMs) {
      dueMs = clock.monotonicMs() + delayMs;
    },
  };
}
