// One chat and the free question of the families with an API of their own.

import { type CaseRequest, type ConformanceCase, key, ping } from "./case.ts";

interface Family {
  readonly model: string;
  readonly variable: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly paid: CaseRequest;
  readonly answer: unknown;
  readonly free: CaseRequest;
}

const bearer = { authorization: `Bearer ${key}` };
const cohere: Omit<Family, "model"> = {
  variable: "COHERE_API_KEY",
  headers: bearer,
  paid: {
    url: "https://api.cohere.com/v2/chat",
    body: { model: "command-r", messages: ping, max_tokens: 16, stream: false },
  },
  answer: { message: { content: [{ type: "text", text: "pong" }] }, finish_reason: "COMPLETE" },
  free: { url: "https://api.cohere.com/v1/models/command-r" },
};
const ollamaFree = { url: "http://localhost:11434/api/show", body: { model: "qwen2.5" } };

const families: Readonly<Record<string, Family>> = {
  gemini: {
    model: "gemini-2.5-flash",
    variable: "GEMINI_API_KEY",
    headers: { "x-goog-api-key": key },
    paid: {
      url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent",
      body: {
        contents: [{ role: "user", parts: [{ text: "ping" }] }],
        generationConfig: { maxOutputTokens: 16 },
      },
    },
    answer: { candidates: [{ content: { parts: [{ text: "pong" }] }, finishReason: "STOP" }] },
    free: { url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash" },
  },
  cohere: { ...cohere, model: "command-r" },
  cohere_chat: { ...cohere, model: "command-r" },
  ollama_chat: {
    model: "qwen2.5",
    variable: "OLLAMA_API_KEY",
    headers: bearer,
    paid: {
      url: "http://localhost:11434/api/chat",
      body: { model: "qwen2.5", messages: ping, stream: false, options: { num_predict: 16 } },
    },
    answer: { message: { content: "pong" }, done: true },
    free: ollamaFree,
  },
  ollama: {
    model: "qwen2.5",
    variable: "OLLAMA_API_KEY",
    headers: bearer,
    paid: {
      url: "http://localhost:11434/api/generate",
      body: { model: "qwen2.5", prompt: "ping", stream: false, options: { num_predict: 16 } },
    },
    answer: { response: "pong", done: true },
    free: ollamaFree,
  },
};

export const cases: readonly ConformanceCase[] = Object.entries(families).flatMap(
  ([provider, { model, variable, headers, paid, answer, free }]) => {
    const shared = {
      provider,
      mode: "chat",
      params: { model: `${provider}/${model}` },
      env: { [variable]: key },
      verdict: { class: "ok" },
    } as const;
    return [
      { ...shared, exchanges: [{ asks: { headers, ...paid }, answer: { body: answer } }] },
      {
        ...shared,
        rung: "metadata",
        exchanges: [{ asks: { headers, ...free }, answer: { body: {} } }],
      },
    ] as const;
  },
);
