// How long a start waits for Redis: until it has answered, or has failed twice, or the bound has passed. Then everything is ours, whatever comes
// later.

import type { Timers } from "../clock.ts";

export interface BeginningOptions {
  readonly timers: Timers;
  readonly timeoutMs: number;
  /** Nobody answered. */
  readonly onAlone: () => void;
}

export interface Beginning {
  readonly ended: Promise<void>;
  /** Redis answered: true when nothing was decided before. */
  answered(): boolean;
  failed(): void;
  end(): void;
}

/** One address may be wrong, and the next one right. */
const failuresMax = 2;

export function createBeginning({ timers, timeoutMs, onAlone }: BeginningOptions): Beginning {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let isDecided = false;
  let failures = 0;
  const patience = timers.set(goOnAlone, timeoutMs);

  function goOnAlone(): void {
    if (isDecided) return;
    isDecided = true;
    onAlone();
    end();
  }

  function end(): void {
    timers.clear(patience);
    resolve();
  }

  return {
    ended,
    answered() {
      const isFirst = !isDecided;
      isDecided = true;
      return isFirst;
    },
    failed() {
      failures += 1;
      if (failures >= failuresMax) goOnAlone();
    },
    end,
  };
}
