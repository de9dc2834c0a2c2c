// What an outcome does to a deployment's state: rise and fall against flapping, in the sense of HAProxy's
// health checks. Pure: the previous verdict and an outcome in, the next verdict out.
//
//   - The first proof decides: from unknown, one success is healthy and one failure is unhealthy.
//   - `fall` failures in a row turn a deployment unhealthy, `rise` successes bring it back.
//   - Rate limited, overloaded or loading means alive: degraded, and unhealthy only when no probe has
//     succeeded for longer than `degradedLimitMs`.
//   - A probe that was refused because of the probe itself proves nothing: unknown, with its reason.
//   - A failure of the prober itself moves nothing.

import { type OutcomeClass, outcomeClasses } from "../table/outcome-class.ts";
import type { State } from "../table/row.ts";

export interface Thresholds {
  readonly rise: number;
  readonly fall: number;
  readonly degradedLimitMs: number;
}

export interface Verdict {
  readonly state: State;
  /** Since when the state stands, wall time. */
  readonly sinceMs: number;
  readonly consecutiveSuccesses: number;
  readonly consecutiveFailures: number;
  /** 0 when there was none yet. */
  readonly lastSuccessMs: number;
}

/** The verdict after an outcome of this class at this wall time. */
export function judge(
  before: Verdict,
  outcomeClass: OutcomeClass,
  nowMs: number,
  thresholds: Thresholds,
): Verdict {
  const effect = outcomeClasses[outcomeClass].effect;
  switch (effect) {
    case "passed": {
      const successes = before.consecutiveSuccesses + 1;
      const held = before.state === "unhealthy" && successes < thresholds.rise;
      return turn(before, held ? "unhealthy" : "healthy", nowMs, successes, 0, nowMs);
    }
    case "degraded": {
      const successes = before.consecutiveSuccesses + 1;
      const proofMs = before.lastSuccessMs > 0 ? before.lastSuccessMs : before.sinceMs;
      const proven = before.state === "unknown" || nowMs - proofMs <= thresholds.degradedLimitMs;
      const held = before.state === "unhealthy" && successes < thresholds.rise;
      return turn(before, held || !proven ? "unhealthy" : "degraded", nowMs, successes, 0);
    }
    case "failed": {
      const failures = before.consecutiveFailures + 1;
      const falls = before.state === "unknown" || failures >= thresholds.fall;
      return turn(before, falls ? "unhealthy" : before.state, nowMs, 0, failures);
    }
    case "refused":
      return turn(before, "unknown", nowMs, 0, 0);
    case "unprobeable":
      return turn(before, "unhealthy", nowMs, 0, before.consecutiveFailures + 1);
    case "ignored":
      return before;
    default:
      return effect satisfies never;
  }
}

function turn(
  before: Verdict,
  state: State,
  nowMs: number,
  consecutiveSuccesses: number,
  consecutiveFailures: number,
  lastSuccessMs: number = before.lastSuccessMs,
): Verdict {
  const sinceMs = state === before.state && before.sinceMs > 0 ? before.sinceMs : nowMs;
  return { state, sinceMs, consecutiveSuccesses, consecutiveFailures, lastSuccessMs };
}
