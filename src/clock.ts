// Time behind two small types, so that tests can advance it by hand.
// Wall time is for what people and other systems see; monotonic time is for durations and plans.

export interface Clock {
  /** Milliseconds since the Unix epoch. May jump. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start, fractional. Never goes back. */
  monotonicMs(): number;
}

/** RFC 3339 in UTC, or null for never. */
export function timeOf(wallMs: number): string | null {
  return wallMs === 0 ? null : new Date(wallMs).toISOString();
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** Calls that are due later. */
export interface Timers {
  set(callback: () => void, delayMs: number): unknown;
  clear(timer: unknown): void;
}

/** The runtime calls at once what is to be called later than that (24.9 days). */
const delayMaxMs = 2 ** 31 - 1;

/** What is due later than they can tell is called too early: whoever plans that far ahead looks again then. */
export const systemTimers: Timers = {
  set: (callback, delayMs) => setTimeout(callback, Math.min(delayMs, delayMaxMs)),
  clear: (timer) => clearTimeout(timer as Timer | undefined),
};
