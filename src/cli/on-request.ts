// Wires what a request can set in motion to the fleet, and the one way in which probing ends: nothing new begins, what is
// in flight ends, and those who still wait are answered.

import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { createChecks } from "../fleet/checks.ts";
import { createConnectionTests } from "../fleet/connection-tests.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { HttpTraffic } from "../metrics/http-traffic.ts";
import type { Registry } from "../registry/registry.ts";
import type { Timers } from "../schedule/rounds.ts";
import { createDrain } from "../server/drain.ts";
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
  readonly traffic: HttpTraffic;
  /** Liveliness and readiness answer 503 from now on. */
  readonly announceShutdown: () => void;
}

const timers: Timers = {
  set: (callback, delayMs) => setTimeout(callback, delayMs),
  clear: (timer) => clearTimeout(timer as Timer | undefined),
};

export function wireOnRequest(parts: OnRequestParts): OnRequest & {
  /** Takes no longer than this. */
  stopProbing(timeoutMs: number): Promise<void>;
} {
  const { table, reader, registry, fleet, clock, config } = parts;
  const checks = createChecks({
    table,
    reader,
    clock,
    timers,
    probe: fleet.probe,
    bounds: () => ({
      perMinute: config().settings.checkRatePerMinute,
      fleet: registry.slots().length,
    }),
  });
  const tests = createConnectionTests(fleet.test, timers);

  async function stopProbing(timeoutMs: number): Promise<void> {
    checks.close();
    tests.close();
    await fleet.drain(timeoutMs);
    checks.end();
  }

  const drain = createDrain({
    clock,
    timeoutMs: () => config().settings.shutdownTimeoutMs,
    announce: parts.announceShutdown,
    stopProbing,
    inFlight: parts.traffic.current,
  });
  return { checks, tests, config, drain, stopProbing };
}
