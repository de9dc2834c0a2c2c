// Deployments whose probe is overdue: the sign that the service itself is not well.
//
// What another replica asks is overdue by the same rule: its row tells when it is to be asked next, and a replica that is lost leaves a
// plan behind that the next owner makes anew.
//
// Plans are kept by a clock that never jumps, and written down as wall time. When the wall clock is set forward, or the machine slept,
// what was written down before lies behind by as much, and is not overdue for that. Set back, it makes plans look further away.

import type { Clock } from "../clock.ts";
import type { Registry } from "../registry/registry.ts";
import type { SlotReader } from "../table/reader.ts";

/** A smaller difference may be the time between reading one clock and the other. */
const stepMinMs = 1000;

/** A plan as it was written down before the clock was set forward. */
interface Behind {
  readonly nextDueMs: number;
  readonly byMs: number;
}

/**
 * Counts the slots whose probe is overdue by more than `staleAfterMs`: planned, with its whole deadline, and still not done.
 * Looks at every slot: meant for a timer, not for every request.
 */
export function createStaleCount(
  registry: Registry,
  reader: SlotReader,
  clock: Clock,
): (staleAfterMs: number) => number {
  let aheadMs = clock.wallMs() - clock.monotonicMs();
  let behind: ReadonlyMap<number, Behind> = new Map();

  function noticeStep(): void {
    const nowAheadMs = clock.wallMs() - clock.monotonicMs();
    const stepMs = nowAheadMs - aheadMs;
    aheadMs = nowAheadMs;
    if (stepMs < stepMinMs) return;
    behind = new Map(
      registry.slots().map((slot) => {
        const nextDueMs = dueMs(slot);
        return [slot, { nextDueMs, byMs: behindMs(slot, nextDueMs) + stepMs }];
      }),
    );
  }

  function dueMs(slot: number): number {
    return reader.scalar(slot, "nextDueMs").value;
  }

  /** One that was planned anew is right again. */
  function behindMs(slot: number, nextDueMs: number): number {
    const known = behind.get(slot);
    return known?.nextDueMs === nextDueMs ? known.byMs : 0;
  }

  return (staleAfterMs) => {
    noticeStep();
    const wallMs = clock.wallMs();
    let stale = 0;
    for (const slot of registry.slots()) {
      const nextDueMs = dueMs(slot);
      if (nextDueMs === 0 || wallMs - nextDueMs <= staleAfterMs) continue;
      const common = registry.commonAt(slot);
      if (common === null || common.target === null) continue;
      const lateMs = wallMs - nextDueMs - behindMs(slot, nextDueMs);
      if (lateMs - common.deadlines.totalMs > staleAfterMs) stale += 1;
    }
    return stale;
  };
}
