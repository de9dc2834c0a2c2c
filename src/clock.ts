// Time behind one small type, so that tests can advance it by hand.
// Wall time is for what people and other systems see; monotonic time is for durations and plans.

export interface Clock {
  /** Milliseconds since the Unix epoch. May jump. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start, fractional. Never goes back. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
