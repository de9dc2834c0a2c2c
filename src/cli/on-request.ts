// Wires what a request can set in motion to the fleet, and the one way in which probing ends: nothing new begins, what is
// in flight ends, and those who still wait are answered.

import { type Clock, systemTimers } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { createChecks, runCheck } from "../fleet/checks.ts";
import { createConnectionTests } from "../fleet/connection-tests.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { ForeignOrder } from "../fleet/orders.ts";
import { runTrial } from "../fleet/trials.ts";
import type { Registry } from "../registry/registry.ts";
import type { OnRequest } from "../server/on-request.ts";
import type { SlotReader } from "../table/reader.ts";
import type { Table } from "../table/table.ts";

export interface OnRequestParts {
  readonly table: Table;
  readonly reader: SlotReader;
  readonly registry: Registry;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly config: () => Config;
  /** Gives what this replica asked to others. */
  readonly leave: (timeoutMs: number) => Promise<void>;
}

/** Others wait for what is ours: it is given to them also when stopping may take no time. */
const leaveMs = 1000;
/** Nor do they wait for what hangs here. */
const patienceMs = 1000;

export interface WiredOnRequest extends Omit<OnRequest, "drain" | "checksWaiting" | "count"> {
  /** Asks again for what is waited for: a thread has begun anew. */
  resume(): void;
  /** Does what another replica passes on; false when nothing came of it. */
  obey(order: ForeignOrder): boolean;
  /** What is in flight may take this long. */
  stopProbing(timeoutMs: number): Promise<void>;
}

export function wireOnRequest(parts: OnRequestParts): WiredOnRequest {
  const { table, reader, registry, fleet, clock, config, leave } = parts;
  const checks = createChecks({
    table,
    reader,
    clock,
    timers: systemTimers,
    probe: fleet.probe,
    obey: (slots, wanted) => fleet.obey({ type: "probe", slots, wanted }),
    isFree: (slot) => registry.commonAt(slot)?.plan.rung === "metadata",
    bounds: () => ({
      perMinute: config().settings.checkRatePerMinute,
      fleet: registry.slots().length,
    }),
  });
  const tests = createConnectionTests(fleet.test, systemTimers);

  return {
    check: (order, gone) => runCheck(checks, order, gone),
    test: (trial) => runTrial(trial, config(), tests),
    resume: checks.resume,
    obey: (order) =>
      order.type === "probe" ? checks.relay(order.slots, order.wanted) : fleet.obey(order),
    async stopProbing(timeoutMs) {
      checks.close();
      tests.close();
      const drained = fleet.drain(timeoutMs);
      await within(drained, patienceMs);
      await leave(leaveMs);
      await drained;
      checks.end();
    },
  };
}

/** Resolves with the promise, or when the time is over. */
async function within(promise: Promise<void>, timeoutMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = systemTimers.set(late.resolve, timeoutMs);
  await Promise.race([promise, late.promise]);
  systemTimers.clear(timer);
}
