import { expect, jest, test } from "bun:test";
import fc from "fast-check";
import { createDeadlineWheel } from "../../src/transport/deadline-wheel.ts";

const tickMs = 8;

test("every deadline is noticed once, not before it has passed and within two ticks after", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 9000 })), {
        maxLength: 60,
      }),
      (plans) => {
        jest.useFakeTimers();
        try {
          let nowMs = 1000;
          const wheel = createDeadlineWheel(() => nowMs);
          const noticed: number[][] = plans.map(() => []);
          const endMs = nowMs + 13_000;
          const starts = plans.map(([startMs]) => startMs + 1000);
          for (; nowMs < endMs; nowMs += 1) {
            for (const [index, startMs] of starts.entries()) {
              if (startMs !== nowMs) continue;
              const dueMs = startMs + (plans[index]?.[1] ?? 0);
              wheel.add(
                {
                  check(atMs) {
                    if (atMs < dueMs) return dueMs;
                    noticed[index]?.push(atMs - dueMs);
                    return null;
                  },
                },
                dueMs,
              );
            }
            jest.advanceTimersByTime(1);
          }
          for (const late of noticed) {
            expect(late.length).toBe(1);
            expect(late[0]).toBeGreaterThanOrEqual(0);
            expect(late[0]).toBeLessThanOrEqual(2 * tickMs);
          }
        } finally {
          jest.useRealTimers();
        }
      },
    ),
    { numRuns: 25 },
  );
});

test("a wheel with nothing left to watch has no timer", () => {
  jest.useFakeTimers();
  try {
    let nowMs = 0;
    const wheel = createDeadlineWheel(() => nowMs);
    wheel.add({ check: () => null }, 100);
    expect(jest.getTimerCount()).toBe(1);
    for (; nowMs < 200; nowMs += 1) jest.advanceTimersByTime(1);
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test("a thread that stood still goes through every deadline of that time", () => {
  jest.useFakeTimers();
  try {
    let nowMs = 0;
    const wheel = createDeadlineWheel(() => nowMs);
    let noticed = 0;
    for (let dueMs = 10; dueMs < 1000; dueMs += 10) {
      const watched = {
        check(atMs: number) {
          if (atMs < dueMs) return dueMs;
          noticed += 1;
          return null;
        },
      };
      wheel.add(watched, dueMs);
    }
    nowMs = 60_000;
    jest.advanceTimersByTime(tickMs);
    expect(noticed).toBe(99);
  } finally {
    jest.useRealTimers();
  }
});
