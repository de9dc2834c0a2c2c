// When a deployment is asked next. Pure: times and a random number in, a time out.
//
// A deployment has a grid of planned times, one interval apart, with its own phase. The next time is computed
// from the grid and never from when the last probe ended, so a slow upstream does not drift, and time that was
// missed (a suspended machine) is skipped, not made up for. Jitter moves a probe around its grid time without
// moving the grid.

import { type OutcomeClass, outcomeClasses } from "../table/outcome-class.ts";
import type { Verdict } from "./verdict.ts";

export interface Pace {
  readonly intervalMs: number;
  /** How soon a change that rise and fall have not yet confirmed is looked at again. */
  readonly confirmIntervalMs: number;
  /** How soon an unhealthy deployment is looked at again, at first. */
  readonly unhealthyIntervalMs: number;
  /** The longest pause that back-off may reach (never shorter than the interval itself). */
  readonly backoffMaxMs: number;
  readonly jitterRatio: number;
}

/** Milliseconds after the start at which the n-th new deployment is asked first. */
export function firstDelayMs(index: number, startRatePerSecond: number): number {
  return (index * 1000) / startRatePerSecond;
}

/**
 * Phase of the n-th of `count` deployments: how long after the start its grid begins. Spread over one
 * interval, and half an interval away from the first probe, so that nothing is asked twice in a hurry.
 */
export function gridDelayMs(index: number, count: number, intervalMs: number): number {
  return intervalMs * (0.5 + index / Math.max(1, count));
}

export interface Next {
  /** The last grid time that is accounted for: asked at, skipped, or about to be asked at. */
  readonly gridMs: number;
  /** When to ask. */
  readonly dueMs: number;
}

/** What planning needs to know of the probe that just ended. */
export interface Ended {
  readonly outcomeClass: OutcomeClass;
  /** The verdict that it led to. */
  readonly verdict: Verdict;
  /** What the provider asked for, or null. */
  readonly retryAfterMs: number | null;
}

/**
 * When to ask next, after a probe ended at `nowMs`. `gridMs` is the grid time accounted for so far;
 * `fall` tells how long a deployment has been down; `random` is in [0, 1).
 */
export function planNext(
  gridMs: number,
  nowMs: number,
  ended: Ended,
  pace: Pace,
  fall: number,
  random: number,
): Next {
  const upcomingMs = gridMs + pace.intervalMs;
  const nextGridMs = skipTo(upcomingMs, pace.intervalMs, nowMs);
  const jitter = (random - 0.5) * pace.jitterRatio;
  const offGridMs = pauseMs(ended, pace, fall);
  const wishedMs =
    offGridMs === null
      ? nextGridMs + jitter * pace.intervalMs
      : nowMs + offGridMs * (1 + Math.abs(jitter));
  const dueMs = Math.max(nowMs, nowMs + (ended.retryAfterMs ?? 0), wishedMs);
  if (offGridMs !== null && dueMs < nextGridMs)
    return { gridMs: nextGridMs - pace.intervalMs, dueMs };
  const passed = Math.max(0, Math.floor((dueMs - nextGridMs) / pace.intervalMs));
  return { gridMs: nextGridMs + passed * pace.intervalMs, dueMs };
}

/** The first grid time that is not in the past. */
function skipTo(gridMs: number, intervalMs: number, nowMs: number): number {
  if (gridMs > nowMs) return gridMs;
  return gridMs + (Math.floor((nowMs - gridMs) / intervalMs) + 1) * intervalMs;
}

/** A pause that does not follow the grid, or null. */
function pauseMs({ outcomeClass, verdict }: Ended, pace: Pace, fall: number): number | null {
  const { effect, recheck } = outcomeClasses[outcomeClass];
  const confirmMs = Math.min(pace.confirmIntervalMs, pace.intervalMs);
  const unhealthyMs = Math.min(pace.unhealthyIntervalMs, pace.intervalMs);
  const longestMs = Math.max(pace.backoffMaxMs, pace.intervalMs);
  switch (effect) {
    case "passed":
      return verdict.state === "unhealthy" ? confirmMs : null;
    case "failed": {
      if (verdict.state !== "unhealthy") return confirmMs;
      const beyond = Math.max(0, verdict.consecutiveFailures - fall);
      const baseMs = recheck === "slowly" ? pace.intervalMs : unhealthyMs;
      return Math.min(longestMs, baseMs * 1.5 ** Math.min(beyond, 32));
    }
    case "degraded":
      return recheck === "soon" ? unhealthyMs : null;
    case "ignored":
      return unhealthyMs;
    case "refused":
    case "unprobeable":
      return null;
    default:
      return effect satisfies never;
  }
}
