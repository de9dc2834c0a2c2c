// Streams of vendors with a wire format of their own: each is left at its first token.

import { type ConformanceCase, eventsOf, key, ping } from "./case.ts";

const info = { health_check_stream: true };

const predibase = {
  provider: "predibase",
  mode: "chat",
  params: { model: "predibase/llama" },
  info,
  env: { PREDIBASE_API_KEY: key, PREDIBASE_TENANT_ID: "acme" },
} as const;
const generated = {
  url: "https://serving.app.predibase.com/acme/deployments/v2/llms/llama/generate_stream",
  body: { inputs: "ping", parameters: { details: true, max_new_tokens: 16 } },
};

const triton = {
  provider: "triton",
  mode: "chat",
  params: { model: "triton/ensemble", api_base: "https://triton.example" },
  info,
} as const;
const ensemble = {
  url: "https://triton.example/v2/models/ensemble/generate_stream",
  body: {
    text_input: "ping",
    parameters: { max_tokens: 16, bad_words: [""], stop_words: [""] },
    stream: true,
  },
};

const cloudflare = {
  provider: "cloudflare",
  mode: "chat",
  params: { model: "cloudflare/@cf/meta/llama" },
  info,
  env: { CLOUDFLARE_API_KEY: key, CLOUDFLARE_ACCOUNT_ID: "acc1" },
} as const;
const run = {
  url: "https://api.cloudflare.com/client/v4/accounts/acc1/ai/run/@cf/meta/llama",
  body: { messages: ping, max_tokens: 16, stream: true },
};

export const cases: readonly ConformanceCase[] = [
  {
    ...predibase,
    about: "a stream",
    exchanges: [
      {
        asks: generated,
        answer: eventsOf(
          { token: { id: 1, text: "po", special: false }, generated_text: null, details: null },
          { token: { id: 2, text: "ng" }, generated_text: "pong", details: {} },
        ),
      },
    ],
    verdict: { class: "ok" },
  },
  {
    ...predibase,
    about: "a stream that fails before its first token",
    exchanges: [
      {
        asks: generated,
        answer: eventsOf({ error: "Request failed during generation", error_type: "generation" }),
      },
    ],
    verdict: { class: "server_error" },
  },
  {
    ...triton,
    about: "a stream",
    exchanges: [
      {
        asks: ensemble,
        answer: eventsOf({ model_name: "ensemble", text_output: "po" }, { text_output: "ng" }),
      },
    ],
    verdict: { class: "ok", servedModel: "ensemble" },
  },
  {
    ...cloudflare,
    about: "a stream",
    exchanges: [
      { asks: run, answer: eventsOf({ response: "po", p: "ab" }, { response: "ng" }, "[DONE]") },
    ],
    verdict: { class: "ok" },
  },
  {
    ...cloudflare,
    about: "a stream of chunks as OpenAI's",
    exchanges: [
      {
        asks: run,
        answer: eventsOf(
          { choices: [{ delta: { role: "assistant", content: "" } }] },
          { choices: [{ delta: { content: "pong" } }] },
          "[DONE]",
        ),
      },
    ],
    verdict: { class: "ok" },
  },
  {
    ...cloudflare,
    about: "a server that does not stream",
    exchanges: [{ asks: run, answer: { body: { success: true, result: { response: "pong" } } } }],
    verdict: { class: "ok" },
  },
];
