// The engine lets garbage lie until as much again was allocated, which a thread that took a large list over and is quiet from then
// on never does: with 100,000 deployments that was more than half of the process's memory.

const largeMin = 5000;

/** Collects garbage now, on a thread that can wait (some 50 ms for 100,000); of a usual fleet it is not worth the pause. */
export function giveBackNow(entries: number): void {
  if (entries >= largeMin) Bun.gc(true);
}

/** What a list sets in motion goes on for a while. */
const soonMs = 3000;

/** The same when all of that has ended. */
export function giveBackSoon(entries: number): void {
  if (entries >= largeMin) setTimeout(() => Bun.gc(true), soonMs).unref();
}
