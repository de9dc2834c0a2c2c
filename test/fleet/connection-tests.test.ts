import { describe, expect, test } from "bun:test";
import { createConnectionTests } from "../../src/fleet/connection-tests.ts";
import type { Outcome } from "../../src/probe/outcome.ts";
import { shortDeadlines, target } from "../probe/target.ts";

const subject = { target: target(), deadlines: shortDeadlines };

/** Tests whose threads answer, and whose deadlines pass, by hand. */
function byHand() {
  const answers: ((outcome: Outcome | null) => void)[] = [];
  const timers = new Set<{ callback: () => void; delayMs: number }>();
  const tests = createConnectionTests(() => new Promise((resolve) => answers.push(resolve)), {
    set(callback, delayMs) {
      const timer = { callback, delayMs };
      timers.add(timer);
      return timer;
    },
    clear: (timer) => void timers.delete(timer as { callback: () => void; delayMs: number }),
  });
  return { tests, answers, timers };
}

describe("tests of connections", () => {
  test("are a few at once, and there is room again when one has ended", async () => {
    const { tests, answers, timers } = byHand();
    const running = [1, 2, 3, 4].map(() => tests.run(subject));
    expect(await tests.run(subject)).toEqual({ kind: "busy" });
    answers[0]?.(null);
    expect(await running[0]).toEqual({ kind: "lost" });
    void tests.run(subject);
    expect(timers.size).toBe(4);
  });

  test("end as lost at their deadline when the thread never answers", async () => {
    const { tests, timers } = byHand();
    const running = tests.run(subject);
    const [timer] = timers;
    expect(timer?.delayMs).toBe(shortDeadlines.totalMs + 2000);
    timer?.callback();
    expect(await running).toEqual({ kind: "lost" });
    expect(timers.size).toBe(0);
  });
});
