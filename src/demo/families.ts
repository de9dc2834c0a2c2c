// What each simulated provider says: its key, what a body must hold, its answers, its errors and
// its rate limits, as the vendor documents them. One row a family; which path belongs to which
// stands in wire.ts.

import { wireModels } from "./kinds.ts";
import type { Asked, Ending, OperationKind } from "./question.ts";
import {
  anthropicStream,
  azureStream,
  cohereStream,
  geminiStream,
  ollamaStream,
  openaiStream,
  type Stream,
} from "./streams.ts";

export type Body = Readonly<Record<string, unknown>>;
type HeaderValues = Readonly<Record<string, string>>;

export interface FamilyRow {
  /** The request carries a key of the right form. */
  readonly hasKey: (headers: Headers) => boolean;
  /** What the body of a question lacks, or null. */
  readonly lacks: (kind: OperationKind, body: Body) => string | null;
  readonly answer: (asked: Asked, ending: Ending) => object;
  readonly stream: (asked: Asked, ending: Ending) => Stream;
  /** The error body of this provider. */
  readonly error: (status: number, code: string, message: string) => object;
  /** Headers of every answer, and those of a 429. */
  readonly limits: { readonly room: HeaderValues; readonly spent: HeaderValues };
}

/** Seconds that a rate-limited deployment asks to be left alone. */
const pauseS = 20;
const vector = [0.01, -0.02, 0.03];
const created = 1_700_000_000;
const createdAt = "2025-01-01T00:00:00Z";

const bearer = (headers: Headers) => /^Bearer sk-/.test(headers.get("authorization") ?? "");
const listIn = (body: Body, key: string) => Array.isArray(body[key]) && body[key].length > 0;
const noLimits = { room: {}, spent: {} };

function openaiAnswer({ kind, model }: Asked, ending: Ending): object {
  const modelRow = (id: string) => ({ id, object: "model", created, owned_by: "demo" });
  if (kind === "metadata") return modelRow(model);
  if (kind === "list") return { object: "list", data: wireModels.map(modelRow) };
  if (kind === "embedding") {
    return {
      object: "list",
      data: [{ object: "embedding", index: 0, embedding: vector }],
      model,
      usage: { prompt_tokens: 1, total_tokens: 1 },
    };
  }
  const finish_reason = { words: "stop", thinking: "length", filtered: "content_filter" }[ending];
  const content = { words: "pong", thinking: "", filtered: null }[ending];
  const completion_tokens = ending === "thinking" ? 16 : 2;
  return {
    id: "chatcmpl-demo",
    object: kind === "chat" ? "chat.completion" : "text_completion",
    created,
    model,
    choices: [
      kind === "chat"
        ? { index: 0, message: { role: "assistant", content }, finish_reason }
        : { index: 0, text: content ?? "", finish_reason },
    ],
    usage: { prompt_tokens: 8, completion_tokens, total_tokens: 8 + completion_tokens },
  };
}

export const openai: FamilyRow = {
  hasKey: bearer,
  lacks(kind, body) {
    if (kind === "chat") return listIn(body, "messages") ? null : "messages";
    if (kind === "completion") return typeof body["prompt"] === "string" ? null : "prompt";
    return body["input"] === undefined ? "input" : null;
  },
  answer: openaiAnswer,
  stream: openaiStream,
  error: (_status, code, message) => ({ error: { message, type: code, param: null, code } }),
  limits: {
    room: { "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59" },
    spent: {
      "retry-after": String(pauseS),
      "x-ratelimit-limit-requests": "60",
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": `${pauseS}s`,
    },
  },
};

export const azure: FamilyRow = {
  ...openai,
  hasKey: (headers) => headers.get("api-key") !== null || bearer(headers),
  stream: azureStream,
};

