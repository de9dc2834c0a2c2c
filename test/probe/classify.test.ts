import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { classify } from "../../src/probe/classify.ts";
import { families, questionOf } from "../../src/probe/families.ts";
import type { FamilyName } from "../../src/registry/deployment.ts";
import { familyModes } from "../../src/registry/family-modes.ts";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";
import type { HttpResponse } from "../../src/transport/transport.ts";
import { target } from "./target.ts";

function response(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpResponse {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers, body: text, truncated: false };
}

const openai = (code: string, message = "", type = code) => ({
  error: { message, type, code, param: null },
});
const anthropic = (type: string, message = "") => ({ type: "error", error: { type, message } });
const google = (status: string, message = "", details: unknown[] = []) => ({
  error: { code: 0, message, status, details },
});

const cases: [
  title: string,
  provider: string,
  status: number,
  body: unknown,
  expected: OutcomeClass,
][] = [
  ["a wrong key", "openai", 401, openai("invalid_api_key", "Incorrect API key provided"), "auth"],
  ["a key without the scope", "openai", 403, openai("missing_scope"), "permission"],
  ["an unknown model", "openai", 404, openai("model_not_found"), "model_not_found"],
  [
    "a rate limit",
    "openai",
    429,
    openai("rate_limit_exceeded", "Rate limit reached", "requests"),
    "rate_limited",
  ],
  [
    "an empty account behind a 429",
    "openai",
    429,
    openai("insufficient_quota", "You exceeded your current quota"),
    "billing",
  ],
  ["a forbidden country", "openai", 403, openai("unsupported_country_region_territory"), "region"],
  ["an overloaded engine", "openai", 503, openai("server_is_overloaded"), "overloaded"],
  ["a server error", "openai", 500, openai("server_error"), "server_error"],
  ["a parameter of ours", "openai", 400, openai("unsupported_value", "temperature"), "bad_probe"],
  ["a content filter", "openai", 400, openai("content_policy_violation"), "ok_limited_output"],
  [
    "an answer that hit its limit as 400",
    "openai",
    400,
    openai(
      "x",
      "Could not finish the message because max_tokens or model output limit was reached.",
    ),
    "ok_limited_output",
  ],
  ["a missing Azure deployment", "azure", 404, openai("DeploymentNotFound"), "model_not_found"],
  [
    "Azure's content filter",
    "azure",
    400,
    openai("content_filter", "The response was filtered"),
    "ok_limited_output",
  ],
  ["a wrong mode at Azure", "azure", 400, openai("OperationNotSupported"), "bad_probe"],
  [
    "Azure's rate limit",
    "azure",
    429,
    openai("429", "Requests have exceeded call rate limit. Please retry after 9 seconds."),
    "rate_limited",
  ],
  ["Anthropic's rate limit", "anthropic", 429, anthropic("rate_limit_error"), "rate_limited"],
  [
    "Anthropic overloaded",
    "anthropic",
    529,
    anthropic("overloaded_error", "Overloaded"),
    "overloaded",
  ],
  [
    "no credit at Anthropic behind a 400",
    "anthropic",
    400,
    anthropic("invalid_request_error", "Your credit balance is too low to access the API"),
    "billing",
  ],
  [
    "Anthropic's unknown model",
    "anthropic",
    404,
    anthropic("not_found_error", "model: claude-9"),
    "model_not_found",
  ],
  [
    "a wrong key at Gemini behind a 400",
    "gemini",
    400,
    google("INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
      { reason: "API_KEY_INVALID" },
    ]),
    "auth",
  ],
  [
    "a daily quota at Gemini",
    "gemini",
    429,
    google("RESOURCE_EXHAUSTED", "Quota exceeded", [
      { violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] },
    ]),
    "quota_exhausted",
  ],
  [
    "a minute quota at Gemini",
    "gemini",
    429,
    google("RESOURCE_EXHAUSTED", "Resource has been exhausted", [
      { violations: [{ quotaId: "GenerateRequestsPerMinutePerProject" }] },
    ]),
    "rate_limited",
  ],
  [
    "a country at Gemini",
    "gemini",
    400,
    google("FAILED_PRECONDITION", "User location is not supported for the API use."),
    "region",
  ],
  [
    "an overloaded Gemini",
    "gemini",
    503,
    google("UNAVAILABLE", "The model is overloaded. Please try again later."),
    "overloaded",
  ],
  ["Cohere's blocked token", "cohere", 498, { message: "invalid api token" }, "auth"],
  ["a missing model at Ollama", "ollama", 404, { error: "model 'x' not found" }, "model_not_found"],
  [
    "an invalid model at Mistral behind a 400",
    "mistral",
    400,
    { object: "error", message: "Invalid model: x", type: "invalid_model", code: "1500" },
    "model_not_found",
  ],
  [
    "a wrong key at xAI behind a 400",
    "xai",
    400,
    {
      code: "Client specified an invalid argument",
      error: "Incorrect API key provided: xx. You can obtain an API key",
    },
    "auth",
  ],
  [
    "SambaNova's insufficient_quota, a rate limit there",
    "sambanova",
    429,
    openai("insufficient_quota"),
    "rate_limited",
  ],
  [
    "Moonshot without money behind a 429",
    "moonshot",
    429,
    openai("exceeded_current_quota_error"),
    "billing",
  ],
  [
    "Moonshot overloaded behind a 429",
    "moonshot",
    429,
    openai("engine_overloaded_error"),
    "overloaded",
  ],
  [
    "Z.AI in arrears behind a 429",
    "zai",
    429,
    { error: { code: "1113", message: "Insufficient balance" } },
    "billing",
  ],
  [
    "a large probe at Groq",
    "groq",
    413,
    openai("rate_limit_exceeded", "Request too large"),
    "rate_limited",
  ],
  [
    "a decommissioned model at Groq",
    "groq",
    400,
    openai("model_decommissioned"),
    "model_not_found",
  ],
  [
    "an account suspended at Fireworks",
    "fireworks_ai",
    412,
    { error: { message: "Account suspended" } },
    "billing",
  ],
  [
    "no credits at OpenRouter",
    "openrouter",
    402,
    { error: { code: 402, message: "Insufficient credits" } },
    "billing",
  ],
  [
    "a dead vLLM engine",
    "hosted_vllm",
    500,
    { object: "error", message: "EngineDeadError", type: "InternalServerError" },
    "server_error",
  ],
  [
    "a model that is loading",
    "llamafile",
    503,
    { error: { message: "Loading model", type: "unavailable_error", code: 503 } },
    "not_ready",
  ],
  [
    "a gateway's HTML",
    "openai_like",
    502,
    "<html><body>502 Bad Gateway</body></html>",
    "server_error",
  ],
  [
    "a spend limit at Anthropic behind a rate limit's type",
    "anthropic",
    429,
    {
      type: "error",
      error: {
        type: "rate_limit_error",
        message: "limit reached",
        details: { error_code: "enforced_spend_limit_reached" },
      },
    },
    "billing",
  ],
  [
    "billing switched off at Google behind PERMISSION_DENIED",
    "gemini",
    403,
    google("PERMISSION_DENIED", "This API method requires billing", [
      { reason: "BILLING_DISABLED" },
    ]),
    "billing",
  ],
  [
    "a flagged account, which is not a content filter",
    "openai",
    403,
    openai("", "Your account has been flagged and is suspended"),
    "permission",
  ],
  [
    "a flagged prompt",
    "openrouter",
    403,
    { error: { code: 403, message: "Your chosen model needs moderation: input was flagged" } },
    "ok_limited_output",
  ],
  [
    "Cloudflare's used-up free units",
    "cloudflare",
    429,
    { success: false, errors: [{ code: 3036, message: "account limited" }], result: null },
    "quota_exhausted",
  ],
  [
    "an unknown model at Cloudflare behind a 400",
    "cloudflare",
    400,
    { success: false, errors: [{ code: 5007, message: "No such model" }], result: null },
    "model_not_found",
  ],
  [
    "a monthly spending limit at xAI behind a 403",
    "xai",
    403,
    { code: "x", error: "Your team has used all available credits" },
    "billing",
  ],
  ["an unknown 4xx", "openai_like", 418, "teapot", "bad_probe"],
  ["a plain 402", "openai_like", 402, "", "billing"],
  ["a plain 404", "openai_like", 404, "", "model_not_found"],
  [
    "a validation error",
    "openai_like",
    422,
    { detail: [{ loc: ["body", "x"], msg: "field required" }] },
    "bad_probe",
  ],
];

