// Ollama. (github.com/ollama/ollama/blob/main/docs/api.md)

import { answersTo, type ConformanceCase, key, ping } from "./case.ts";

const base = "http://localhost:11434";
const done = { done: true, done_reason: "length", prompt_eval_count: 5, eval_count: 16 };
const usage = { promptTokens: 5, completionTokens: 16 };
const shown = { details: { family: "llama" }, model_info: {} };
const generate = {
  url: `${base}/api/generate`,
  headers: { authorization: null },
  body: { model: "llama3.2", prompt: "ping", stream: false, options: { num_predict: 16 } },
};

const answered = answersTo(
  { provider: "ollama", mode: "chat", params: { model: "ollama/llama3.2" } },
  generate,
);

function refused(
  status: number,
  error: string,
  outcome: ConformanceCase["verdict"]["class"],
): ConformanceCase {
  return answered(`${status} ${error}`, status, { error }, { class: outcome });
}

export const cases: readonly ConformanceCase[] = [
  {
    provider: "ollama",
    mode: "chat",
    params: { model: "ollama/llama3.2" },
    exchanges: [
      { asks: generate, answer: { body: { model: "llama3.2", response: "pong", ...done } } },
    ],
    verdict: { class: "ok", usage, servedModel: "llama3.2" },
  },
  {
    provider: "ollama",
    mode: "completion",
    params: { model: "ollama/llama3.2", api_base: "http://box:11434/api/generate" },
    info: { mode: "completion" },
    exchanges: [
      {
        asks: { ...generate, url: "http://box:11434/api/generate" },
        answer: { body: { model: "llama3.2", response: "pong", ...done } },
      },
    ],
    verdict: { class: "ok", usage },
  },
  {
    provider: "ollama",
    mode: "chat",
    rung: "metadata",
    params: { model: "ollama/llama3.2" },
    exchanges: [
      {
        asks: { url: `${base}/api/show`, body: { model: "llama3.2" } },
        answer: { status: 404, body: { error: "model 'llama3.2' not found" } },
      },
    ],
    verdict: { class: "model_not_found" },
  },
  {
    provider: "ollama",
    mode: "embedding",
    params: { model: "ollama/nomic-embed-text" },
    exchanges: [
      {
        asks: { url: `${base}/api/embed`, body: { model: "nomic-embed-text", input: ["ping"] } },
        answer: {
          body: { model: "nomic-embed-text", embeddings: [[0.1]], prompt_eval_count: 3 },
        },
      },
    ],
    verdict: { class: "ok", usage: { promptTokens: 3, completionTokens: null } },
  },
  {
    provider: "ollama_chat",
    mode: "chat",
    params: { model: "ollama_chat/llama3.2" },
    env: { OLLAMA_API_KEY: key, OLLAMA_API_BASE: "https://ollama.example" },
    exchanges: [
      {
        asks: {
          url: "https://ollama.example/api/chat",
          headers: { authorization: `Bearer ${key}` },
          body: {
            model: "llama3.2",
            messages: ping,
            stream: false,
            options: { num_predict: 16 },
          },
        },
        answer: {
          body: { model: "llama3.2", message: { role: "assistant", content: "pong" }, ...done },
        },
      },
    ],
    verdict: { class: "ok", usage },
  },
  {
    provider: "ollama_chat",
    mode: "chat",
    rung: "metadata",
    params: { model: "ollama_chat/llama3.2" },
    exchanges: [
      {
        asks: { url: `${base}/api/show`, body: { model: "llama3.2" } },
        answer: { body: shown },
      },
    ],
    verdict: { class: "ok" },
  },
  refused(401, "unauthorized", "auth"),
  refused(404, "model 'llama3.2' not found, try pulling it first", "model_not_found"),
  refused(500, "llama runner process has terminated: signal: killed", "server_error"),
  refused(500, "model requires more system memory (8.0 GiB) than is available", "server_error"),
  refused(503, "server busy, please try again. maximum pending requests exceeded", "overloaded"),
];
