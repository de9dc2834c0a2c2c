// The simulated providers on the wire: which operation a request is, whether its key and body are in order, and the answer as the
// provider documents it. One row a family.

export interface Operation {
  readonly family: FamilyRow;
  readonly kind: "chat" | "completion" | "embedding" | "metadata";
  readonly model: string;
}

type Body = Readonly<Record<string, unknown>>;

interface FamilyRow {
  /** The request carries a key of the right form. */
  readonly hasKey: (headers: Headers) => boolean;
  /** What the body lacks, or null. */
  readonly lacks: (kind: Operation["kind"], body: Body) => string | null;
  readonly answer: (operation: Operation, how: "words" | "thinking" | "filtered") => object;
  /** The error body of this provider. */
  readonly error: (status: number, code: string, message: string) => object;
}

const bearer = (headers: Headers) => /^Bearer sk-/.test(headers.get("authorization") ?? "");
const listIn = (body: Body, key: string) => Array.isArray(body[key]) && body[key].length > 0;
const vector = [0.01, -0.02, 0.03];
const created = 1_700_000_000;

const openaiError: FamilyRow["error"] = (_status, code, message) => ({
  error: { message, type: code, param: null, code },
});

const openai: FamilyRow = {
  hasKey: bearer,
  lacks(kind, body) {
    if (kind === "chat") return listIn(body, "messages") ? null : "messages";
    if (kind === "completion") return typeof body["prompt"] === "string" ? null : "prompt";
    return body["input"] === undefined ? "input" : null;
  },
  answer({ kind, model }, how) {
    if (kind === "metadata") return { id: model, object: "model", created, owned_by: "demo" };
    if (kind === "embedding") {
      return {
        object: "list",
        data: [{ object: "embedding", index: 0, embedding: vector }],
        model,
        usage: { prompt_tokens: 1, total_tokens: 1 },
      };
    }
    const ends = { words: "stop", thinking: "length", filtered: "content_filter" }[how];
    const content = how === "words" ? "pong" : how === "thinking" ? "" : null;
    const choice =
      kind === "chat"
        ? { index: 0, message: { role: "assistant", content }, finish_reason: ends }
        : { index: 0, text: content ?? "", finish_reason: ends };
    const thought = how === "thinking" ? 16 : 2;
    return {
      id: "chatcmpl-demo",
      object: kind === "chat" ? "chat.completion" : "text_completion",
      created,
      model,
      choices: [choice],
      usage: { prompt_tokens: 8, completion_tokens: thought, total_tokens: 8 + thought },
    };
  },
  error: openaiError,
};

const anthropic: FamilyRow = {
  hasKey: (headers) =>
    headers.get("x-api-key") !== null && headers.get("anthropic-version") !== null,
  lacks: (_kind, body) =>
    typeof body["max_tokens"] !== "number"
      ? "max_tokens"
      : listIn(body, "messages")
        ? null
        : "messages",
  answer({ kind, model }, how) {
    if (kind === "metadata")
      return { type: "model", id: model, display_name: model, created_at: "2025-01-01T00:00:00Z" };
    return {
      id: "msg_demo",
      type: "message",
      role: "assistant",
      model,
      content: how === "words" ? [{ type: "text", text: "pong" }] : [],
      stop_reason: { words: "end_turn", thinking: "max_tokens", filtered: "refusal" }[how],
      usage: { input_tokens: 8, output_tokens: 4 },
    };
  },
  error: (status, _code, message) => ({
    type: "error",
    error: {
      type:
        {
          401: "authentication_error",
          404: "not_found_error",
          429: "rate_limit_error",
          503: "overloaded_error",
        }[status] ?? (status >= 500 ? "api_error" : "invalid_request_error"),
      message,
    },
  }),
};

const gemini: FamilyRow = {
  hasKey: (headers) => headers.get("x-goog-api-key") !== null,
  lacks: (kind, body) =>
    kind === "embedding"
      ? body["content"] === undefined
        ? "content"
        : null
      : listIn(body, "contents")
        ? null
        : "contents",
  answer({ kind, model }, how) {
    if (kind === "metadata") return { name: `models/${model}`, displayName: model };
    if (kind === "embedding") return { embedding: { values: vector } };
    const usageMetadata = {
      promptTokenCount: 4,
      candidatesTokenCount: how === "words" ? 2 : 0,
      totalTokenCount: 6,
    };
    if (how === "filtered") return { promptFeedback: { blockReason: "SAFETY" }, usageMetadata };
    const content =
      how === "words" ? { parts: [{ text: "pong" }], role: "model" } : { role: "model" };
    return {
      candidates: [{ content, finishReason: how === "words" ? "STOP" : "MAX_TOKENS" }],
      usageMetadata,
      modelVersion: model,
    };
  },
  error: (status, _code, message) => ({
    error: {
      code: status,
      message,
      status:
        {
          400: "INVALID_ARGUMENT",
          401: "UNAUTHENTICATED",
          404: "NOT_FOUND",
          429: "RESOURCE_EXHAUSTED",
          503: "UNAVAILABLE",
        }[status] ?? "INTERNAL",
    },
  }),
};

