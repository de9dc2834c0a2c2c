// What the tests of the services share: a quick pace, and waiting for a report.

import { systemClock } from "../../src/clock.ts";
import type { Secret } from "../../src/config/secret.ts";
import { type Check, type CheckLoop, startCheckLoop } from "../../src/services/check-loop.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { eventually } from "../servers/process.ts";

export const timeoutMs = 500;
/** For an answer that comes, also on a busy machine. */
export const patientMs = 20_000;
export const resolver = createResolver();

/** A loop at a pace that a test can wait for. */
export function watch(
  check: Check,
  secrets: readonly string[] = [],
  withinMs = timeoutMs,
): CheckLoop {
  const pace = { intervalMs: 50, timeoutMs: withinMs };
  return startCheckLoop({ check, secrets, ...pace, clock: systemClock });
}

export async function becomes(
  loop: CheckLoop,
  status: "connected" | "disconnected",
): Promise<void> {
  await eventually(
    `the service is ${status}; the last error is: ${loop.report().error}`,
    () => loop.report().status === status && loop.report().lastCheckMs !== null,
  );
}

/** The error of the first check; the loop is stopped. */
export async function refusal(
  check: Check,
  secrets: readonly string[] = [],
  withinMs = patientMs,
): Promise<string> {
  const loop = watch(check, secrets, withinMs);
  await becomes(loop, "disconnected");
  loop.stop();
  return loop.report().error ?? "";
}

export const nothingConfigured = {
  databaseUrl: null as Secret | null,
  redisUrl: null as Secret | null,
  sqliteFile: ":memory:",
  serviceIntervalMs: 50,
  serviceTimeoutMs: timeoutMs,
  proxyUrl: null as string | null,
  proxyKey: null as Secret | null,
  litellmVersion: null as string | null,
};
