import { describe, expect, test } from "bun:test";
import type { Usage } from "../../src/probe/outcome.ts";
import type { Price } from "../../src/registry/deployment.ts";
import { configuredPrice } from "../../src/registry/price.ts";
import { costOf, estimatedUsd } from "../../src/schedule/cost.ts";
import { target } from "../probe/target.ts";

const tokens: Usage = { promptTokens: 10, completionTokens: 5 };
const nothing: Usage = { promptTokens: null, completionTokens: null };
const unknown: Price = { inputUsdPerToken: null, outputUsdPerToken: null, source: "unknown" };
const priced: Price = { inputUsdPerToken: 0.001, outputUsdPerToken: 0.01, source: "config" };
const perImage: Price = { ...unknown, usdPerPiece: { image: 0.04 }, source: "config" };

describe("what a probe cost", () => {
  test.each([
    ["what the provider says it charged", { ...tokens, costUsd: 0.5 }, priced, 0.5],
    ["nothing, where the provider says so", { ...tokens, costUsd: 0 }, priced, 0],
    ["its tokens", tokens, priced, 0.06],
    ["its tokens in, where none came out", { ...nothing, promptTokens: 10 }, priced, 0.01],
    ["its pieces", { ...nothing, pieces: { unit: "image", count: 2 } }, perImage, 0.08],
    [
      "its pieces and tokens, where both have a price",
      { ...tokens, pieces: { unit: "image", count: 1 } },
      { ...priced, usdPerPiece: { image: 0.04 } },
      0.1,
    ],
    [
      "its thoughts at their own price",
      { ...tokens, tokensOf: { reasoning: 3 } },
      { ...priced, usdPerTokenOf: { reasoning: 0.1 } },
      0.33,
    ],
    [
      "its thoughts at the price of other tokens, where they have none of their own",
      { ...tokens, tokensOf: { reasoning: 3 } },
      priced,
      0.06,
    ],
    [
      "what was heard and spoken at their own prices",
      { ...tokens, tokensOf: { audioIn: 10, audioOut: 5 } },
      { ...unknown, usdPerTokenOf: { audioIn: 0.1, audioOut: 1 } },
      6,
    ],
    [
      "not known where only the thoughts have a price",
      { ...tokens, tokensOf: { reasoning: 3 } },
      { ...unknown, usdPerTokenOf: { reasoning: 0.1 } },
      null,
    ],
    ["not known without a price", tokens, unknown, null],
    ["not known where nothing was counted", nothing, priced, null],
    ["not known where the sum cannot be true", { ...tokens, promptTokens: 1e9 }, priced, null],
    [
      "not known where the pieces cannot be true",
      { ...nothing, pieces: { unit: "image", count: Number.POSITIVE_INFINITY } },
      { ...perImage, usdPerPiece: { image: 0 } },
      null,
    ],
    [
      "not known where only another unit has a price",
      { ...nothing, pieces: { unit: "page", count: 1 } },
      perImage,
      null,
    ],
  ] as const)("is %s", (_, usage: Usage, price: Price, expected) => {
    const cost = costOf(usage, price);
    if (expected === null) expect(cost).toBeNull();
    else expect(cost).toBeCloseTo(expected, 12);
  });
});

describe("a price of the configuration", () => {
  test.each([
    ["image_generation", { output_cost_per_image: 0.04 }, { image: 0.04 }],
    ["audio_transcription", { input_cost_per_second: "1e-4" }, { second: 0.0001 }],
    ["audio_speech", { output_cost_per_second: 2, input_cost_per_second: 1 }, { second: 2 }],
    ["audio_speech", { input_cost_per_character: 0.00003 }, { character: 0.00003 }],
    ["ocr", { ocr_cost_per_page: 0.001 }, { page: 0.001 }],
    ["rerank", { input_cost_per_query: 0.002 }, { query: 0.002 }],
    ["video_generation", { output_cost_per_video_per_second: 0.1 }, { second: 0.1 }],
  ] as const)("of mode %s is read from a field of its own (case %#)", (mode, params, expected) => {
    expect(configuredPrice(params, {}, mode).usdPerPiece).toEqual(expected);
    expect(configuredPrice({}, params, mode).usdPerPiece).toEqual(expected);
  });

  test.each([
    [{ output_cost_per_reasoning_token: 1e-5 }, { reasoning: 1e-5 }],
    [
      { input_cost_per_audio_token: "2e-5", output_cost_per_audio_token: 4e-5 },
      { audioIn: 2e-5, audioOut: 4e-5 },
    ],
  ])("of other tokens is read from a field of its own (case %#)", (params, expected) => {
    expect(configuredPrice(params, {}, "chat").usdPerTokenOf).toEqual(expected);
  });

  test("in litellm_params goes before the one in model_info", () => {
    const { usdPerPiece } = configuredPrice(
      { output_cost_per_image: 1 },
      { output_cost_per_image: 2 },
      "image_generation",
    );
    expect(usdPerPiece).toEqual({ image: 1 });
  });
});

test("what a probe may cost at most is its prompt and its whole limit, or one piece", () => {
  expect(estimatedUsd(target(), priced)).toBeCloseTo(8 * 0.001 + 16 * 0.01, 12);
  expect(estimatedUsd(target({ mode: "image_generation" }), perImage)).toBe(0.04);
  expect(estimatedUsd(target({ mode: "realtime" }), unknown)).toBe(0);
  expect(estimatedUsd(target(), unknown)).toBeNull();
});
