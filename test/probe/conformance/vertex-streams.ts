// Streams of Google Vertex AI: each publisher has its own. (cloud.google.com/vertex-ai/generative-ai/docs/partner-models)

import { type ConformanceCase, eventsOf, ping } from "./case.ts";
import { chunks, geminiBody, limited, message, part, served } from "./streams.ts";
import { login, placed, token } from "./vertex.ts";

const place =
  "https://us-east5-aiplatform.googleapis.com/v1/projects/the-project/locations/us-east5";
const claude = {
  anthropic_version: "vertex-2023-10-16",
  max_tokens: 16,
  messages: ping,
  stream: true,
};

const rows: readonly (readonly [
  model: string,
  url: string,
  body: object,
  events: readonly unknown[],
])[] = [
  [
    "gemini-2.5-flash",
    `${place}/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse`,
    geminiBody,
    [part],
  ],
  [
    "claude-sonnet-4@20250514",
    `${place}/publishers/anthropic/models/claude-sonnet-4@20250514:streamRawPredict`,
    claude,
    message,
  ],
  [
    "mistral-large-2411",
    `${place}/publishers/mistralai/models/mistral-large-2411:streamRawPredict`,
    { model: "mistral-large-2411", ...limited },
    chunks,
  ],
  [
    "meta/llama-3.3-70b-instruct-maas",
    `${place}/endpoints/openapi/chat/completions`,
    { model: "meta/llama-3.3-70b-instruct-maas", ...limited },
    chunks,
  ],
];

export const cases: readonly ConformanceCase[] = rows.map(([model, url, body, events]) => ({
  provider: "vertex_ai",
  mode: "chat",
  about: `a stream of ${model}`,
  params: { model: `vertex_ai/${model}`, ...placed("us-east5") },
  info: { health_check_stream: true },
  exchanges: [
    login,
    {
      asks: { url, headers: { authorization: `Bearer ${token}` }, body },
      answer: eventsOf(...events),
    },
  ],
  verdict: { class: "ok", servedModel: served },
}));
