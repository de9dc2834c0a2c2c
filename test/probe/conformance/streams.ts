// Streams of every family that can answer with one, in each of its modes: asked for, and left at the first token.

import {
  type CaseAnswer,
  type CaseRequest,
  type ConformanceCase,
  eventsOf,
  key,
  ping,
} from "./case.ts";

interface Row extends Pick<ConformanceCase, "provider" | "params" | "env"> {
  /** A chat when left out. */
  readonly mode?: ConformanceCase["mode"];
  readonly asks: CaseRequest;
  readonly answer: CaseAnswer;
  /** The model that the stream names. */
  readonly served?: string;
}

const bearer = { authorization: `Bearer ${key}` };
export const limited = { messages: ping, max_tokens: 16, stream: true };
export const served = "the-model-2026-01-01";
const chunk = (delta: object) => ({
  object: "chat.completion.chunk",
  model: served,
  choices: [{ index: 0, delta, finish_reason: null }],
});
export const chunks = [
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "pong" }),
  "[DONE]",
];
const text = { object: "text_completion", model: served, choices: [{ index: 0, text: "pong" }] };
const response = [
  { type: "response.created", response: { model: served, status: "in_progress" } },
  { type: "response.output_text.delta", delta: "po" },
  { type: "response.completed", response: { model: served, status: "completed" } },
];
export const message = [
  { type: "message_start", message: { type: "message", model: served, content: [] } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "pong" } },
  { type: "message_stop" },
];
export const part = {
  candidates: [{ content: { parts: [{ text: "pong" }] } }],
  modelVersion: served,
};
export const geminiBody = {
  contents: [{ role: "user", parts: [{ text: "ping" }] }],
  generationConfig: { maxOutputTokens: 16 },
};
/** The first of its lines. */
const lines = (line: object): CaseAnswer => ({
  headers: { "content-type": "application/x-ndjson" },
  body: `${JSON.stringify(line)}\n`,
});

const openai = { provider: "openai", env: { OPENAI_API_KEY: key }, served } as const;
const resource = "https://ours.openai.azure.com";
const dated = "api-version=2024-10-21";
const azure = {
  provider: "azure",
  env: { AZURE_API_KEY: key, AZURE_API_BASE: resource, AZURE_API_VERSION: "2024-10-21" },
  served,
} as const;
const deployment = `${resource}/openai/deployments/ours`;
const ollama = "http://localhost:11434/api";
const generated = {
  url: `${ollama}/generate`,
  body: { model: "llama", prompt: "ping", stream: true, options: { num_predict: 16 } },
};
const generating = lines({ model: "llama", response: "po", done: false });

