// How many probes clients may ask for: a token bucket, a token a probe. One whole fleet may be asked for at once, whatever
// its size; what is asked for over and over again is bounded by the rate. Pure: time comes in.

export interface CheckBudget {
  /** Takes this many tokens and returns 0, or takes none and returns the milliseconds until there are enough. */
  take(count: number, bounds: CheckBounds, nowMs: number): number;
}

export interface CheckBounds {
  readonly perMinute: number;
  /** Deployments of the whole fleet. */
  readonly fleet: number;
}

export function createCheckBudget(): CheckBudget {
  let tokens = Number.POSITIVE_INFINITY;
  let filledMs = 0;
  return {
    take(count, { perMinute, fleet }, nowMs) {
      const perMs = perMinute / 60_000;
      tokens = Math.min(Math.max(perMinute, fleet), tokens + (nowMs - filledMs) * perMs);
      filledMs = nowMs;
      if (count > tokens) return (count - tokens) / perMs;
      tokens -= count;
      return 0;
    },
  };
}