describe("the answer", () => {
  for (const [title, provider, status, body, expected] of cases) {
    test(`${title} is ${expected}`, () => {
      expect(classify(provider, response(status, body)).class).toBe(expected);
    });
  }

  test("of any provider is classified whatever its bytes, and its text is bounded", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 999 }),
        fc.oneof(fc.json(), fc.string()),
        (status, body) => {
          const { text } = classify("openai", response(status, body));
          expect(text.length).toBeLessThan(400);
          expect(text).not.toMatch(/\n/);
        },
      ),
    );
  });

  test("of any family is read whatever its bytes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(families) as FamilyName[])),
        fc.nat(),
        fc.constantFrom("completion" as const, "metadata" as const),
        fc.oneof(fc.json(), fc.string()),
        fc.constantFrom(200, 202, 204, 400, 429, 500),
        (family, chosen, rung, body, status) => {
          const served = familyModes[family];
          const mode = served[chosen % served.length] ?? "chat";
          const subject = target({ family, mode, rung });
          expect(questionOf(subject).read(subject, response(status, body)).class).toBeString();
          families[family].adapt(subject, response(status, body));
        },
      ),
    );
  });

  test("that redirects says where to, without the query, and is not followed", () => {
    const { text, class: outcome } = classify(
      "openai",
      response(301, "", { location: "https://login.example/sso?token=abc" }),
    );
    expect(outcome).toBe("protocol");
    expect(text).toContain("https://login.example/sso");
    expect(text).not.toContain("abc");
  });
});

