// What those who speak OpenAI's API ask for, or answer, in a way of their own.

import { expect } from "bun:test";
import { type ConformanceCase, key, oneWithKey, piecesOf, ping } from "./case.ts";

const authorization = `Bearer ${key}`;
const file = { fileName: "silence.wav", type: "audio/wav" };

export const cases: readonly ConformanceCase[] = [
  oneWithKey(
    "openai_like",
    "embedding",
    "openai_like/bge-m3",
    {
      OPENAI_LIKE_API_KEY: key,
      OPENAI_LIKE_API_BASE: "https://box.example/v1/chat/completions",
    },
    {
      url: "https://box.example/v1/embeddings",
      body: { model: "bge-m3", input: ["ping"], encoding_format: "float" },
    },
    { data: [{ embedding: [0.1] }] },
    {},
    {
      about: "at an address that ends with another operation",
      params: { model: "openai_like/bge-m3", encoding_format: "float" },
    },
  ),
  oneWithKey(
    "openai_like",
    "chat",
    "openai_like/llama",
    { OPENAI_LIKE_API_KEY: key, OPENAI_LIKE_API_BASE: "https://box.example/v1/chat/completions" },
    {
      url: "https://box.example/v1/chat/completions",
      body: { model: "llama", messages: ping, max_tokens: 16 },
    },
    { choices: [{ message: { content: "pong" } }] },
    {},
    { about: "at an address that ends with the operation" },
  ),
  oneWithKey(
    "groq",
    "audio_transcription",
    "groq/whisper-large-v3",
    { GROQ_API_KEY: key },
    {
      url: "https://api.groq.com/openai/v1/audio/transcriptions",
      body: { form: { model: "whisper-large-v3", response_format: "json", file } },
    },
    { text: "" },
    {
      usage: piecesOf("second", 1),
    },
    { about: "which counts nothing, so what was sent counts" },
  ),
  oneWithKey(
    "mistral",
    "chat",
    "mistral/open-mistral-nemo",
    { MISTRAL_AZURE_API_KEY: key },
    {
      url: "https://api.mistral.ai/v1/chat/completions",
      headers: { authorization, "x-team": "search" },
      body: {
        model: "open-mistral-nemo",
        messages: ping,
        max_tokens: 16,
        safe_prompt: true,
        random_seed: 7,
      },
    },
    { choices: [{ message: { content: "pong" } }] },
    {},
    {
      about: "with what the operator has set, without what steers the proxy or samples",
      params: {
        model: "mistral/open-mistral-nemo",
        safe_prompt: true,
        temperature: 0.7,
        drop_params: true,
        timeout: 30,
        extra_body: { random_seed: 7, top_p: 1 },
        extra_headers: { "X-Team": "search" },
      },
    },
  ),
  oneWithKey(
    "openai",
    "chat",
    "openai/gpt-4o-audio-preview",
    { OPENAI_API_KEY: key },
    {
      url: "https://api.openai.com/v1/chat/completions",
      body: {
        model: "gpt-4o-audio-preview",
        messages: ping,
        max_tokens: 16,
        modalities: ["text"],
      },
    },
    { choices: [{ message: { content: "pong" } }] },
    {},
    { about: "of a model that would speak" },
  ),
  oneWithKey(
    "xai",
    "realtime",
    "xai/grok-voice-realtime",
    { XAI_API_KEY: key },
    { url: "wss://api.x.ai/v1/realtime?model=grok-voice-realtime" },
    { type: "conversation.created" },
  ),
  oneWithKey(
    "xai",
    "responses",
    "xai/grok-4",
    { XAI_API_KEY: key },
    {
      url: "https://api.x.ai/v1/responses",
      body: { model: "grok-4", input: "ping", max_output_tokens: 16, store: false },
    },
    { status: "completed", model: "grok-4-0709", usage: { input_tokens: 3, output_tokens: 9 } },
    { usage: { promptTokens: 3, completionTokens: 9 }, servedModel: "grok-4-0709" },
    { info: { mode: "responses" } },
  ),
  oneWithKey(
    "openrouter",
    "chat",
    "openrouter/openai/gpt-4o-mini",
    { OR_API_KEY: key },
    {
      url: "https://openrouter.ai/api/v1/chat/completions",
      body: { model: "openai/gpt-4o-mini", messages: ping, max_tokens: 16 },
    },
    {
      model: "openai/gpt-4o-mini-2024",
      choices: [{ message: { content: "pong" } }],
      usage: { prompt_tokens: 8, completion_tokens: 2, cost: 0.0000024 },
    },
    {
      usage: { promptTokens: 8, completionTokens: 2, costUsd: 0.0000024 },
      servedModel: "openai/gpt-4o-mini-2024",
    },
    { about: "which tells what it cost" },
  ),
  oneWithKey(
    "perplexity",
    "chat",
    "perplexity/sonar",
    { PERPLEXITY_API_KEY: key },
    {
      url: "https://api.perplexity.ai/chat/completions",
      body: { model: "sonar", messages: ping, max_tokens: 16, disable_search: true },
    },
    {
      choices: [{ message: { content: "pong" } }],
      usage: { prompt_tokens: 1, completion_tokens: 2, cost: { total_cost: 0.005 } },
    },
    { usage: { promptTokens: 1, completionTokens: 2, costUsd: 0.005 } },
    { about: "which tells what it cost" },
  ),
  oneWithKey(
    "text-completion-codestral",
    "completion",
    "text-completion-codestral/codestral-latest",
    { CODESTRAL_API_KEY: key },
    {
      url: "https://codestral.mistral.ai/v1/fim/completions",
      body: { model: "codestral-latest", prompt: "ping", max_tokens: 16 },
    },
    { choices: [{ message: { content: "pong" }, finish_reason: "length" }] },
  ),
  oneWithKey(
    "mistral",
    "batch",
    "mistral/mistral-small-latest",
    { MISTRAL_API_KEY: key },
    { url: "https://api.mistral.ai/v1/batch/jobs?page_size=1" },
    { object: "list", data: [], total: 0 },
    {},
    { info: { mode: "batch" } },
  ),
  oneWithKey(
    "mistral",
    "moderation",
    "mistral/mistral-moderation-latest",
    { MISTRAL_API_KEY: key },
    {
      url: "https://api.mistral.ai/v1/moderations",
      body: { model: "mistral-moderation-latest", input: "ping" },
    },
    { results: [{ categories: { pii: false } }], usage: { prompt_tokens: 2 } },
  ),
  oneWithKey(
    "mistral",
    "ocr",
    "mistral/mistral-ocr-latest",
    { MISTRAL_API_KEY: key },
    {
      url: "https://api.mistral.ai/v1/ocr",
      body: {
        model: "mistral-ocr-latest",
        document: {
          type: "document_url",
          document_url: expect.stringMatching(/^data:application\/pdf;base64,JVBERi0/),
        },
      },
    },
    { pages: [{ index: 0, markdown: "" }], usage_info: { pages_processed: 1 } },
    {
      usage: piecesOf("page", 1),
    },
  ),
  {
    provider: "bytez",
    mode: "chat",
    params: { model: "bytez/openai-community/gpt2" },
    env: { BYTEZ_API_KEY: key },
    exchanges: [
      {
        asks: {
          url: "https://api.bytez.com/models/v2/openai-community/gpt2",
          headers: { authorization: `Key ${key}` },
          body: { messages: ping, stream: false, params: { max_new_tokens: 16 } },
        },
        answer: { body: { error: null, output: { role: "assistant", content: "pong" } } },
      },
    ],
    verdict: { class: "ok" },
  },
  oneWithKey(
    "datarobot",
    "chat",
    "datarobot/unknown",
    {
      DATAROBOT_API_TOKEN: key,
      DATAROBOT_ENDPOINT: "https://app.datarobot.com/api/v2/deployments/d1",
    },
    {
      url: "https://app.datarobot.com/api/v2/deployments/d1/chat/completions/",
      body: { model: "unknown", messages: ping, max_tokens: 16 },
    },
    { choices: [{ message: { content: "pong" } }] },
    {},
    { about: "at a deployment's address", onlyAtItsOwnHost: true },
  ),
  oneWithKey(
    "gradient_ai",
    "chat",
    "gradient_ai/agent",
    {
      GRADIENT_AI_API_KEY: key,
      GRADIENT_AI_AGENT_ENDPOINT: "https://a1.agents.do-ai.run",
    },
    {
      url: "https://a1.agents.do-ai.run/api/v1/chat/completions",
      body: { model: "agent", messages: ping, max_tokens: 16 },
    },
    { choices: [{ message: { content: "pong" } }] },
    {},
    { about: "of an agent's address", onlyAtItsOwnHost: true },
  ),
  oneWithKey(
    "baseten",
    "chat",
    "baseten/abcd1234",
    { BASETEN_API_KEY: key },
    {
      url: "https://model-abcd1234.api.baseten.co/environments/production/sync/v1/chat/completions",
      body: { model: "abcd1234", messages: ping, max_tokens: 16 },
    },
    { choices: [{ message: { content: "pong" } }] },
    {},
    { about: "of a model with a host of its own", onlyAtItsOwnHost: true },
  ),
  {
    provider: "deepseek",
    mode: "chat",
    about: "under load, with empty lines before the answer",
    params: { model: "deepseek/deepseek-chat" },
    env: { DEEPSEEK_API_KEY: key },
    exchanges: [
      {
        asks: {
          url: "https://api.deepseek.com/beta/chat/completions",
          headers: { authorization },
          body: { model: "deepseek-chat", messages: ping, max_tokens: 16 },
        },
        answer: { body: `\n\n\n\n{"choices":[{"message":{"content":"pong"}}]}` },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider: "minimax",
    mode: "chat",
    about: "with an error in a 200",
    params: { model: "minimax/MiniMax-M2" },
    env: { MINIMAX_API_KEY: key },
    exchanges: [
      {
        asks: {
          url: "https://api.minimax.io/v1/chat/completions",
          headers: { authorization },
          body: { model: "MiniMax-M2", messages: ping, max_tokens: 16 },
        },
        answer: { body: { base_resp: { status_code: 1008, status_msg: "insufficient balance" } } },
      },
    ],
    verdict: { class: "billing" },
  },
  oneWithKey(
    "dashscope",
    "chat",
    "dashscope/qwen3-8b",
    { DASHSCOPE_API_KEY: key },
    {
      url: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions",
      body: { model: "qwen3-8b", messages: ping, max_tokens: 16, enable_thinking: false },
    },
    { choices: [{ message: { content: "pong" } }] },
    {},
    { about: "of a model that thinks in streams only" },
  ),
  {
    provider: "minimax",
    mode: "chat",
    about: "by Anthropic's API",
    params: {
      model: "minimax/MiniMax-M2",
      api_base: "https://api.minimax.io/anthropic/v1/messages",
    },
    env: { MINIMAX_API_KEY: key },
    exchanges: [
      {
        asks: {
          url: "https://api.minimax.io/anthropic/v1/messages",
          headers: { authorization, "x-api-key": null, "anthropic-version": "2023-06-01" },
          body: { model: "MiniMax-M2", messages: ping, max_tokens: 16 },
        },
        answer: {
          body: {
            type: "message",
            content: [{ type: "text", text: "pong" }],
            usage: { input_tokens: 8, output_tokens: 2 },
          },
        },
      },
    ],
    verdict: { class: "ok", usage: { promptTokens: 8, completionTokens: 2 } },
  },
  oneWithKey(
    "voyage",
    "embedding",
    "voyage/voyage-context-3",
    { VOYAGE_API_KEY: key },
    {
      url: "https://api.voyageai.com/v1/contextualizedembeddings",
      body: { model: "voyage-context-3", inputs: [["ping"]] },
    },
    {
      object: "list",
      data: [{ object: "list", data: [{ object: "embedding", embedding: [0.1], index: 0 }] }],
      usage: { total_tokens: 1 },
    },
    { usage: { promptTokens: 1, completionTokens: null } },
    { about: "in context", info: { mode: "embedding" } },
  ),
];
