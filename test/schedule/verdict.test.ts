import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { judge, type Verdict } from "../../src/schedule/verdict.ts";
import {
  type OutcomeClass,
  outcomeClasses,
  outcomeClassNames,
} from "../../src/table/outcome-class.ts";
import type { State } from "../../src/table/row.ts";

const thresholds = { rise: 2, fall: 3, degradedLimitMs: 60_000 };
const fresh: Verdict = {
  state: "unknown",
  sinceMs: 0,
  consecutiveSuccesses: 0,
  consecutiveFailures: 0,
  lastSuccessMs: 0,
};

function after(...outcomes: OutcomeClass[]): Verdict {
  return outcomes.reduce(
    (verdict, outcome, index) => judge(verdict, outcome, 1000 + index, thresholds),
    fresh,
  );
}

describe("the verdict", () => {
  const cases: [title: string, outcomes: OutcomeClass[], state: State][] = [
    ["the first success makes a deployment healthy", ["ok"], "healthy"],
    ["the first failure makes a deployment unhealthy", ["server_error"], "unhealthy"],
    ["fewer failures than fall leave it healthy", ["ok", "reset", "reset"], "healthy"],
    ["as many failures as fall make it unhealthy", ["ok", "reset", "dns", "connect"], "unhealthy"],
    [
      "a success in between starts the count anew",
      ["ok", "reset", "reset", "ok", "reset"],
      "healthy",
    ],
    ["one success does not bring it back", ["server_error", "ok"], "unhealthy"],
    ["as many successes as rise bring it back", ["server_error", "ok", "ok"], "healthy"],
    ["a rate limit means alive: degraded", ["ok", "rate_limited"], "degraded"],
    ["overload means alive: degraded", ["ok", "overloaded"], "degraded"],
    ["a degraded deployment is healthy with its next success", ["rate_limited", "ok"], "healthy"],
    ["an invalid key makes it unhealthy", ["auth"], "unhealthy"],
    ["a model cut short by its output limit is healthy", ["ok_limited_output"], "healthy"],
    ["a probe that was refused as wrong proves nothing", ["ok", "bad_probe"], "unknown"],
    ["what the configuration does not allow to probe is unhealthy", ["config"], "unhealthy"],
    ["a failure of the prober itself moves nothing", ["ok", "internal"], "healthy"],
  ];
  for (const [title, outcomes, state] of cases) {
    test(title, () => expect(after(...outcomes).state).toBe(state));
  }

  test("degraded for longer than the limit without any success is unhealthy", () => {
    const degraded = judge(after("ok"), "rate_limited", 50_000, thresholds);
    expect(degraded.state).toBe("degraded");
    expect(judge(degraded, "rate_limited", 62_000, thresholds).state).toBe("unhealthy");
  });

  test("since tells when the state began, not when it was last confirmed", () => {
    expect(after("ok", "ok", "ok").sinceMs).toBe(1000);
    expect(after("ok", "reset", "reset", "reset").sinceMs).toBe(1003);
  });

  test("for every sequence of outcomes a deployment turns unhealthy only by failures in a row or by time", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...outcomeClassNames)), (outcomes) => {
        let verdict = fresh;
        for (const [index, outcome] of outcomes.entries()) {
          const next = judge(verdict, outcome, 1000 + index, thresholds);
          const { effect } = outcomeClasses[outcome];
          if (next.state === "unhealthy" && verdict.state !== "unhealthy") {
            expect(["failed", "unprobeable"]).toContain(effect);
            if (effect === "failed" && verdict.state !== "unknown") {
              expect(next.consecutiveFailures).toBeGreaterThanOrEqual(thresholds.fall);
            }
          }
          if (effect === "ignored") expect(next).toEqual(verdict);
          verdict = next;
        }
      }),
    );
  });
});