describe("the pause that a provider asks for", () => {
  const pauses: [
    title: string,
    headers: Record<string, string>,
    body: unknown,
    ms: number | null,
  ][] = [
    [
      "comes from retry-after-ms first",
      { "retry-after-ms": "2500", "retry-after": "60" },
      {},
      2500,
    ],
    ["comes from Retry-After in seconds", { "retry-after": "7" }, {}, 7000],
    [
      "comes from Retry-After as a date",
      { "retry-after": "Thu, 01 Jan 1970 00:01:00 GMT" },
      {},
      60_000,
    ],
    [
      "comes from Google's RetryInfo",
      {},
      google("RESOURCE_EXHAUSTED", "", [{ retryDelay: "34s" }]),
      34_000,
    ],
    [
      "comes from the seconds in a field of the body",
      {},
      { detail: "Request was throttled.", status: 429, retry_after: 8 },
      8000,
    ],
    [
      "comes from the words of the message",
      {},
      openai("rate_limit_exceeded", "Please try again in 1m2.5s."),
      62_500,
    ],
    [
      "comes from milliseconds in the message",
      {},
      openai("rate_limit_exceeded", "Please try again in 1200ms."),
      1200,
    ],
    [
      "comes from a limit that is used up",
      { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s" },
      {},
      360_000,
    ],
    [
      "comes from hours in the message",
      {},
      openai("rate_limit_exceeded", "Please try again in 0h3m20s."),
      200_000,
    ],
    [
      "is unknown when a used-up limit does not say when it ends",
      { "x-ratelimit-remaining-requests": "0" },
      {},
      null,
    ],
    ["is unknown when Retry-After is neither number nor date", { "retry-after": "-1" }, {}, null],
    ["is at least a second", { "retry-after-ms": "12" }, {}, 1000],
    ["is a quarter of an hour at most", { "retry-after": "86400" }, {}, 900_000],
    ["comes from retry_after in the body", {}, { detail: "throttled", retry_after: 8 }, 8000],
    [
      "comes from retry_after within the error",
      {},
      { error: { code: 429, availability: { retry_after: 2.5 } } },
      2500,
    ],
    [
      "comes from the time that loading is estimated to take",
      {},
      { error: "Model x is currently loading", estimated_time: 20.5 },
      20_500,
    ],
    ["comes from GitHub's remaining time", { "x-ratelimit-timeremaining": "43" }, {}, 43_000],
    [
      "is the longest where nothing but not to retry is said",
      { "x-should-retry": "false" },
      {},
      900_000,
    ],
    [
      "is what is told, although it is said not to retry",
      { "x-should-retry": "false", "retry-after": "7" },
      {},
      7000,
    ],
    ["is unknown where it is only said to retry", { "x-should-retry": "true" }, {}, null],
    [
      "is a quarter of an hour at most, also in the body",
      {},
      { detail: "throttled", retry_after: 86_400 },
      900_000,
    ],
    ["is unknown when nothing is said", {}, {}, null],
  ];
  for (const [title, headers, body, ms] of pauses) {
    test(title, () =>
      expect(classify("openai", response(429, body, headers), 0).retryAfterMs).toBe(ms),
    );
  }
});
