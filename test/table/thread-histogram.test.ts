import { expect, test } from "bun:test";
import { startBucketCount, startBucketsSeconds } from "../../src/table/layout.ts";
import { createTable, setThreadWord, threadWord } from "../../src/table/table.ts";
import { observe, readHistogram } from "../../src/table/thread-histogram.ts";

test("every duration is counted in the first bucket that is not below it", () => {
  const table = createTable(1);
  for (const bound of startBucketsSeconds) observe(table, 3, "startLateness", bound);
  observe(table, 3, "startLateness", 31);
  const { counts, sumSeconds } = readHistogram(table, 3, "startLateness");
  expect(counts).toEqual(Array(startBucketCount).fill(1));
  expect(sumSeconds).toBeCloseTo(31 + startBucketsSeconds.reduce((sum, bound) => sum + bound, 0));
});

test("the sum goes on beyond 32 bits of microseconds", () => {
  const table = createTable(1);
  for (let hour = 0; hour < 10; hour += 1) observe(table, 0, "queue", 3600);
  expect(readHistogram(table, 0, "queue").sumSeconds).toBe(36_000);
});

test("histograms and threads are apart from each other and from the counters beside them", () => {
  const table = createTable(1);
  setThreadWord(table, 1, "deployments", 7);
  setThreadWord(table, 2, "heartbeat", 8);
  for (let round = 0; round < 5; round += 1) {
    observe(table, 1, "startLateness", 0);
    observe(table, 1, "queue", 100);
  }
  expect(readHistogram(table, 1, "startLateness")).toMatchObject({ sumSeconds: 0 });
  expect(readHistogram(table, 1, "queue").counts.at(-1)).toBe(5);
  expect(readHistogram(table, 0, "queue").counts.at(-1)).toBe(0);
  expect([threadWord(table, 1, "deployments"), threadWord(table, 2, "heartbeat")]).toEqual([7, 8]);
});
