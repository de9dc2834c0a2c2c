import { expect, test } from "bun:test";
import { emptyRow } from "../../src/table/row.ts";
import { bytesOfRow, takeCountersOfBytes } from "../../src/table/row-words.ts";

test("what a row has counted is read from its bytes, and nothing else of it", () => {
  const row = {
    ...emptyRow(),
    ...{
      promptTokens: 2 ** 40 + 7,
      completionTokens: 3,
      costNanoUsd: 2 ** 33,
      latencySumMicros: 5,
    },
    ...{ freeProbes: 6, withheldProbes: 7, modelChanges: 8, costUnknownProbes: 9, transitions: 10 },
    ...{ state: 1, consecutiveFailures: 4, text: "words" },
  };
  row.classCounts[2] = 11;
  row.latencyBuckets[3] = 2 ** 31 + 12;
  const counted = emptyRow();
  takeCountersOfBytes(bytesOfRow(row), counted);
  expect(counted).toEqual({ ...row, state: 0, consecutiveFailures: 0, text: "" });
});
