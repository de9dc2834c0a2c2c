// Waits for work that may take long, or fail, for a bound only; it goes on by itself after that.

import type { Timers } from "../clock.ts";

export async function within(timers: Timers, boundMs: number, work: Promise<unknown>) {
  const bound = Promise.withResolvers<void>();
  const late = timers.set(bound.resolve, boundMs);
  await Promise.race([work.catch(() => {}), bound.promise]);
  timers.clear(late);
}
