// A clock that is far off is told once, until it is right again.

import { expect, test } from "bun:test";
import { createClockDifference } from "../../src/cluster/clock-difference.ts";

test("a clock that is far from Redis' is told once, and again after it was right", () => {
  let wallMs = 1_000_000;
  const told: string[] = [];
  const difference = createClockDifference({ wallMs: () => wallMs }, (text) => told.push(text));
  difference.take(1_000_000, 10);
  expect(difference.words()).toBeNull();
  difference.take(1_090_000, 10);
  difference.take(1_091_000, 10);
  expect(difference.words()).toContain("clock is 91 s behind Redis'");
  expect(told.length).toBe(1);
  wallMs = 1_091_000;
  difference.take(1_091_000, 10);
  expect(difference.words()).toBeNull();
  difference.take(1_000_000, 10);
  expect(told.length).toBe(2);
  expect(told[1]).toContain("91 s ahead of Redis'");
});

test("a slow answer is no wrong clock", () => {
  const difference = createClockDifference({ wallMs: () => 1_000_000 }, () => {});
  difference.take(900_000, 100_000);
  expect(difference.words()).toBeNull();
});
