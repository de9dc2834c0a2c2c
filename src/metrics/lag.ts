// A thread's own event-loop lag in seconds: how late a short timer comes.

const lagSampleMs = 100;

export interface Lag {
  /** The worst since it was last taken. */
  take(): number;
  stop(): void;
}

/** Watches the event loop of the thread that calls. */
export function watchLag(): Lag {
  let worstMs = 0;
  let expectedMs = performance.now() + lagSampleMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    worstMs = Math.max(worstMs, nowMs - expectedMs);
    expectedMs = nowMs + lagSampleMs;
  }, lagSampleMs);
  timer.unref();
  return {
    take() {
      const seconds = worstMs / 1000;
      worstMs = 0;
      return seconds;
    },
    stop: () => clearInterval(timer),
  };
}
