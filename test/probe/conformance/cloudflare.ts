// Cloudflare Workers AI. (developers.cloudflare.com/workers-ai)

import { answersTo, type ConformanceCase, key, ping } from "./case.ts";

const provider = "cloudflare";
const env = { CLOUDFLARE_API_KEY: key, CLOUDFLARE_ACCOUNT_ID: "acc1" };
const headers = { authorization: `Bearer ${key}` };
const account = "https://api.cloudflare.com/client/v4/accounts/acc1";
const model = "@cf/meta/llama-3.1-8b-instruct";
const params = { model: `cloudflare/${model}` };
const asks = {
  url: `${account}/ai/run/${model}`,
  headers,
  body: { messages: ping, max_tokens: 16 },
};
const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };

const answered = answersTo({ provider, mode: "chat", params, env }, asks);

function refused(
  status: number,
  code: number,
  message: string,
  outcome: ConformanceCase["verdict"]["class"],
): ConformanceCase {
  const body = { errors: [{ code, message }], success: false, result: null, messages: [] };
  return answered(`${status} with code ${code}`, status, body, { class: outcome });
}

export const cases: readonly ConformanceCase[] = [
  answered(
    "a response",
    200,
    { result: { response: "pong", usage }, success: true, errors: [], messages: [] },
    { class: "ok", usage: { promptTokens: 10, completionTokens: 2 } },
  ),
  answered(
    "a response as OpenAI's",
    200,
    { result: { choices: [{ message: { content: "pong" } }] }, success: true },
    { class: "ok" },
  ),
  {
    ...answered(
      "the account in the address",
      200,
      { result: { response: "" }, success: true },
      {
        class: "ok",
      },
    ),
    params: { ...params, api_base: `${account}/ai/run/` },
    env: { CLOUDFLARE_API_KEY: key },
  },
  {
    provider,
    mode: "chat",
    about: "at the address that speaks OpenAI's API",
    params: { ...params, api_base: `${account}/ai/v1` },
    env: { CLOUDFLARE_API_KEY: key },
    exchanges: [
      {
        asks: {
          url: `${account}/ai/v1/chat/completions`,
          headers,
          body: { model, messages: ping, max_tokens: 16 },
        },
        answer: { body: { choices: [{ message: { content: "pong" } }] } },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider,
    mode: "embedding",
    params: { model: "cloudflare/@cf/baai/bge-base-en-v1.5" },
    env,
    exchanges: [
      {
        asks: {
          url: `${account}/ai/run/@cf/baai/bge-base-en-v1.5`,
          headers,
          body: { text: ["ping"] },
        },
        answer: { body: { result: { shape: [1, 2], data: [[0.1, 0.2]] }, success: true } },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider,
    mode: "rerank",
    params: { model: "cloudflare/@cf/baai/bge-reranker-base" },
    env,
    exchanges: [
      {
        asks: {
          url: `${account}/ai/run/@cf/baai/bge-reranker-base`,
          headers,
          body: { query: "ping", contexts: [{ text: "ping" }] },
        },
        answer: { body: { result: { response: [{ id: 0, score: 0.9 }] }, success: true } },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider,
    mode: "chat",
    rung: "metadata",
    params,
    env,
    exchanges: [
      {
        asks: {
          url: `${account}/ai/models/search?search=meta%2Fllama-3.1-8b-instruct`,
          headers,
        },
        answer: { body: { success: true, result: [{ id: "x", name: model }] } },
      },
    ],
    verdict: { class: "ok" },
  },
  // What these models are sent differs from one to the next: they are looked for.
  ...(
    [
      ["image_generation", "black-forest-labs/flux-1-schnell"],
      ["audio_transcription", "openai/whisper"],
      ["audio_speech", "myshell-ai/melotts"],
    ] as const
  ).map(
    ([mode, name]): ConformanceCase => ({
      provider,
      mode,
      params: { model: `cloudflare/@cf/${name}` },
      info: { mode },
      env,
      exchanges: [
        {
          asks: {
            url: `${account}/ai/models/search?search=${encodeURIComponent(name)}`,
            headers,
          },
          answer: { body: { success: true, result: [{ name: `@cf/${name}` }] } },
        },
      ],
      verdict: { class: "ok" },
    }),
  ),
  refused(401, 10000, "Authentication error", "auth"),
  refused(400, 10000, "Authentication error", "auth"),
  refused(400, 6003, "Invalid request headers", "auth"),
  refused(403, 9109, "Invalid access token", "auth"),
  refused(400, 5007, "No such model", "model_not_found"),
  refused(404, 3042, "Invalid model", "model_not_found"),
  refused(429, 3036, "You have used up your daily free allocation", "quota_exhausted"),
  refused(429, 3040, "Capacity temporarily exceeded", "overloaded"),
  refused(403, 3023, "Account blocked", "permission"),
  refused(403, 5016, "Model agreement", "permission"),
  refused(408, 3007, "Request timeout", "server_error"),
  refused(400, 5006, "Bad input", "bad_probe"),
  refused(200, 3040, "Capacity temporarily exceeded", "overloaded"),
];
