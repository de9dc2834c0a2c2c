// The engine lets garbage lie until as much again was allocated, which a thread that took a large list over and is quiet from then
// on never does: with 100,000 deployments that was more than half of the process's memory.

import { edenGC, fullGC, heapSize } from "bun:jsc";

const largeMin = 5000;
/** Before the first answer: with 10,000 three collections took 70 ms of a restart, and three seconds later the memory was the same. */
const hugeMin = 20_000;

/** Collects garbage now, on a thread that can wait (some 50 ms for 100,000); of a usual fleet it is not worth the pause. */
export function giveBackNow(entries: number): void {
  if (entries >= hugeMin) Bun.gc(true);
}

/** What a list sets in motion goes on for a while. */
const soonMs = 3000;

/** The same when all of that has ended. */
export function giveBackSoon(entries: number): void {
  if (entries >= largeMin) setTimeout(() => Bun.gc(true), soonMs).unref();
}

/** A thread's memory may grow by so much until all of it is looked at: some 20,000 probes that are answered at once, 6,000 of several seconds. */
const grownMaxBytes = 24 * 2 ** 20;

/**
 * Collects what was left behind lately, whenever so many pieces of work are done: under a millisecond, and 6 with 5,000 probes in flight. By itself the engine waits
 * until a thread's memory has grown by a good part, and the table that all of them share counts as every thread's own. What was in
 * use just then is not lately any more: it is collected with all the rest when enough of it has come together.
 */
export function sweepEvery(pieces: number): (done?: number) => void {
  let since = 0;
  let keptBytes = 0;
  return (done = 1) => {
    since += done;
    if (since < pieces) return;
    since = 0;
    edenGC();
    if (keptBytes === 0) keptBytes = heapSize();
    if (heapSize() - keptBytes < grownMaxBytes) return;
    fullGC();
    keptBytes = heapSize();
  };
}
