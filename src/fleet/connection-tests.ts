// Tests of deployments that are not saved: a few at once, each in some prober thread, none longer than its deadline. A thread
// that dies takes its tests with it: they end as lost.

import type { Timers } from "../clock.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Subject } from "../probe/probe.ts";

export type ConnectionTest =
  | { readonly kind: "ended"; readonly outcome: Outcome }
  | { readonly kind: "busy" | "stopping" | "lost" };

export interface ConnectionTests {
  run(subject: Subject): Promise<ConnectionTest>;
  /** Starts none any more; those that run may end. */
  close(): void;
}

const runningMax = 4;
/** What a thread may take to answer beyond the probe itself. */
const marginMs = 2000;

/** `test` asks in a prober thread (see Fleet.test). */
export function createConnectionTests(
  test: (subject: Subject) => Promise<Outcome | null>,
  timers: Timers,
): ConnectionTests {
  let running = 0;
  let closed = false;
  return {
    async run(subject) {
      if (closed) return { kind: "stopping" };
      if (running >= runningMax) return { kind: "busy" };
      running += 1;
      let timer: unknown = null;
      const late = new Promise<null>((resolve) => {
        timer = timers.set(() => resolve(null), subject.deadlines.totalMs + marginMs);
      });
      const outcome = await Promise.race([test(subject), late]);
      timers.clear(timer);
      running -= 1;
      return outcome === null ? { kind: "lost" } : { kind: "ended", outcome };
    },
    close() {
      closed = true;
    },
  };
}
