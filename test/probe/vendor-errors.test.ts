// What the providers that speak OpenAI's API answer when something is wrong, provider by provider, from their own pages on errors.

import { describe, expect, test } from "bun:test";
import { classify } from "../../src/probe/classify.ts";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";

type Row = readonly [status: number, body: unknown, expected: OutcomeClass];

const openai = (code: string | null, message = "", type: string | null = code) => ({
  error: { message, type, param: null, code },
});

const rows: Readonly<Record<string, readonly Row[]>> = {
  openai: [
    [401, openai("ip_not_authorized", "Your IP is not authorized"), "auth"],
    [429, openai("slow_down"), "rate_limited"],
    [429, openai("credit_balance_exhausted", "", "insufficient_quota"), "billing"],
    [429, openai("organization_spend_limit_exceeded", "", "insufficient_quota"), "billing"],
    [429, openai("project_spend_limit_exceeded", "", "insufficient_quota"), "billing"],
    [429, openai("organization_usage_limit_exceeded", "", "insufficient_quota"), "billing"],
    [400, openai("unsupported_parameter"), "bad_probe"],
    [400, openai("integer_below_min_value"), "bad_probe"],
    [400, openai("context_length_exceeded"), "bad_probe"],
    [400, openai("content_filter"), "ok_limited_output"],
    [503, openai(null, "The engine is currently overloaded, please try again later"), "overloaded"],
  ],
  azure: [
    [
      401,
      openai("401", "Access denied due to invalid subscription key or wrong API endpoint"),
      "auth",
    ],
    [401, openai("PermissionDenied", "The principal lacks the required data action"), "permission"],
    [403, openai("403", "Access denied due to Virtual Network/Firewall rules."), "permission"],
    [404, openai("404", "Resource not found"), "model_not_found"],
    [404, openai("model_not_found"), "model_not_found"],
    [400, openai("OpperationNotSupported"), "bad_probe"],
    [429, openai("RateLimitReached"), "rate_limited"],
    [429, openai("insufficient_quota"), "billing"],
    [408, openai("Timeout"), "server_error"],
    [500, openai("InternalServerError"), "server_error"],
    [410, openai("ModelDeprecated", "The model has been retired"), "model_not_found"],
  ],
  azure_ai: [
    [401, { error: { code: "Unauthorized", message: "Access denied" } }, "auth"],
    [404, { error: { code: "unknown_model", message: "Unknown model: x" } }, "model_not_found"],
    [
      422,
      { error: { code: "Invalid input", details: [{ type: "extra_forbidden" }] } },
      "bad_probe",
    ],
    [424, { error: { message: "backend failed" } }, "server_error"],
  ],
  mistral: [
    [401, { detail: "Unauthorized" }, "auth"],
    [402, { message: "Payment required" }, "billing"],
    [403, { message: "not in your tier" }, "permission"],
    [422, { object: "error", message: { detail: [{ loc: ["body"], msg: "x" }] } }, "bad_probe"],
    [
      429,
      {
        type: "service_tier_capacity_exceeded",
        message: "Service tier capacity exceeded",
        code: "3505",
      },
      "rate_limited",
    ],
    [429, { message: "Requests rate limit exceeded" }, "rate_limited"],
  ],
  groq: [
    [401, openai("invalid_api_key"), "auth"],
    [400, openai("organization_restricted"), "permission"],
    [403, openai("model_permission_blocked_project"), "permission"],
    [400, openai("model_terms_required", "The model requires terms acceptance"), "permission"],
    [404, openai("model_not_found"), "model_not_found"],
    [429, openai("rate_limit_exceeded", "", "tokens"), "rate_limited"],
    [498, openai("capacity_exceeded"), "overloaded"],
    [424, openai(null, "failed dependency"), "server_error"],
  ],
  deepseek: [
    [
      401,
      openai(
        "invalid_request_error",
        "Authentication Fails (no such user)",
        "authentication_error",
      ),
      "auth",
    ],
    [402, openai("invalid_request_error", "Insufficient Balance", "unknown_error"), "billing"],
    [503, openai(null, "Service is not there"), "overloaded"],
  ],
  together_ai: [
    [402, openai(null, "Spend limit"), "billing"],
    [403, openai(null, "inputs tokens + max_new_tokens must be <= 8192"), "bad_probe"],
    [503, openai(null, "Engine is not there"), "overloaded"],
    [524, "<html>timeout</html>", "server_error"],
    [529, openai(null, "x"), "overloaded"],
  ],
  fireworks_ai: [
    [
      404,
      openai("NOT_FOUND", "Model not found, inaccessible, and/or not deployed"),
      "model_not_found",
    ],
    [412, openai(null, "suspended"), "billing"],
    [408, openai(null, "x"), "server_error"],
  ],
  xai: [
    [400, { code: "x", error: "Incorrect API key provided: xai-***" }, "auth"],
    [401, { code: "x", error: "no key" }, "auth"],
    [403, { code: "x", error: "The caller does not have permission" }, "permission"],
    [404, { code: "x", error: "The model grok-9 does not exist" }, "model_not_found"],
  ],
  openrouter: [
    [401, { error: { code: 401, message: "User not found." } }, "auth"],
    [402, { error: { code: 402, message: "This request requires more credits" } }, "billing"],
    [403, { error: { code: 403, message: "Key limit exceeded (total limit)" } }, "billing"],
    [404, { error: { code: 404, message: "No endpoints found for x" } }, "model_not_found"],
    [
      502,
      {
        error: { code: 502, message: "Provider returned error", metadata: { provider_name: "x" } },
      },
      "server_error",
    ],
    [
      503,
      { error: { code: 503, availability: { code: "capacity_exhausted", retryable: true } } },
      "overloaded",
    ],
    [404, { error: { code: 404, availability: { code: "model_deprecated" } } }, "model_not_found"],
    [403, { error: { code: 403, availability: { code: "region_restricted" } } }, "region"],
    [503, { error: { code: 503, availability: { code: "temporarily_unavailable" } } }, "not_ready"],
  ],
  perplexity: [
    [
      400,
      { error: { message: "Invalid model 'x'", type: "invalid_model", code: 400 } },
      "model_not_found",
    ],
    [401, "<html>401 Authorization Required</html>", "auth"],
    [
      401,
      openai("insufficient_quota", "You exceeded your current quota, please check your plan"),
      "billing",
    ],
  ],
  cerebras: [
    [404, { message: "Model x does not exist", code: "model_not_found" }, "model_not_found"],
    [
      429,
      { message: "Tokens per minute limit exceeded", code: "token_quota_exceeded" },
      "rate_limited",
    ],
    [
      429,
      { message: "Tokens per day limit exceeded", code: "token_quota_exceeded" },
      "quota_exhausted",
    ],
    [429, { message: "high traffic", code: "queue_exceeded" }, "overloaded"],
  ],
  nvidia_nim: [
    [402, { detail: "Account out of credits" }, "billing"],
    [
      404,
      { status: 404, title: "Not Found", detail: "Function not found for account" },
      "model_not_found",
    ],
    [503, { detail: "not ready" }, "not_ready"],
  ],
  sambanova: [
    [400, openai("model_not_found"), "model_not_found"],
    [410, openai("model_deprecated"), "model_not_found"],
    [429, openai("queue_full"), "rate_limited"],
    [503, openai(null, "maintenance"), "server_error"],
  ],
  deepinfra: [
    [402, { detail: { error: "inference prohibited, please enter a payment method" } }, "billing"],
    [404, { detail: { error: "Model is not available" } }, "model_not_found"],
    [429, { detail: "Rate limited" }, "rate_limited"],
  ],
  nebius: [
    [402, { detail: "x" }, "billing"],
    [404, { detail: "The model `x` does not exist." }, "model_not_found"],
  ],
  databricks: [
    [400, { error_code: "BAD_REQUEST", message: "x" }, "bad_probe"],
    [403, { error_code: "403", message: "Invalid access token." }, "auth"],
    [403, { error_code: "PERMISSION_DENIED", message: "no query right" }, "permission"],
    [404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "x" }, "model_not_found"],
    [404, { error_code: "ENDPOINT_NOT_FOUND", message: "x" }, "model_not_found"],
    [429, { error_code: "REQUEST_LIMIT_EXCEEDED", message: "x" }, "rate_limited"],
    [503, { error_code: "TEMPORARILY_UNAVAILABLE", message: "x" }, "not_ready"],
  ],
  huggingface: [
    [402, { error: "You have exceeded your monthly included credits" }, "billing"],
    [403, { error: "Access to model x is gated" }, "permission"],
    [503, { error: "Model x is currently loading", estimated_time: 20 }, "not_ready"],
    [429, { error: "Model is overloaded", error_type: "overloaded" }, "overloaded"],
    [424, { error: "x", error_type: "generation" }, "server_error"],
    [500, { error: "x", error_type: "incomplete_generation" }, "server_error"],
  ],
  hosted_vllm: [
    [401, { error: "Unauthorized" }, "auth"],
    [
      404,
      {
        object: "error",
        message: "The model `x` does not exist.",
        type: "NotFoundError",
        code: 404,
      },
      "model_not_found",
    ],
    [400, { object: "error", message: "x", type: "BadRequestError", code: 400 }, "bad_probe"],
    [503, "", "server_error"],
  ],
  llamafile: [
    [
      401,
      { error: { code: 401, type: "authentication_error", message: "Invalid API Key" } },
      "auth",
    ],
  ],
  lm_studio: [
    [404, { error: { message: "Model not found" } }, "model_not_found"],
    [400, { error: { message: 'Invalid model identifier "x"' } }, "model_not_found"],
    [500, { error: "Failed to load model" }, "server_error"],
  ],
  xinference: [
    [
      400,
      { detail: "[address=0.0.0.0] Model not found in the model list, uid: x" },
      "model_not_found",
    ],
  ],
  github: [
    [401, { error: { code: "unauthorized", message: "Bad credentials" } }, "auth"],
    [403, { error: { message: "Your budget limit was reached" } }, "billing"],
    [400, { error: { code: "unknown_model", message: "Unknown model: x" } }, "model_not_found"],
    [
      429,
      {
        error: {
          code: "RateLimitReached",
          message: "Rate limit of 8 per 86400s exceeded for UserByModelByDay.",
        },
      },
      "quota_exhausted",
    ],
    [
      429,
      { error: { code: "RateLimitReached", message: "exceeded for UserByModelByMinute." } },
      "rate_limited",
    ],
  ],
  moonshot: [
    [401, openai(null, "Invalid Authentication", "invalid_authentication_error"), "auth"],
    [404, openai(null, "Not found the model", "resource_not_found_error"), "model_not_found"],
    [429, openai(null, "x", "rate_limit_reached_error"), "rate_limited"],
  ],
  dashscope: [
    [401, { code: "InvalidApiKey", message: "x", request_id: "1" }, "auth"],
    [400, { code: "Arrearage", message: "Access denied, account in arrears" }, "billing"],
    [403, { code: "Model.AccessDenied", message: "x" }, "permission"],
    [404, { code: "ModelNotFound", message: "x" }, "model_not_found"],
    [429, { code: "Throttling.RateQuota", message: "x" }, "rate_limited"],
    [429, { code: "Throttling.AllocationQuota", message: "x" }, "rate_limited"],
    [400, { code: "DataInspectionFailed", message: "x" }, "ok_limited_output"],
    [400, openai("data_inspection_failed", "x"), "ok_limited_output"],
  ],
  volcengine: [
    [401, openai("AuthenticationError", "x"), "auth"],
    [403, openai("AccountOverdueError", "x"), "billing"],
    [403, openai("AccessDenied", "x"), "permission"],
    [404, openai("InvalidEndpointOrModel.NotFound", "x"), "model_not_found"],
    [404, openai("ModelNotOpen", "x"), "permission"],
    [400, openai("InvalidEndpoint.ClosedEndpoint", "x"), "model_not_found"],
    [429, openai("RateLimitExceeded.EndpointRPMExceeded", "x"), "rate_limited"],
    [429, openai("ServerOverloaded", "x"), "overloaded"],
    [429, openai("QuotaExceeded", "x"), "billing"],
  ],
  minimax: (
    [
      [1000, "server_error"],
      [1001, "timeout_total"],
      [1002, "rate_limited"],
      [1004, "auth"],
      [1008, "billing"],
      [1026, "ok_limited_output"],
      [1028, "billing"],
      [1039, "rate_limited"],
      [2013, "bad_probe"],
      [2061, "permission"],
    ] as const
  ).map(([code, expected]) => [
    200,
    { base_resp: { status_code: code, status_msg: "x" } },
    expected,
  ]),
  xiaomi_mimo: [
    [402, openai(null, "balance"), "billing"],
    [421, openai(null, "x"), "ok_limited_output"],
  ],
  zai: (
    [
      [401, "1000", "auth"],
      [401, "1002", "auth"],
      [429, "1113", "billing"],
      [400, "1210", "bad_probe"],
      [400, "1211", "model_not_found"],
      [403, "1220", "permission"],
      [400, "1301", "ok_limited_output"],
      [429, "1302", "rate_limited"],
      [429, "1313", "permission"],
    ] as const
  ).map(([status, code, expected]) => [status, { error: { code, message: "x" } }, expected]),
  novita: [
    [401, { code: 401, reason: "FAILED_TO_AUTH", message: "x" }, "auth"],
    [403, { code: 403, reason: "NOT_ENOUGH_BALANCE", message: "x" }, "billing"],
    [403, { code: 403, reason: "MODEL_ACCESS_DENIED", message: "x" }, "permission"],
    [404, { code: 404, reason: "MODEL_NOT_FOUND", message: "x" }, "model_not_found"],
    [503, { code: 503, reason: "SERVICE_NOT_AVAILABLE", message: "x" }, "overloaded"],
  ],
  voyage: [
    [401, { detail: "Provided API key is invalid." }, "auth"],
    [403, { detail: "Forbidden from this IP" }, "permission"],
    [429, { detail: "x" }, "rate_limited"],
  ],
  jina_ai: [
    [402, { detail: "Insufficient account balance" }, "billing"],
    [403, { detail: "x" }, "permission"],
  ],
  baseten: [
    [402, { error: "x" }, "billing"],
    [404, { error: "Model not found" }, "model_not_found"],
    [502, "", "server_error"],
  ],
  featherless_ai: [
    [400, openai(null, "The model is cold"), "not_ready"],
    [503, openai(null, "x"), "not_ready"],
    [429, openai(null, "concurrency units"), "rate_limited"],
  ],
  scaleway: [
    [422, openai(null, "unknown model x"), "model_not_found"],
    [403, openai(null, "insufficient permissions"), "permission"],
  ],
  wandb: [
    [402, openai(null, "no"), "billing"],
    [403, openai(null, "Not available in your country"), "region"],
    [503, openai(null, "x"), "overloaded"],
  ],
  aiml: [
    [401, openai(null, "x"), "auth"],
    [403, openai(null, "x"), "billing"],
  ],
  vercel_ai_gateway: [
    [402, openai("insufficient_funds", "x"), "billing"],
    [403, openai("customer_verification_required", "x"), "permission"],
  ],
  litellm_proxy: [
    [400, openai("400", "x", "auth_error"), "auth"],
    [400, openai("400", "Budget has been exceeded!", "budget_exceeded"), "billing"],
    [401, openai("401", "not allowed", "key_model_access_denied"), "permission"],
    [429, openai("429", "No deployments available for selected model"), "rate_limited"],
    [400, openai("400", "Invalid model name passed in model=x"), "model_not_found"],
  ],
};

for (const [provider, own] of Object.entries(rows)) {
  describe(`${provider} answers`, () => {
    for (const [status, body, expected] of own) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      test(`${status} ${text.slice(0, 90)}: ${expected}`, () => {
        const answer = { status, headers: {}, body: text, truncated: false };
        expect(classify(provider, answer).class).toBe(expected);
      });
    }
  });
}
