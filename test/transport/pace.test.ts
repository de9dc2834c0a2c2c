import { expect, jest, test } from "bun:test";
import { createPace } from "../../src/transport/pace.ts";

test("a burst is thinned out: so many at once, the rest in order a moment later", () => {
  jest.useFakeTimers();
  try {
    const started: number[] = [];
    const pace = createPace(2, 10);
    for (const number of [1, 2, 3, 4, 5]) pace.start(() => started.push(number));
    expect(started).toEqual([1, 2]);
    jest.advanceTimersByTime(10);
    expect(started).toEqual([1, 2, 3, 4]);
    pace.start(() => started.push(6));
    jest.advanceTimersByTime(10);
    expect(started).toEqual([1, 2, 3, 4, 5, 6]);
    jest.advanceTimersByTime(100);
    pace.start(() => started.push(7));
    expect(started).toEqual([1, 2, 3, 4, 5, 6, 7]);
  } finally {
    jest.useRealTimers();
  }
});