const cohere: FamilyRow = {
  hasKey: bearer,
  lacks: (kind, body) =>
    kind === "embedding"
      ? (["texts", "input_type"].find((key) => body[key] === undefined) ?? null)
      : listIn(body, "messages")
        ? null
        : "messages",
  answer({ kind, model }, how) {
    if (kind === "metadata") return { name: model, endpoints: ["chat"] };
    if (kind === "embedding") {
      return {
        id: "demo",
        embeddings: { float: [vector] },
        meta: { billed_units: { input_tokens: 1 } },
      };
    }
    return {
      id: "demo",
      message: {
        role: "assistant",
        content: how === "words" ? [{ type: "text", text: "pong" }] : [],
      },
      finish_reason: how === "words" ? "COMPLETE" : "MAX_TOKENS",
      usage: {
        billed_units: { input_tokens: 1, output_tokens: 2 },
        tokens: { input_tokens: 60, output_tokens: 2 },
      },
    };
  },
  error: (_status, _code, message) => ({ id: "demo", message }),
};

const ollama: FamilyRow = {
  hasKey: () => true,
  lacks: (_kind, body) => (typeof body["model"] === "string" ? null : "model"),
  answer({ kind, model }) {
    if (kind === "metadata") return { details: { family: "llama" }, model_info: {} };
    if (kind === "embedding") return { model, embeddings: [vector], prompt_eval_count: 1 };
    return {
      model,
      created_at: "2025-01-01T00:00:00Z",
      message: { role: "assistant", content: "pong" },
      response: "pong",
      done: true,
      done_reason: "stop",
      prompt_eval_count: 5,
      eval_count: 2,
    };
  },
  error: (_status, _code, message) => ({ error: message }),
};

const azure: FamilyRow = {
  ...openai,
  hasKey: (headers) => headers.get("api-key") !== null || bearer(headers),
};

interface Route {
  readonly method: "GET" | "POST";
  readonly pattern: RegExp;
  readonly family: FamilyRow;
  readonly kind: Operation["kind"];
}

const routes: readonly Route[] = [
  {
    method: "POST",
    pattern: /^\/openai\/deployments\/([^/]+)\/chat\/completions$/,
    family: azure,
    kind: "chat",
  },
  {
    method: "POST",
    pattern: /^\/openai\/deployments\/([^/]+)\/completions$/,
    family: azure,
    kind: "completion",
  },
  {
    method: "POST",
    pattern: /^\/openai\/deployments\/([^/]+)\/embeddings$/,
    family: azure,
    kind: "embedding",
  },
  { method: "GET", pattern: /^\/openai\/models$/, family: azure, kind: "metadata" },
  { method: "POST", pattern: /^\/v1\/chat\/completions$/, family: openai, kind: "chat" },
  { method: "POST", pattern: /^\/v1\/completions$/, family: openai, kind: "completion" },
  { method: "POST", pattern: /^\/v1\/embeddings$/, family: openai, kind: "embedding" },
  { method: "POST", pattern: /^\/v1\/messages$/, family: anthropic, kind: "chat" },
  {
    method: "POST",
    pattern: /^\/v1beta\/models\/([^/:]+):generateContent$/,
    family: gemini,
    kind: "chat",
  },
  {
    method: "POST",
    pattern: /^\/v1beta\/models\/([^/:]+):embedContent$/,
    family: gemini,
    kind: "embedding",
  },
  { method: "GET", pattern: /^\/v1beta\/models\/([^/:]+)$/, family: gemini, kind: "metadata" },
  { method: "POST", pattern: /^\/v2\/chat$/, family: cohere, kind: "chat" },
  { method: "POST", pattern: /^\/v2\/embed$/, family: cohere, kind: "embedding" },
  { method: "POST", pattern: /^\/api\/(?:chat|generate)$/, family: ollama, kind: "chat" },
  { method: "POST", pattern: /^\/api\/embed$/, family: ollama, kind: "embedding" },
  { method: "POST", pattern: /^\/api\/show$/, family: ollama, kind: "metadata" },
  { method: "GET", pattern: /^\/v1\/models(?:\/([^/]+))?$/, family: openai, kind: "metadata" },
];

/** The operation of a request, or null for a path that no provider has. The model comes from the path or the body. */
export function operationOf(
  method: string,
  path: string,
  body: Body,
  headers: Headers,
): Operation | null {
  for (const route of routes) {
    if (route.method !== method) continue;
    const match = route.pattern.exec(path);
    if (match === null) continue;
    const model = match[1] ?? (typeof body["model"] === "string" ? body["model"] : "demo-model");
    // Anthropic and OpenAI share the path of the model list; the header tells them apart.
    const isAnthropic = route.kind === "metadata" && headers.has("anthropic-version");
    return {
      family: isAnthropic ? anthropic : route.family,
      kind: route.kind,
      model: decodeURIComponent(model),
    };
  }
  return null;
}
