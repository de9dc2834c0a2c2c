import { expect, jest, test } from "bun:test";
import fc from "fast-check";
import { createDeadlineWheel, Watched } from "../../src/transport/deadline-wheel.ts";

const tickMs = 8;

/** Is looked at until `look` answers null. */
class Looked extends Watched {
  readonly check: (nowMs: number) => number | null;

  constructor(look: (nowMs: number) => number | null) {
    super();
    this.check = look;
  }
}

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
              const look = (atMs: number) => {
                if (atMs < dueMs) return dueMs;
                noticed[index]?.push(atMs - dueMs);
                return null;
              };
              wheel.add(new Looked(look), dueMs);
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
    wheel.add(new Looked(() => null), 100);
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
      const look = (atMs: number) => {
        if (atMs < dueMs) return dueMs;
        noticed += 1;
        return null;
      };
      wheel.add(new Looked(look), dueMs);
    }
    nowMs = 60_000;
    jest.advanceTimersByTime(tickMs);
    expect(noticed).toBe(99);
  } finally {
    jest.useRealTimers();
  }
});

test("what is removed is not looked at, whoever removes it and when", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.nat(40)), { maxLength: 40 }),
      (plans) => {
        jest.useFakeTimers();
        try {
          let nowMs = 0;
          const wheel = createDeadlineWheel(() => nowMs);
          const ended = new Set<number>();
          const wrong: number[] = [];
          // Each ends when its deadline is noticed, and takes another with it.
          const all = plans.map(
            ([dueMs, other], index) =>
              new Looked((atMs) => {
                if (ended.has(index)) wrong.push(index);
                if (atMs < dueMs) return dueMs;
                ended.add(index);
                const along = all[other];
                if (along !== undefined && other !== index) {
                  ended.add(other);
                  wheel.remove(along);
                }
                return null;
              }),
          );
          for (const [index, watched] of all.entries()) wheel.add(watched, plans[index]?.[0] ?? 0);
          for (; nowMs < 2100; nowMs += 1) jest.advanceTimersByTime(1);
          expect([wrong, ended.size, jest.getTimerCount()]).toEqual([[], plans.length, 0]);
        } finally {
          jest.useRealTimers();
        }
      },
    ),
    { numRuns: 50 },
  );
});
