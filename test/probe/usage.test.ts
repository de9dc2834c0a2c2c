import { describe, expect, test } from "bun:test";
import { usageOf } from "../../src/probe/openai/operation.ts";

const unknown = { promptTokens: null, completionTokens: null };

describe("what an answer says of tokens and cost", () => {
  test("is taken from it", () => {
    const usage = { prompt_tokens: 8, completion_tokens: 2, cost: 0.25 };
    expect(usageOf({ usage })).toEqual({ promptTokens: 8, completionTokens: 2, costUsd: 0.25 });
  });

  test.each([2.2e9, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY, -1, 1.5])(
    "is not believed when it says %d tokens",
    (tokens) => {
      const usage = { prompt_tokens: tokens, completion_tokens: tokens };
      expect(usageOf({ usage })).toEqual(unknown);
    },
  );

  test.each([1001, 1e300, Number.POSITIVE_INFINITY, -1])(
    "is not believed when it says %d USD",
    (cost) => {
      expect(usageOf({ usage: { cost } })).toEqual(unknown);
      expect(usageOf({ usage: { cost: { total_cost: cost } } })).toEqual(unknown);
    },
  );
});
