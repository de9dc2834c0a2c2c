// Deployments whose probe is overdue: the sign that the service itself is not well.

import type { Registry } from "../registry/registry.ts";
import type { SlotReader } from "../table/reader.ts";

/**
 * Slots whose probe is overdue by more than `staleAfterMs`: planned, with its whole deadline, and still not done.
 * Looks at every slot: meant for a timer, not for every request.
 */
export function countStale(
  registry: Registry,
  reader: SlotReader,
  staleAfterMs: number,
  wallMs: number,
): number {
  let stale = 0;
  for (const slot of registry.slots()) {
    const { value: nextDueMs } = reader.scalar(slot, "nextDueMs");
    if (nextDueMs === 0 || wallMs - nextDueMs <= staleAfterMs) continue;
    const common = registry.commonAt(slot);
    if (common === null || common.target === null) continue;
    if (wallMs - nextDueMs - common.deadlines.totalMs > staleAfterMs) stale += 1;
  }
  return stale;
}
