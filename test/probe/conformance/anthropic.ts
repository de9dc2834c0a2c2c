// Anthropic's own API. (docs.anthropic.com/en/api)

import { type ConformanceCase, key, ping } from "./case.ts";

const provider = "anthropic";
const params = { model: "anthropic/claude-sonnet-4-5" };
const env = { ANTHROPIC_API_KEY: key };
const headers = { "x-api-key": key, "anthropic-version": "2023-06-01", authorization: null };

export const cases: readonly ConformanceCase[] = [
  {
    provider,
    mode: "chat",
    params,
    env,
    exchanges: [
      {
        asks: {
          url: "https://api.anthropic.com/v1/messages",
          headers,
          body: { model: "claude-sonnet-4-5", max_tokens: 16, messages: ping },
        },
        answer: {
          body: {
            type: "message",
            content: [{ type: "text", text: "pong" }],
            usage: { input_tokens: 8, output_tokens: 4 },
          },
        },
      },
    ],
    verdict: { class: "ok", usage: { promptTokens: 8, completionTokens: 4 } },
  },
  {
    provider,
    mode: "chat",
    rung: "metadata",
    params,
    env,
    exchanges: [
      {
        asks: { url: "https://api.anthropic.com/v1/models/claude-sonnet-4-5", headers },
        answer: { body: { type: "model", id: "claude-sonnet-4-5" } },
      },
    ],
    verdict: { class: "ok" },
  },
];
