// The engine lets garbage lie until as much again was allocated, which a thread that took a large list over and is quiet from then
// on never does: with 100,000 deployments that was more than half of the process's memory.

const largeMin = 5000;

/** Collects garbage after the thread has taken over a list of so many; of a usual fleet it is not worth the pause. */
export function giveBack(entries: number): void {
  if (entries >= largeMin) setTimeout(() => Bun.gc(true), 0).unref();
}
