// What Google's Gemini API answers when something is wrong. (ai.google.dev/gemini-api/docs/troubleshooting)

import { answersTo, type ConformanceCase, key } from "./case.ts";

const provider = "gemini";
const env = { GEMINI_API_KEY: key };
const headers = { "x-goog-api-key": key, authorization: null };
const base = "https://generativelanguage.googleapis.com/v1beta";
const said = [{ role: "user", parts: [{ text: "ping" }] }];

const answered = answersTo(
  { provider, mode: "chat", params: { model: "gemini/gemini-2.5-flash" }, env },
  {
    url: `${base}/models/gemini-2.5-flash:generateContent`,
    headers,
    body: { contents: said, generationConfig: { maxOutputTokens: 16 } },
  },
);

function refused(
  about: string,
  status: number,
  error: object,
  outcome: ConformanceCase["verdict"]["class"],
): ConformanceCase {
  return answered(about, status, { error: { code: status, ...error } }, { class: outcome });
}

const exceeded =
  "You exceeded your current quota, please check your plan and billing details. Please retry in 34s.";
const quota = (quotaId: string) => [
  { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId }] },
];

export const cases: readonly ConformanceCase[] = [
  refused(
    "a wrong key behind a 400",
    400,
    {
      message: "API key not valid. Please pass a valid API key.",
      status: "INVALID_ARGUMENT",
      details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }],
    },
    "auth",
  ),
  refused(
    "an expired key",
    400,
    { message: "API key expired. Please renew the API key.", status: "INVALID_ARGUMENT" },
    "auth",
  ),
  refused(
    "a country",
    400,
    {
      message: "User location is not supported for the API use.",
      status: "FAILED_PRECONDITION",
    },
    "region",
  ),
  refused(
    "a country where nothing is free, without billing",
    400,
    {
      message:
        "Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio.",
      status: "FAILED_PRECONDITION",
    },
    "billing",
  ),
  refused(
    "a key that may not",
    403,
    {
      message: "Requests from this address are blocked.",
      status: "PERMISSION_DENIED",
      details: [{ reason: "API_KEY_IP_ADDRESS_BLOCKED" }],
    },
    "permission",
  ),
  refused(
    "an unknown model",
    404,
    {
      message: "models/gemini-9 is not found for API version v1beta",
      status: "NOT_FOUND",
    },
    "model_not_found",
  ),
  refused(
    "a rate, which the words call a plan",
    429,
    {
      message: exceeded,
      status: "RESOURCE_EXHAUSTED",
      details: quota("GenerateContentInputTokensPerModelPerMinute-FreeTier"),
    },
    "rate_limited",
  ),
  refused(
    "a day's quota",
    429,
    {
      message: exceeded,
      status: "RESOURCE_EXHAUSTED",
      details: quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
    },
    "quota_exhausted",
  ),
  refused(
    "a model outside the plan",
    429,
    {
      message: `${exceeded} Quota exceeded for metric: free_tier_requests, limit: 0`,
      status: "RESOURCE_EXHAUSTED",
      details: quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"),
    },
    "permission",
  ),
  refused(
    "too much to do",
    503,
    { message: "The model is overloaded. Please try again later.", status: "UNAVAILABLE" },
    "overloaded",
  ),
  refused(
    "a fault",
    500,
    { message: "An internal error has occurred.", status: "INTERNAL" },
    "server_error",
  ),
  refused(
    "a deadline of its own",
    504,
    { message: "The request timed out.", status: "DEADLINE_EXCEEDED" },
    "server_error",
  ),
];
