// One operation of OpenAI's API as data: where it is below the base, the smallest body, and how a success is read. Families that
// serve the same bodies elsewhere (Azure, gateways) put their own address in front.

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import type { Judgement, Usage } from "../outcome.ts";
import { at, count, type Json, noUsage } from "../reading.ts";
import type { StreamFormat } from "../stream.ts";

export interface Operation {
  /** Below the base, such as `/chat/completions`. */
  readonly path: string;
  /** No sampling parameters: newer models refuse them. `model` is in it. */
  body(target: ProbeTarget): Record<string, unknown>;
  /** Where the body is no JSON but a form with these fields. */
  form?(fields: Record<string, string>): { readonly contentType: string; readonly text: string };
  read(target: ProbeTarget, response: HttpResponse): Judgement;
  readonly stream?: StreamFormat;
}

/** MiniMax answers 200 and tells the error here. */
export function isMinimaxError(body: Json | undefined): boolean {
  const code = at(body, "base_resp", "status_code");
  return typeof code === "number" && code !== 0;
}

export function usageOf(body: Json | undefined): Usage {
  const usage = at(body, "usage");
  if (usage === undefined) return noUsage;
  return {
    promptTokens: count(at(usage, "prompt_tokens")) ?? count(at(usage, "total_tokens")),
    completionTokens: count(at(usage, "completion_tokens")),
  };
}