const rows: readonly Row[] = [
  {
    ...openai,
    params: { model: "openai/gpt-4o-mini" },
    asks: {
      url: "https://api.openai.com/v1/chat/completions",
      headers: bearer,
      body: { model: "gpt-4o-mini", ...limited },
    },
    answer: eventsOf(...chunks),
  },
  {
    ...openai,
    mode: "completion",
    params: { model: "openai/gpt-3.5-turbo-instruct" },
    asks: {
      url: "https://api.openai.com/v1/completions",
      headers: bearer,
      body: { model: "gpt-3.5-turbo-instruct", prompt: "ping", max_tokens: 16, stream: true },
    },
    answer: eventsOf(text, "[DONE]"),
  },
  {
    ...openai,
    mode: "responses",
    params: { model: "openai/gpt-5-codex" },
    asks: {
      url: "https://api.openai.com/v1/responses",
      headers: bearer,
      body: {
        model: "gpt-5-codex",
        input: "ping",
        max_output_tokens: 16,
        store: false,
        stream: true,
      },
    },
    answer: eventsOf(...response),
  },
  {
    ...azure,
    params: { model: "azure/ours" },
    asks: {
      url: `${deployment}/chat/completions?${dated}`,
      headers: { "api-key": key },
      body: { messages: ping, max_completion_tokens: 16, stream: true },
    },
    answer: eventsOf({ choices: [], model: "", prompt_filter_results: [] }, ...chunks),
  },
  {
    ...azure,
    provider: "azure_text",
    mode: "completion",
    params: { model: "azure_text/ours" },
    asks: {
      url: `${deployment}/completions?${dated}`,
      headers: { "api-key": key },
      body: { prompt: "ping", max_tokens: 16, stream: true },
    },
    answer: eventsOf(text, "[DONE]"),
  },
  {
    ...azure,
    mode: "responses",
    params: { model: "azure/responses/ours" },
    asks: {
      url: `${resource}/openai/responses?${dated}`,
      headers: { "api-key": key },
      body: { model: "ours", input: "ping", max_output_tokens: 16, store: false, stream: true },
    },
    answer: eventsOf(...response),
  },
  {
    provider: "azure_ai",
    params: { model: "azure_ai/grok-3", api_base: "https://ours.services.ai.azure.com" },
    env: { AZURE_AI_API_KEY: key },
    asks: {
      url: "https://ours.services.ai.azure.com/models/chat/completions",
      headers: { "api-key": key },
      body: { model: "grok-3", ...limited },
    },
    answer: eventsOf(...chunks),
    served,
  },
  {
    provider: "databricks",
    params: { model: "databricks/ours", api_base: "https://dbc.cloud.databricks.com" },
    env: { DATABRICKS_API_KEY: key },
    asks: {
      url: "https://dbc.cloud.databricks.com/serving-endpoints/chat/completions",
      headers: bearer,
      body: { model: "ours", ...limited },
    },
    answer: eventsOf(...chunks),
    served,
  },
  {
    provider: "anthropic",
    params: { model: "anthropic/claude-sonnet-4-5" },
    env: { ANTHROPIC_API_KEY: key },
    asks: {
      url: "https://api.anthropic.com/v1/messages",
      headers: { "x-api-key": key, "anthropic-version": "2023-06-01" },
      body: { model: "claude-sonnet-4-5", ...limited },
    },
    answer: eventsOf(...message),
    served,
  },
  {
    provider: "gemini",
    params: { model: "gemini/gemini-2.5-flash" },
    env: { GEMINI_API_KEY: key },
    asks: {
      url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
      headers: { "x-goog-api-key": key },
      body: geminiBody,
    },
    answer: eventsOf(part),
    served,
  },
  {
    provider: "cohere",
    params: { model: "cohere/command-r-08-2024" },
    env: { COHERE_API_KEY: key },
    asks: {
      url: "https://api.cohere.com/v2/chat",
      headers: bearer,
      body: { model: "command-r-08-2024", ...limited },
    },
    answer: eventsOf(
      { type: "message-start", id: "m" },
      { type: "content-delta", delta: { message: { content: { text: "pong" } } } },
      { type: "message-end", delta: { finish_reason: "COMPLETE" } },
    ),
  },
  {
    provider: "ollama_chat",
    params: { model: "ollama_chat/llama" },
    asks: {
      url: `${ollama}/chat`,
      body: { model: "llama", messages: ping, stream: true, options: { num_predict: 16 } },
    },
    answer: lines({
      model: "llama",
      message: { role: "assistant", content: "po" },
      done: false,
    }),
    served: "llama",
  },
  ...(["chat", "completion"] as const).map(
    (mode): Row => ({
      provider: "ollama",
      mode,
      params: { model: "ollama/llama" },
      asks: generated,
      answer: generating,
      served: "llama",
    }),
  ),
];

export const cases: readonly ConformanceCase[] = rows.map(
  ({ mode = "chat", asks, answer, served: model, ...row }) => ({
    ...row,
    mode,
    about: "a stream",
    info: { mode, health_check_stream: true },
    exchanges: [{ asks, answer }],
    verdict: { class: "ok", ...(model === undefined ? {} : { servedModel: model }) },
  }),
);
