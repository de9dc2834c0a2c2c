// One operation of OpenAI's API as data: where it is below the base, the smallest body, and how a success is read. Families that
// serve the same bodies elsewhere (Azure, gateways) put their own address in front.

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse, Watch } from "../../transport/transport.ts";
import { costUsdMax, type Judgement, type Usage } from "../outcome.ts";
import { at, count, type Json, noUsage, passed, tokensOf } from "../reading.ts";
import { servedBy } from "../served-model.ts";
import type { StreamFormat } from "../stream.ts";

export interface Operation {
  /** Below the base, such as `/chat/completions`; with a query where there is one. */
  readonly path: string;
  /** No sampling parameters: newer models refuse them. `model` is in it. Null: it is a GET. */
  body(target: ProbeTarget): Record<string, unknown> | null;
  /** Where the body is no JSON but a form with these fields. */
  form?(fields: Record<string, string>): { readonly contentType: string; readonly text: string };
  read(target: ProbeTarget, response: HttpResponse): Judgement;
  readonly stream?: StreamFormat;
  /** Ends the exchange as soon as the body proves enough. */
  readonly watch?: () => Watch;
}

/** MiniMax answers 200 and tells the error here. */
export function isMinimaxError(body: Json | undefined): boolean {
  const code = at(body, "base_resp", "status_code");
  return typeof code === "number" && code !== 0;
}

/** All is well, with what the answer says of tokens, cost and the model that served it. */
export function answered(body: Json | undefined, usage: Usage = usageOf(body)): Judgement {
  return named(body, passed(usage));
}

/** The judgement with the model that the answer names. */
export function named(body: Json | undefined, judgement: Judgement): Judgement {
  return servedBy(at(body, "model"), judgement);
}

/** Tokens by OpenAI's names: those of chats, and those of responses. */
export function usageOf(body: Json | undefined): Usage {
  const usage = at(body, "usage");
  if (usage === undefined || usage === null) return noUsage;
  const costUsd = costOf(usage);
  const into = at(usage, "prompt_tokens_details") ?? at(usage, "input_token_details");
  const out = at(usage, "completion_tokens_details") ?? at(usage, "output_tokens_details");
  return {
    promptTokens:
      count(at(usage, "prompt_tokens")) ??
      count(at(usage, "input_tokens")) ??
      count(at(usage, "total_tokens")),
    completionTokens: count(at(usage, "completion_tokens")) ?? count(at(usage, "output_tokens")),
    ...tokensOf({
      reasoning: count(at(out, "reasoning_tokens")),
      audioIn: count(at(into, "audio_tokens")),
      audioOut: count(at(out, "audio_tokens")),
    }),
    ...(costUsd === null ? {} : { costUsd }),
  };
}

/** What the vendor charged, in USD: OpenRouter's `cost`, and Perplexity's `cost.total_cost`. */
function costOf(usage: Json): number | null {
  const cost = at(usage, "cost", "total_cost") ?? at(usage, "cost");
  return typeof cost === "number" && cost >= 0 && cost <= costUsdMax ? cost : null;
}
