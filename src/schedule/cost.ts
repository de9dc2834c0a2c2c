// What a probe costs. In this order: what the provider says it charged, the configured prices (or those of the library) of what it
// counted, else it is not known, which is not zero. A budget needs a number all the same: what a provider did not count is
// counted there as the limit that was sent.

import { costUsdMax, type Usage } from "../probe/outcome.ts";
import type { Price, ProbeTarget, TokenKind } from "../registry/deployment.ts";
import type { Spent } from "../table/spending.ts";

/** Tokens that a one-word prompt counts as, with what providers add around it. */
const promptTokensUsual = 8;
/** What a model may say that is given no limit. */
const unlimitedTokens = 256;

/** USD; null when it is not known, or not to be believed. */
export function costOf(usage: Usage, price: Price): number | null {
  const usd = saidOrCounted(usage, price);
  return usd !== null && usd >= 0 && usd <= costUsdMax ? usd : null;
}

function saidOrCounted(usage: Usage, price: Price): number | null {
  if (usage.costUsd !== undefined) return usage.costUsd;
  const { pieces, promptTokens, completionTokens, tokensOf } = usage;
  const ofPieces = pieces === undefined ? null : piecesCost(pieces, price);
  if (promptTokens === null && completionTokens === null) return ofPieces;
  const ofTokens = tokensCost(promptTokens ?? 0, completionTokens ?? 0, price, tokensOf);
  return ofPieces === null ? ofTokens : ofPieces + (ofTokens ?? 0);
}

function piecesCost({ unit, count }: NonNullable<Usage["pieces"]>, price: Price): number | null {
  const each = price.usdPerPiece?.[unit];
  return each === undefined ? null : each * count;
}

/** Null when a price that is needed is not known. Kinds with a price of their own are counted by it, and not with the others. */
function tokensCost(
  prompt: number,
  completion: number,
  { inputUsdPerToken, outputUsdPerToken, usdPerTokenOf = {} }: Price,
  kinds: Usage["tokensOf"] = {},
): number | null {
  let usd = 0;
  const left = { in: prompt, out: completion };
  for (const kind of tokenKinds) {
    const each = usdPerTokenOf[kind];
    if (each === undefined) continue;
    const side = kind === "audioIn" ? "in" : "out";
    const counted = Math.min(left[side], kinds[kind] ?? 0);
    left[side] -= counted;
    usd += counted * each;
  }
  const input = left.in === 0 ? 0 : inputUsdPerToken;
  const output = left.out === 0 ? 0 : outputUsdPerToken;
  return input === null || output === null ? null : usd + left.in * input + left.out * output;
}

export function isFree({
  inputUsdPerToken,
  outputUsdPerToken,
  usdPerTokenOf,
  usdPerPiece,
}: Price): boolean {
  const others = [...Object.values(usdPerTokenOf ?? {}), ...Object.values(usdPerPiece ?? {})];
  return inputUsdPerToken === 0 && outputUsdPerToken === 0 && others.every((usd) => usd === 0);
}

const tokenKinds: readonly TokenKind[] = ["reasoning", "audioIn", "audioOut"];

/** Modes whose answers are made of tokens that are paid for. */
const generating: ReadonlySet<string> = new Set(["chat", "completion", "responses"]);
/** Questions that cost no token whatever comes. */
const costless: ReadonlySet<string> = new Set([
  "realtime",
  "batch",
  "video_generation",
  "image_edit",
]);

/** The most that the paid question should cost a budget. */
export function estimateOf(target: ProbeTarget, price: Price): Spent {
  if (costless.has(target.mode)) return { tokens: 0, nanoUsd: 0 };
  const completion = completionTokensOf(target);
  const usd = estimatedUsd(target, price) ?? 0;
  return { tokens: promptTokensUsual + completion, nanoUsd: Math.round(usd * 1e9) };
}

/** The same in USD; null where no price that matters is known. */
export function estimatedUsd(target: ProbeTarget, price: Price): number | null {
  if (costless.has(target.mode)) return 0;
  const completion = completionTokensOf(target);
  // All of an answer may be thought, at whatever price that has.
  const thought = tokensCost(promptTokensUsual, completion, price, { reasoning: completion });
  const said = tokensCost(promptTokensUsual, completion, price);
  const ofTokens = said === null || thought === null ? said : Math.max(said, thought);
  // A probe asks for one image, page or query, or for a second; a character costs less than any of them.
  const pieces = Object.values(price.usdPerPiece ?? {});
  return pieces.length === 0 ? ofTokens : Math.max(ofTokens ?? 0, ...pieces);
}

function completionTokensOf({ mode, maxTokens }: ProbeTarget): number {
  return generating.has(mode) ? (maxTokens ?? unlimitedTokens) : 0;
}

/** What an answer to the paid question takes from the budgets. `answered`: the model did its work. */
export function chargeOf(usage: Usage, answered: boolean, price: Price, estimate: Spent): Spent {
  const { promptTokens, completionTokens } = usage;
  const counted = promptTokens !== null || completionTokens !== null;
  const known = costOf(usage, price);
  if (!counted && !answered && usage.uncounted !== true) {
    return { tokens: 0, nanoUsd: Math.round((known ?? 0) * 1e9) };
  }
  return {
    tokens: counted ? (promptTokens ?? 0) + (completionTokens ?? 0) : estimate.tokens,
    nanoUsd: known === null ? estimate.nanoUsd : Math.round(known * 1e9),
  };
}
