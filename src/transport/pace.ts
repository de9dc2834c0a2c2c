// Starts of something in a burst, thinned out: so many at once, the next so many a moment later. A burst of a thousand questions by
// UDP overflows the buffer of who is asked, and each one that is lost costs a second.

export interface Pace {
  /** Runs the task at once, or when its turn comes; in the order of the calls. */
  start(task: () => void): void;
}

export function createPace(burst: number, pauseMs: number): Pace {
  const waiting: (() => void)[] = [];
  let started = 0;

  function refill(): void {
    started = 0;
    for (const task of waiting.splice(0, burst)) begin(task);
  }

  function begin(task: () => void): void {
    if (started === 0) setTimeout(refill, pauseMs).unref();
    started += 1;
    task();
  }

  return {
    start(task) {
      if (started < burst && waiting.length === 0) begin(task);
      else waiting.push(task);
    },
  };
}