export const anthropic: FamilyRow = {
  hasKey: (headers) => headers.get("x-api-key") !== null && headers.has("anthropic-version"),
  lacks(_kind, body) {
    if (typeof body["max_tokens"] !== "number") return "max_tokens";
    return listIn(body, "messages") ? null : "messages";
  },
  stream: anthropicStream,
  answer({ kind, model }, ending) {
    const modelRow = (id: string) => ({
      type: "model",
      id,
      display_name: id,
      created_at: createdAt,
    });
    if (kind === "metadata") return modelRow(model);
    if (kind === "list") return { data: wireModels.map(modelRow), has_more: false };
    return {
      id: "msg_demo",
      type: "message",
      role: "assistant",
      model,
      content: ending === "words" ? [{ type: "text", text: "pong" }] : [],
      stop_reason: { words: "end_turn", thinking: "max_tokens", filtered: "refusal" }[ending],
      usage: { input_tokens: 8, output_tokens: 4 },
    };
  },
  error(status, _code, message) {
    const type = {
      401: "authentication_error",
      404: "not_found_error",
      429: "rate_limit_error",
      503: "overloaded_error",
    }[status];
    const otherwise = status >= 500 ? "api_error" : "invalid_request_error";
    return { type: "error", error: { type: type ?? otherwise, message } };
  },
  limits: {
    room: {
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "49",
    },
    spent: {
      "retry-after": String(pauseS),
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "0",
    },
  },
};

export const gemini: FamilyRow = {
  hasKey: (headers) => headers.has("x-goog-api-key"),
  lacks(kind, body) {
    if (kind === "embedding") return body["content"] === undefined ? "content" : null;
    return listIn(body, "contents") ? null : "contents";
  },
  stream: geminiStream,
  answer({ kind, model }, ending) {
    const modelRow = (id: string) => ({ name: `models/${id}`, displayName: id });
    if (kind === "metadata") return modelRow(model);
    if (kind === "list") return { models: wireModels.map(modelRow) };
    if (kind === "embedding") return { embedding: { values: vector } };
    const candidatesTokenCount = ending === "words" ? 2 : 0;
    const usageMetadata = {
      promptTokenCount: 4,
      candidatesTokenCount,
      totalTokenCount: 4 + candidatesTokenCount,
    };
    if (ending === "filtered") return { promptFeedback: { blockReason: "SAFETY" }, usageMetadata };
    const candidate =
      ending === "words"
        ? { content: { parts: [{ text: "pong" }], role: "model" }, finishReason: "STOP" }
        : { content: { role: "model" }, finishReason: "MAX_TOKENS" };
    return { candidates: [candidate], usageMetadata, modelVersion: model };
  },
  error(status, _code, message) {
    const name = {
      400: "INVALID_ARGUMENT",
      401: "UNAUTHENTICATED",
      404: "NOT_FOUND",
      429: "RESOURCE_EXHAUSTED",
      503: "UNAVAILABLE",
    }[status];
    // Google says in the body what others say in headers.
    const retry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${pauseS}s` };
    const details = status === 429 ? { details: [retry] } : {};
    return { error: { code: status, message, status: name ?? "INTERNAL", ...details } };
  },
  limits: noLimits,
};

export const cohere: FamilyRow = {
  hasKey: bearer,
  lacks(kind, body) {
    if (kind !== "embedding") return listIn(body, "messages") ? null : "messages";
    return ["texts", "input_type"].find((key) => body[key] === undefined) ?? null;
  },
  stream: cohereStream,
  answer({ kind, model }, ending) {
    if (kind === "embedding") {
      return {
        id: "demo",
        embeddings: { float: [vector] },
        meta: { billed_units: { input_tokens: 1 } },
      };
    }
    return {
      id: "demo",
      model,
      message: {
        role: "assistant",
        content: ending === "words" ? [{ type: "text", text: "pong" }] : [],
      },
      finish_reason: ending === "words" ? "COMPLETE" : "MAX_TOKENS",
      usage: {
        billed_units: { input_tokens: 1, output_tokens: 2 },
        tokens: { input_tokens: 60, output_tokens: 2 },
      },
    };
  },
  error: (_status, _code, message) => ({ id: "demo", message }),
  limits: noLimits,
};

export const ollama: FamilyRow = {
  // A server of one's own asks for no key.
  hasKey: () => true,
  lacks: (_kind, body) => (typeof body["model"] === "string" ? null : "model"),
  stream: ollamaStream,
  answer({ kind, model }, ending) {
    if (kind === "metadata") return { details: { family: "llama" }, model_info: {} };
    if (kind === "list") return { models: wireModels.map((name) => ({ name, model: name })) };
    if (kind === "embedding") return { model, embeddings: [vector], prompt_eval_count: 1 };
    const words = ending === "words" ? "pong" : "";
    return {
      model,
      created_at: createdAt,
      message: { role: "assistant", content: words },
      response: words,
      done: true,
      done_reason: ending === "words" ? "stop" : "length",
      prompt_eval_count: 5,
      eval_count: 2,
    };
  },
  error: (_status, _code, message) => ({ error: message }),
  limits: noLimits,
};
