import { describe, expect, test } from "bun:test";
import { createSpending, spentOn } from "../../src/table/spending.ts";
import { createTable } from "../../src/table/table.ts";

const day = 20_000;
const wordMax = 2 ** 31 - 1;

describe("what probes have spent on a day", () => {
  test("stays at the largest number that fits, however much is added", () => {
    const table = createTable(1);
    const add = createSpending(table);
    for (let time = 0; time < 2; time += 1) {
      add(day, { tokens: 2_200_000_000, nanoUsd: 2500e9 });
      expect(spentOn(table, day)).toEqual({ tokens: wordMax, nanoUsd: wordMax * 1000 });
    }
  });

  test("goes on being counted after a cost without bounds", () => {
    const table = createTable(1);
    const add = createSpending(table);
    add(day, { tokens: 1, nanoUsd: Number.POSITIVE_INFINITY });
    add(day + 1, { tokens: 2, nanoUsd: 5e9 });
    expect(spentOn(table, day + 1)).toEqual({ tokens: 2, nanoUsd: 5e9 });
  });

  test("is what was set aside and not given back, with parts of a micro-USD kept until they are one", () => {
    const table = createTable(1);
    const add = createSpending(table);
    add(day, { tokens: 24, nanoUsd: 600 });
    add(day, { tokens: -20, nanoUsd: 0 });
    expect(spentOn(table, day)).toEqual({ tokens: 4, nanoUsd: 0 });
    add(day, { tokens: 0, nanoUsd: 600 });
    expect(spentOn(table, day)).toEqual({ tokens: 4, nanoUsd: 1_000 });
  });
});
