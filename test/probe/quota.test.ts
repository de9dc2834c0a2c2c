// What becomes of a deployment whose provider says that something is used up: money and a month's quota make it unhealthy, a quota that
// comes back within a day leaves it alive, and one of nothing at all means that the model is not in the plan.

import { describe, expect, test } from "bun:test";
import { classify } from "../../src/probe/classify.ts";
import { type OutcomeClass, outcomeClasses } from "../../src/table/outcome-class.ts";

type Row = readonly [
  title: string,
  provider: string,
  status: number,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
];

const openai = (code: string | null, message: string, type: string | null = code) => ({
  error: { message, type, param: null, code },
});
const google = (message: string, violations: readonly object[] = []) => ({
  error: {
    code: 429,
    message,
    status: "RESOURCE_EXHAUSTED",
    details: [
      { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" },
    ],
  },
});
const exceeded = "You exceeded your current quota, please check your plan and billing details.";
const aDay = { quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier", quotaValue: "250" };
const aMinute = { quotaId: "GenerateRequestsPerMinutePerProjectPerModel", quotaValue: "10" };
const ofNothing = { quotaId: "GenerateRequestsPerDayPerProjectPerModel", quotaValue: "0" };

const spent: readonly Row[] = [
  ["OpenAI's credit", "openai", 429, openai("insufficient_quota", exceeded)],
  ["Azure's quota", "azure", 429, openai("insufficient_quota", exceeded)],
  [
    "Anthropic's credit",
    "anthropic",
    400,
    { error: { type: "invalid_request_error", message: "Your credit balance is too low" } },
  ],
  [
    "Anthropic's spend of the month",
    "anthropic",
    400,
    {
      error: {
        type: "invalid_request_error",
        message:
          "You have reached your specified API usage limits. You will regain access on 2026-12-01.",
      },
    },
  ],
  [
    "the calls of a month of Cohere's trial",
    "cohere",
    429,
    { message: "You are using a Trial key, which is limited to 1000 API calls / month." },
  ],
  [
    "Gemini's spending cap",
    "gemini",
    429,
    google("Your project has exceeded its monthly spending cap."),
  ],
  ["Gemini's prepaid credits", "gemini", 429, google("Your prepayment credits are depleted.")],
  [
    "billing that was never enabled at Google",
    "gemini",
    400,
    { error: { code: 400, message: "Billing not enabled.", status: "FAILED_PRECONDITION" } },
  ],
  [
    "a country without Google's free plan",
    "gemini",
    400,
    {
      error: {
        code: 400,
        message:
          "Gemini API free tier is not available in your country. Please enable billing on your project.",
        status: "FAILED_PRECONDITION",
      },
    },
  ],
  [
    "Hugging Face's credits of the month",
    "huggingface",
    402,
    { error: "monthly included credits" },
  ],
  [
    "ElevenLabs' characters of the month",
    "elevenlabs",
    401,
    { detail: { status: "quota_exceeded", message: "This request exceeds your quota." } },
  ],
  ["watsonx's tokens of the month", "watsonx", 403, { errors: [{ code: "token_quota_reached" }] }],
  ["what is free to try at Volcengine", "volcengine", 429, openai("QuotaExceeded", "x")],
  [
    "the bound that the owner set at Volcengine",
    "volcengine",
    429,
    openai("SetLimitExceeded", "x"),
  ],
  ["MiniMax's quota", "minimax", 200, { base_resp: { status_code: 1028, status_msg: "x" } }],
  ["Z.AI's month", "zai", 429, { error: { code: "1310", message: "Weekly/Monthly Limit" } }],
  ["Moonshot's account", "moonshot", 429, openai(null, "x", "exceeded_current_quota_error")],
  ["DashScope's arrears", "dashscope", 400, { code: "Arrearage", message: "x" }],
  ["a proxy's budget", "litellm_proxy", 400, openai("400", "x", "budget_exceeded")],
  ["OpenRouter's credits", "openrouter", 402, { error: { code: 402, message: "more credits" } }],
];

const backTomorrow: readonly Row[] = [
  ["Gemini's requests of a day", "gemini", 429, google(exceeded, [aDay])],
  ["Vertex AI's requests of a day", "vertex_ai", 429, google(exceeded, [aDay])],
  ["Bedrock's tokens of a day", "bedrock", 429, { message: "Too many tokens per day." }],
  [
    "Groq's requests of a day",
    "groq",
    429,
    openai("rate_limit_exceeded", "Rate limit reached on requests per day (RPD): Limit 1000"),
  ],
  [
    "OpenRouter's free models of a day",
    "openrouter",
    429,
    { error: { code: 429, message: "Rate limit exceeded: free-models-per-day" } },
  ],
  [
    "GitHub's day, in its words",
    "github",
    429,
    openai("RateLimitReached", "Rate limit of 8 per 86400s exceeded for UserByModelByDay."),
  ],
  [
    "GitHub's day, in a header",
    "github",
    429,
    openai("RateLimitReached", "Too many requests."),
    { "x-ratelimit-type": "UserByModelByDay", "x-ratelimit-timeremaining": "43000" },
  ],
  ["Cloudflare's free units of a day", "cloudflare", 429, { errors: [{ code: 3036 }] }],
  ["Z.AI's calls of a day", "zai", 429, { error: { code: "1304", message: "x" } }],
  [
    "Cerebras' tokens of a day",
    "cerebras",
    429,
    { message: "Tokens per day limit exceeded", code: "token_quota_exceeded" },
  ],
];

const backSoon: readonly Row[] = [
  ["Gemini's requests of a minute", "gemini", 429, google(exceeded, [aMinute])],
  ["Vertex AI's shared capacity", "vertex_ai", 429, google("Resource exhausted.")],
  [
    "the calls of a minute of Cohere's trial",
    "cohere",
    429,
    { message: "You are using a Trial key, which is limited to 40 API calls / minute." },
  ],
  ["SambaNova's rate", "sambanova", 429, openai("insufficient_quota", "x")],
  ["DashScope's rate", "dashscope", 429, { code: "Throttling.AllocationQuota", message: "x" }],
  [
    "GitHub's minute",
    "github",
    429,
    openai("RateLimitReached", "x"),
    { "x-ratelimit-type": "UserByModelByMinute" },
  ],
];

const outsideThePlan: readonly Row[] = [
  ["a quota of Gemini's that is 0", "gemini", 429, google(exceeded, [aMinute, ofNothing])],
  ["a quota of Vertex AI's that is 0", "vertex_ai", 429, google(exceeded, [ofNothing])],
  [
    "a limit of 0 in Gemini's words",
    "gemini",
    429,
    google(`${exceeded} * Quota exceeded for metric: free_tier_requests, limit: 0, model: x`),
  ],
  ["MiniMax's plan", "minimax", 200, { base_resp: { status_code: 2061, status_msg: "x" } }],
  ["Z.AI's plan", "zai", 429, { error: { code: "1311", message: "x" } }],
];

const tables: readonly (readonly [
  what: string,
  "failed" | "degraded",
  OutcomeClass,
  readonly Row[],
])[] = [
  ["unhealthy, for it is spent:", "failed", "billing", spent],
  ["alive, for it comes back within a day:", "degraded", "quota_exhausted", backTomorrow],
  ["alive, for it comes back soon:", "degraded", "rate_limited", backSoon],
  ["unhealthy, for the plan does not have it:", "failed", "permission", outsideThePlan],
];

for (const [what, effect, expected, rows] of tables) {
  describe(what, () => {
    for (const [title, provider, status, body, headers = {}] of rows) {
      test(title, () => {
        const answer = { status, headers, body: JSON.stringify(body), truncated: false };
        const { class: outcome } = classify(provider, answer);
        expect([outcome, outcomeClasses[outcome].effect]).toEqual([expected, effect]);
      });
    }
  });
}
