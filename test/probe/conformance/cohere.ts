// Cohere. (docs.cohere.com/reference)

import { answersTo, type ConformanceCase, key, oneExchange, piecesOf, ping } from "./case.ts";

const provider = "cohere";
const env = { COHERE_API_KEY: key };
const headers = { authorization: `Bearer ${key}` };
const chatBody = { model: "command-r-08-2024", messages: ping, max_tokens: 16, stream: false };
const asks = { url: "https://api.cohere.com/v2/chat", headers, body: chatBody };
const params = { model: "cohere/command-r-08-2024" };
const message = { role: "assistant", content: [{ type: "text", text: "pong" }] };

const answered = answersTo({ provider, mode: "chat", params, env }, asks);

function refused(
  status: number,
  message: string,
  outcome: ConformanceCase["verdict"]["class"],
): ConformanceCase {
  return answered(`${status} ${message}`, status, { message, id: "x" }, { class: outcome });
}

export const cases: readonly ConformanceCase[] = [
  {
    provider,
    mode: "chat",
    params,
    env: { CO_API_KEY: key },
    exchanges: [
      {
        asks,
        answer: {
          body: {
            id: "c",
            finish_reason: "MAX_TOKENS",
            message,
            usage: { billed_units: { input_tokens: 1, output_tokens: 16 } },
          },
        },
      },
    ],
    verdict: { class: "ok", usage: { promptTokens: 1, completionTokens: 16 } },
  },
  {
    provider,
    mode: "chat",
    about: "an answer that failed with a 200",
    params,
    env,
    exchanges: [{ asks, answer: { body: { finish_reason: "ERROR", message } } }],
    verdict: { class: "protocol", text: "ERROR" },
  },
  {
    provider,
    mode: "chat",
    rung: "metadata",
    params,
    env,
    exchanges: [
      {
        asks: { url: "https://api.cohere.com/v1/models/command-r-08-2024", headers },
        answer: { body: { name: "command-r-08-2024", endpoints: ["chat"] } },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider: "cohere_chat",
    mode: "chat",
    params: { model: "cohere_chat/command-a-03-2025" },
    env,
    exchanges: [
      {
        asks: { ...asks, body: { ...chatBody, model: "command-a-03-2025" } },
        answer: { body: { finish_reason: "COMPLETE", message } },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider: "cohere_chat",
    mode: "chat",
    rung: "metadata",
    params: { model: "cohere_chat/v1/command-r" },
    env,
    exchanges: [
      {
        asks: { url: "https://api.cohere.com/v1/models/command-r", headers },
        answer: { status: 404, body: { message: "model 'command-r' not found" } },
      },
    ],
    verdict: { class: "model_not_found" },
  },
  {
    provider: "cohere_chat",
    mode: "chat",
    about: "v1",
    params: { model: "cohere_chat/v1/command-r-08-2024" },
    env,
    exchanges: [
      {
        asks: {
          url: "https://api.cohere.com/v1/chat",
          headers,
          body: { model: "command-r-08-2024", message: "ping", max_tokens: 16, stream: false },
        },
        answer: {
          body: {
            text: "pong",
            finish_reason: "COMPLETE",
            meta: { billed_units: { input_tokens: 1, output_tokens: 2 } },
          },
        },
      },
    ],
    verdict: { class: "ok", usage: { promptTokens: 1, completionTokens: 2 } },
  },
  {
    provider,
    mode: "chat",
    about: "v1 by the address",
    params: { ...params, api_base: "https://cohere.example/v1/chat" },
    env,
    exchanges: [
      {
        asks: {
          url: "https://cohere.example/v1/chat",
          headers,
          body: { model: "command-r-08-2024", message: "ping", max_tokens: 16, stream: false },
        },
        answer: { body: { text: "pong", finish_reason: "COMPLETE" } },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider,
    mode: "embedding",
    params: { model: "cohere/embed-english-v3.0", input_type: "search_document" },
    env,
    exchanges: [
      {
        asks: {
          url: "https://api.cohere.com/v2/embed",
          headers,
          body: {
            model: "embed-english-v3.0",
            texts: ["ping"],
            input_type: "search_document",
            embedding_types: ["float"],
          },
        },
        answer: {
          body: {
            embeddings: { float: [[0.1, 0.2]] },
            meta: { billed_units: { input_tokens: 2 } },
          },
        },
      },
    ],
    verdict: { class: "ok", usage: { promptTokens: 2, completionTokens: null } },
  },
  oneExchange(
    { provider, mode: "embedding", params: { model: "cohere/embed-v4.0" }, env },
    {
      url: "https://api.cohere.com/v2/embed",
      headers,
      body: {
        model: "embed-v4.0",
        texts: ["ping"],
        input_type: "search_query",
        embedding_types: ["float"],
      },
    },
    { embeddings: { float: [[0.1]] } },
    { about: "with the input type that it cannot be asked without" },
  ),
  {
    provider,
    mode: "rerank",
    params: { model: "cohere/rerank-v3.5" },
    env,
    exchanges: [
      {
        asks: {
          url: "https://api.cohere.com/v2/rerank",
          headers,
          body: { model: "rerank-v3.5", query: "ping", documents: ["ping"], top_n: 1 },
        },
        answer: {
          body: {
            results: [{ index: 0, relevance_score: 0.9 }],
            meta: { billed_units: { search_units: 1 } },
          },
        },
      },
    ],
    verdict: {
      class: "ok",
      usage: piecesOf("query", 1),
    },
  },
  refused(401, "invalid api token", "auth"),
  refused(402, "please add a payment method", "billing"),
  refused(404, "model 'command-r-08-2024' was removed", "model_not_found"),
  refused(429, "You are using a Trial key, which is limited to 1000 API calls / month", "billing"),
  refused(429, "You are past the per minute request limit", "rate_limited"),
  refused(498, "invalid api token", "auth"),
  refused(499, "request cancelled", "server_error"),
  refused(503, "service unavailable", "server_error"),
];
