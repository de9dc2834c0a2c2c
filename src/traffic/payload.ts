// LiteLLM's standard logging payload, as far as it is read here. Everything else in it is ignored, and prompts and answers with it.
// Times are seconds since the epoch, error codes are texts, and most fields may be null or missing.

import { type Static, Type } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { type Entry, healthCheckTag } from "./entry.ts";
import { failureClassOf } from "./traffic-class.ts";

const maybe = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]));
const text = Type.String({ maxLength: 4096 });
const amount = Type.Number({ minimum: 0, maximum: 1e12 });
/** To the year 2286: what is larger is milliseconds. */
const seconds = Type.Number({ minimum: 0, maximum: 1e10 });

const payload = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 4096 }),
  status: Type.Union([Type.Literal("success"), Type.Literal("failure")]),
  startTime: seconds,
  endTime: seconds,
  completionStartTime: maybe(seconds),
  stream: maybe(Type.Boolean()),
  model_id: maybe(text),
  model_group: maybe(text),
  api_base: maybe(text),
  custom_llm_provider: maybe(text),
  prompt_tokens: maybe(amount),
  completion_tokens: maybe(amount),
  response_cost: maybe(amount),
  cache_hit: maybe(Type.Union([Type.Boolean(), text])),
  request_tags: maybe(Type.Array(Type.Unknown())),
  error_information: maybe(
    Type.Object({
      error_code: maybe(Type.Union([text, Type.Number()])),
      error_class: maybe(text),
      error_rate_limit_category: maybe(text),
      normalized_error: maybe(text),
    }),
  ),
  metadata: maybe(
    Type.Object({
      user_api_key_alias: maybe(text),
      user_api_key_team_alias: maybe(text),
      user_api_key_team_id: maybe(text),
    }),
  ),
  hidden_params: maybe(
    Type.Object({ model_id: maybe(text), litellm_overhead_time_ms: maybe(Type.Number()) }),
  ),
});

type Payload = Static<typeof payload>;

const checker = TypeCompiler.Compile(payload);

/** The entry that a parsed payload is, or what is wrong with it: the first thing, without the value. */
export function readPayload(value: unknown): Entry | string {
  if (!checker.Check(value)) return wordsFor(value);
  return entryOf(value);
}

function wordsFor(value: unknown): string {
  const wrong = checker.Errors(value).First();
  const path = wrong?.path.slice(1).replaceAll("/", ".") ?? "";
  const what = wrong?.message.toLowerCase() ?? "not a standard logging payload";
  return path === "" ? `not a standard logging payload: ${what}` : `${path}: ${what}`;
}

function entryOf(given: Payload): Entry {
  const { startTime, endTime, completionStartTime: first, metadata } = given;
  const streams = given.stream === true && typeof first === "number" && first > startTime;
  const error = given.error_information;
  return {
    id: given.id,
    class:
      given.status === "success"
        ? "ok"
        : failureClassOf(error?.error_class ?? "", String(error?.error_code ?? ""), {
            rateLimitCategory: error?.error_rate_limit_category,
            normalized: error?.normalized_error,
          }),
    startMs: startTime * 1000,
    endMs: Math.max(startTime, endTime) * 1000,
    firstTokenMs: streams ? (first - startTime) * 1000 : null,
    overheadMs: Math.max(0, given.hidden_params?.litellm_overhead_time_ms ?? 0),
    modelId: given.model_id || given.hidden_params?.model_id || null,
    modelName: given.model_group ?? "",
    apiBase: given.api_base ?? "",
    provider: given.custom_llm_provider ?? "",
    team: metadata?.user_api_key_team_alias || metadata?.user_api_key_team_id || "",
    keyAlias: metadata?.user_api_key_alias ?? "",
    promptTokens: given.prompt_tokens ?? 0,
    completionTokens: given.completion_tokens ?? 0,
    costUsd: given.response_cost ?? 0,
    cacheHit: given.cache_hit === true || given.cache_hit === "True",
    healthCheck: given.request_tags?.includes(healthCheckTag) ?? false,
  };
}
