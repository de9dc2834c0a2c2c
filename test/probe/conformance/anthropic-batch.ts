// Anthropic's list of batches, its counting of tokens where there is no list of models, and what it says when it refuses.

import { answersTo, type ConformanceCase, key, ping } from "./case.ts";

const provider = "anthropic";
const params = { model: "anthropic/claude-sonnet-4-5" };
const env = { ANTHROPIC_API_KEY: key };
const headers = { "x-api-key": key, "anthropic-version": "2023-06-01", authorization: null };
const chat = {
  url: "https://api.anthropic.com/v1/messages",
  headers,
  body: { model: "claude-sonnet-4-5", max_tokens: 16, messages: ping },
};

const answered = answersTo({ provider, mode: "chat", params, env }, chat);

function refused(
  about: string,
  status: number,
  type: string,
  message: string,
  outcome: ConformanceCase["verdict"]["class"],
): ConformanceCase {
  const body = { type: "error", error: { type, message }, request_id: "req_1" };
  return answered(about, status, body, { class: outcome });
}

export const cases: readonly ConformanceCase[] = [
  {
    provider,
    mode: "batch",
    params,
    info: { mode: "batch" },
    env,
    exchanges: [
      {
        asks: { url: "https://api.anthropic.com/v1/messages/batches?limit=1", headers },
        answer: { body: { data: [], has_more: false, first_id: null, last_id: null } },
      },
    ],
    verdict: { class: "ok" },
  },
  answered(
    "the model that served it",
    200,
    {
      type: "message",
      model: "claude-sonnet-4-5-20250929",
      content: [],
      stop_reason: "max_tokens",
      usage: { input_tokens: 8, output_tokens: 16 },
    },
    { class: "ok_limited_output", servedModel: "claude-sonnet-4-5-20250929" },
  ),
  {
    provider: "azure_ai",
    mode: "chat",
    rung: "metadata",
    about: "Claude, by counting tokens",
    params: {
      model: "azure_ai/claude-sonnet-4-5",
      api_base: "https://us.services.ai.azure.com",
    },
    env: { AZURE_AI_API_KEY: key },
    exchanges: [
      {
        asks: {
          url: "https://us.services.ai.azure.com/anthropic/v1/messages/count_tokens",
          headers,
          body: { model: "claude-sonnet-4-5", messages: ping },
        },
        answer: { body: { input_tokens: 8 } },
      },
    ],
    verdict: { class: "ok" },
    onlyAtItsOwnHost: true,
  },
  refused("a wrong key", 401, "authentication_error", "invalid x-api-key", "auth"),
  refused("no rights", 403, "permission_error", "Your key may not use this", "permission"),
  refused("an unknown model", 404, "not_found_error", "model: claude-9", "model_not_found"),
  refused("no credit", 400, "invalid_request_error", "Your credit balance is too low", "billing"),
  refused("no credit, by its status", 402, "billing_error", "Payment is due", "billing"),
  refused("a rate", 429, "rate_limit_error", "Slow down", "rate_limited"),
  answered(
    "a limit of spending",
    429,
    {
      type: "error",
      error: {
        type: "rate_limit_error",
        message: "This would exceed the limit that was set",
        details: { error_code: "enforced_spend_limit_reached" },
      },
    },
    { class: "billing" },
  ),
  refused("something that is in the way", 409, "conflict_error", "Conflict", "bad_probe"),
  refused("too large a request", 413, "request_too_large", "Too large", "bad_probe"),
  refused("too much to do", 529, "overloaded_error", "Overloaded", "overloaded"),
  refused("a fault", 500, "api_error", "Internal server error", "server_error"),
  refused("a timeout", 504, "timeout_error", "Timed out", "server_error"),
  refused("a bad request", 400, "invalid_request_error", "max_tokens: odd", "bad_probe"),
];
