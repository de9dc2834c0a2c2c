// What of the settings a thread's schedule follows; the rate is divided among the threads.

import type { Settings } from "../config/settings.ts";
import type { SchedulePolicy } from "../schedule/rounds.ts";

/** `share` is the thread's part of all deployments. */
export function policyOf(settings: Settings, share: number): SchedulePolicy {
  return {
    ratePerSecond: Math.max(1, settings.maxRatePerSecond * share),
    confirmIntervalMs: settings.confirmIntervalMs,
    unhealthyIntervalMs: settings.unhealthyIntervalMs,
    backoffMaxMs: settings.backoffMaxMs,
    jitterRatio: settings.jitterRatio,
    rise: settings.rise,
    fall: settings.fall,
    degradedLimitMs: settings.degradedLimitMs,
    tokensPerDay: settings.tokensPerDay,
    usdPerDay: settings.usdPerDay,
  };
}
