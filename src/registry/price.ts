// What a token costs: the operator's own fields first, then the price library, else unknown. Unknown is not zero.
// The library is loaded only when some deployment needs it.

import type { Value } from "../config/config.ts";
import { pieceCostKeys, tokenCostKeys } from "../config/known-keys.ts";
import { priceOf } from "../config/model-info.ts";
import type { Deployment, Mode, PieceUnit, Price, TokenKind } from "./deployment.ts";
import { Remembered } from "./remembered.ts";

type Values = Readonly<Record<string, Value>>;

/** Names of providers in the library that it does not find by LiteLLM's names. */
const libraryNames: Readonly<Record<string, string>> = {
  fireworks_ai: "fireworks",
  azure_ai: "azure",
  azure_text: "azure",
  voyage: "voyageai",
  cohere_chat: "cohere",
  "text-completion-openai": "openai",
  gemini: "google",
  xai: "x-ai",
  together_ai: "together",
  moonshot: "moonshotai",
};

const unknown: Price = { inputUsdPerToken: null, outputUsdPerToken: null, source: "unknown" };
const million = 1_000_000;

type CostKey = (typeof pieceCostKeys)[number];

/** Which field tells the price of a piece; the first that is given counts. */
const pieceFields: Readonly<Record<PieceUnit, readonly CostKey[]>> = {
  image: ["output_cost_per_image", "input_cost_per_image"],
  second: ["input_cost_per_second", "input_cost_per_audio_per_second", "output_cost_per_second"],
  character: ["input_cost_per_character", "output_cost_per_character"],
  page: ["ocr_cost_per_page"],
  query: ["input_cost_per_query"],
};
const tokenFields: Readonly<Record<TokenKind, (typeof tokenCostKeys)[number]>> = {
  reasoning: "output_cost_per_reasoning_token",
  audioIn: "input_cost_per_audio_token",
  audioOut: "output_cost_per_audio_token",
};
/** Seconds of what is made, and not of what is listened to. */
const secondFields: Readonly<Partial<Record<Mode, readonly CostKey[]>>> = {
  audio_speech: ["output_cost_per_second", "input_cost_per_second"],
  video_generation: [
    "output_cost_per_video_per_second",
    "output_cost_per_second",
    "input_cost_per_video_per_second",
  ],
};

/** The price that the configuration gives (litellm_params, then model_info); an explicit 0 is free. */
export function configuredPrice(params: Values, info: Values, mode: Mode): Price {
  const field = (name: string) => priceOf(params[name]) ?? priceOf(info[name]);
  const input = field("input_cost_per_token");
  const output = field("output_cost_per_token");
  const isPlain = !namesOther(params) && !namesOther(info);
  const pieces = isPlain ? [] : piecesOf(field, mode);
  const kinds = isPlain ? [] : kindsOf(field);
  if (pieces.length === 0 && kinds.length === 0) {
    return input === null && output === null ? unknown : tokenPrice(input, output);
  }
  return {
    inputUsdPerToken: input,
    outputUsdPerToken: output,
    ...(kinds.length === 0 ? {} : { usdPerTokenOf: Object.fromEntries(kinds) }),
    ...(pieces.length === 0 ? {} : { usdPerPiece: Object.fromEntries(pieces) }),
    // Other tokens have no price by that: the library may know one.
    source: pieces.length === 0 && input === null && output === null ? "unknown" : "config",
  };
}

const prices = new Remembered<Price>();

/** The same object for the same price. */
function tokenPrice(inputUsdPerToken: number | null, outputUsdPerToken: number | null): Price {
  return prices.of(`${inputUsdPerToken} ${outputUsdPerToken}`, () => ({
    inputUsdPerToken,
    outputUsdPerToken,
    source: "config",
  }));
}

const otherKeys: ReadonlySet<string> = new Set([...pieceCostKeys, ...tokenCostKeys]);

/** Whether there is a price of anything but tokens in and tokens out. */
function namesOther(values: Values): boolean {
  for (const key in values) if (otherKeys.has(key)) return true;
  return false;
}

function kindsOf(field: (name: string) => number | null): (readonly [string, number])[] {
  return Object.entries(tokenFields).flatMap(([kind, name]) => {
    const usd = field(name);
    return usd === null ? [] : [[kind, usd] as const];
  });
}

function piecesOf(
  field: (name: string) => number | null,
  mode: Mode,
): (readonly [string, number])[] {
  return Object.entries(pieceFields).flatMap(([unit, usual]) => {
    const names = (unit === "second" ? secondFields[mode] : undefined) ?? usual;
    const found = names.map(field).find((usd) => usd !== null);
    return found === undefined ? [] : [[unit, found] as const];
  });
}

/** The deployments with prices from the library where the configuration has none. */
export async function withPrices(
  deployments: readonly Deployment[],
): Promise<readonly Deployment[]> {
  const needy = deployments.some(
    ({ price, target }) => target !== null && price.source === "unknown",
  );
  if (!needy) return deployments;
  const { calcPrice } = await import("@pydantic/genai-prices");
  const known = new Map<string, Price>();
  return deployments.map((deployment) => {
    const { target, price, provider } = deployment;
    if (target === null || price.source !== "unknown") return deployment;
    const model = target.baseModel ?? target.model;
    const name = `${provider} ${model}`;
    let found = known.get(name);
    if (found === undefined) {
      found = libraryPrice(model, libraryNames[provider] ?? provider, calcPrice);
      known.set(name, found);
    }
    const { usdPerTokenOf } = price;
    const own = usdPerTokenOf === undefined ? found : { ...found, usdPerTokenOf };
    return { ...deployment, price: own };
  });
}

type CalcPrice = typeof import("@pydantic/genai-prices").calcPrice;

/** Asked with one token in: base prices, no tiers, as a probe pays them. */
function libraryPrice(model: string, providerId: string, calcPrice: CalcPrice): Price {
  try {
    const input = calcPrice({ input_tokens: 1, output_tokens: 0 }, model, { providerId });
    const output = calcPrice({ input_tokens: 0, output_tokens: million }, model, { providerId });
    if (input === null || output === null) return unknown;
    return {
      inputUsdPerToken: input.total_price,
      outputUsdPerToken: output.total_price / million,
      source: "library",
    };
  } catch {
    // It throws for providers that it does not know.
    return unknown;
  }
}
