import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Ended,
  firstDelayMs,
  gridDelayMs,
  type Pace,
  planNext,
} from "../../src/schedule/plan.ts";
import { outcomeClassNames } from "../../src/table/outcome-class.ts";
import { states } from "../../src/table/row.ts";

const pace: Pace = {
  intervalMs: 10_000,
  confirmIntervalMs: 500,
  unhealthyIntervalMs: 2000,
  backoffMaxMs: 60_000,
  jitterRatio: 0,
};

function ended(
  outcomeClass: Ended["outcomeClass"],
  state: Ended["verdict"]["state"],
  failures = 0,
): Ended {
  return {
    outcomeClass,
    verdict: {
      state,
      sinceMs: 0,
      consecutiveSuccesses: 0,
      consecutiveFailures: failures,
      lastSuccessMs: 0,
    },
    retryAfterMs: null,
  };
}

describe("the plan", () => {
  test("follows the grid, however long the probe took", () => {
    expect(planNext(0, 1, ended("ok", "healthy"), pace, 3, 0.5).dueMs).toBe(10_000);
    expect(planNext(0, 9_999, ended("ok", "healthy"), pace, 3, 0.5).dueMs).toBe(10_000);
  });

  test("skips what was missed and does not make up for it", () => {
    const next = planNext(0, 47_000, ended("ok", "healthy"), pace, 3, 0.5);
    expect(next).toEqual({ gridMs: 50_000, dueMs: 50_000 });
  });

  test("looks again soon at a failure that is not confirmed yet", () => {
    expect(planNext(0, 100, ended("reset", "healthy", 1), pace, 3, 0.5).dueMs).toBe(600);
  });

  test("looks again soon at a recovery that is not confirmed yet", () => {
    expect(planNext(0, 100, ended("ok", "unhealthy"), pace, 3, 0.5).dueMs).toBe(600);
  });

  test("looks sooner at what just went down, and later the longer it is down, up to a bound", () => {
    const pauses = [3, 4, 10, 100].map(
      (failures) => planNext(0, 0, ended("reset", "unhealthy", failures), pace, 3, 0.5).dueMs,
    );
    expect(pauses[0]).toBe(2000);
    expect(pauses[1]).toBe(3000);
    expect(pauses[2]).toBeGreaterThan(30_000);
    expect(pauses[3]).toBe(60_000);
  });

  test("asks with a key that is refused at the interval at most, then ever more slowly", () => {
    expect(planNext(0, 0, ended("auth", "unhealthy", 3), pace, 3, 0.5).dueMs).toBe(10_000);
    expect(planNext(0, 0, ended("auth", "unhealthy", 5), pace, 3, 0.5).dueMs).toBe(22_500);
  });

  test("stays away for as long as the provider asks", () => {
    const limited = { ...ended("rate_limited", "degraded"), retryAfterMs: 34_000 };
    expect(planNext(0, 1000, limited, pace, 3, 0.5).dueMs).toBe(35_000);
  });

  test("never repeats a rate-limited probe before the interval", () => {
    const limited = { ...ended("rate_limited", "degraded"), retryAfterMs: 1000 };
    expect(planNext(0, 1000, limited, pace, 3, 0.5).dueMs).toBe(10_000);
  });

  test("jitter moves probes around the grid and never the grid", () => {
    let grid = 0;
    let now = 0;
    for (let round = 1; round <= 50; round += 1) {
      const next = planNext(
        grid,
        now,
        ended("ok", "healthy"),
        { ...pace, jitterRatio: 0.1 },
        3,
        round % 2,
      );
      expect(next.gridMs).toBe(round * 10_000);
      expect(Math.abs(next.dueMs - next.gridMs)).toBeLessThanOrEqual(500);
      grid = next.gridMs;
      now = next.dueMs + 20;
    }
  });

  test("for every outcome the next probe is in the future and within the longest pause", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...outcomeClassNames),
        fc.constantFrom(...states),
        fc.nat(200),
        fc.nat(1_000_000),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (outcomeClass, state, failures, now, random) => {
          const jittered = { ...pace, jitterRatio: 0.2 };
          const next = planNext(0, now, ended(outcomeClass, state, failures), jittered, 3, random);
          expect(next.dueMs).toBeGreaterThanOrEqual(now);
          expect(next.dueMs - now).toBeLessThanOrEqual(60_000 * 1.1 + 1);
          expect(next.gridMs % pace.intervalMs).toBe(0);
        },
      ),
    );
  });

  test("first probes follow each other at the start rate", () => {
    expect([0, 1, 500].map((index) => firstDelayMs(index, 1000))).toEqual([0, 1, 500]);
  });

  test("grids are spread over one interval and stay away from the first probes", () => {
    const delays = Array.from({ length: 100 }, (_, index) => gridDelayMs(index, 100, 10_000));
    expect(Math.min(...delays)).toBe(5000);
    expect(Math.max(...delays)).toBeLessThan(15_000);
    expect(new Set(delays).size).toBe(100);
  });
});
