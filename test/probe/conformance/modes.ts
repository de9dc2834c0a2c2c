// OpenAI's API in all its modes, at OpenAI and at those who serve one in a way of their own.

import { expect } from "bun:test";
import { type CaseRequest, type ConformanceCase, key, ping } from "./case.ts";

const authorization = `Bearer ${key}`;
const openaiEnv = { OPENAI_API_KEY: key };
const file = { fileName: "silence.wav", type: "audio/wav" };

/** A case of one exchange with a Bearer key. */
function one(
  provider: string,
  mode: ConformanceCase["mode"],
  model: string,
  env: Readonly<Record<string, string>>,
  asks: CaseRequest,
  body: unknown,
  verdict: Partial<ConformanceCase["verdict"]> = {},
  more: Partial<ConformanceCase> = {},
): ConformanceCase {
  return {
    provider,
    mode,
    params: { model },
    env,
    exchanges: [{ asks: { headers: { authorization }, ...asks }, answer: { body } }],
    verdict: { class: "ok", ...verdict },
    ...more,
  };
}

const openai = "https://api.openai.com/v1";
const scored = { results: [{ index: 0, relevance_score: 0.98 }] };

const ofOpenai: readonly ConformanceCase[] = [
  one(
    "openai",
    "completion",
    "openai/gpt-3.5-turbo-instruct",
    openaiEnv,
    {
      url: `${openai}/completions`,
      body: { model: "gpt-3.5-turbo-instruct", prompt: "ping", max_tokens: 16 },
    },
    { choices: [{ text: "pong", finish_reason: "length" }], model: "gpt-3.5-turbo-instruct:x" },
    { servedModel: "gpt-3.5-turbo-instruct:x" },
  ),
  one(
    "text-completion-openai",
    "completion",
    "text-completion-openai/davinci-002",
    openaiEnv,
    {
      url: `${openai}/completions`,
      body: { model: "davinci-002", prompt: "ping", max_tokens: 16 },
    },
    { choices: [{ text: "pong", finish_reason: "length" }] },
  ),
  one(
    "text-completion-openai",
    "completion",
    "text-completion-openai/davinci-002",
    openaiEnv,
    { url: `${openai}/models/davinci-002` },
    { id: "davinci-002" },
    {},
    { rung: "metadata", onlyAtItsOwnHost: true },
  ),
  one(
    "openai",
    "responses",
    "openai/responses/gpt-5-codex",
    openaiEnv,
    {
      url: `${openai}/responses`,
      body: { model: "gpt-5-codex", input: "ping", max_output_tokens: 16, store: false },
    },
    {
      object: "response",
      model: "gpt-5-codex-2025",
      status: "incomplete",
      error: null,
      incomplete_details: { reason: "max_output_tokens" },
      usage: { input_tokens: 7, output_tokens: 16 },
    },
    {
      class: "ok_limited_output",
      usage: { promptTokens: 7, completionTokens: 16 },
      servedModel: "gpt-5-codex-2025",
    },
  ),
  one(
    "openai",
    "responses",
    "openai/o3-pro",
    openaiEnv,
    {
      url: `${openai}/responses`,
      body: {
        model: "o3-pro",
        input: "ping",
        max_output_tokens: 16,
        store: false,
        reasoning: { effort: "medium" },
      },
    },
    {
      status: "failed",
      error: { code: "rate_limit_exceeded", message: "Rate limit reached" },
    },
    { class: "rate_limited" },
    {
      about: "whose limit is raised to the least that is accepted, and which failed in a 200",
      info: { health_check_max_tokens: 1, health_check_reasoning_effort: "medium" },
    },
  ),
  one(
    "openai",
    "embedding",
    "openai/text-embedding-3-small",
    openaiEnv,
    {
      url: `${openai}/embeddings`,
      body: { model: "text-embedding-3-small", input: ["ping"] },
    },
    {
      data: [{ embedding: [0.1, 0.2] }],
      model: "text-embedding-3-small",
      usage: { prompt_tokens: 1, total_tokens: 1 },
    },
    { usage: { promptTokens: 1, completionTokens: null } },
  ),
  one(
    "openai",
    "image_generation",
    "openai/gpt-image-1-mini",
    openaiEnv,
    {
      url: `${openai}/images/generations`,
      body: {
        model: "gpt-image-1-mini",
        prompt: "a dot",
        n: 1,
        size: "1024x1024",
        quality: "low",
      },
    },
    { data: [{ b64_json: "iVBORw0KGgo=" }], usage: { input_tokens: 8, output_tokens: 272 } },
    { usage: { promptTokens: 8, completionTokens: 272, pieces: { unit: "image", count: 1 } } },
  ),
  one(
    "openai",
    "image_generation",
    "openai/dall-e-2",
    openaiEnv,
    {
      url: `${openai}/images/generations`,
      body: { model: "dall-e-2", prompt: "a dot", n: 1, size: "256x256" },
    },
    { data: [{ url: "https://images.example/1.png" }] },
    {},
    { about: "in its smallest size" },
  ),
  one(
    "openai",
    "image_edit",
    "openai/gpt-image-1",
    openaiEnv,
    { url: `${openai}/models/gpt-image-1` },
    { id: "gpt-image-1" },
    {},
    {
      about: "which is asked the free question only",
      info: { mode: "image_edit" },
      onlyAtItsOwnHost: true,
    },
  ),
  one(
    "openai",
    "audio_transcription",
    "openai/whisper-1",
    openaiEnv,
    {
      url: `${openai}/audio/transcriptions`,
      body: { form: { model: "whisper-1", response_format: "json", file } },
    },
    { text: "", usage: { type: "duration", seconds: 1 } },
    {
      usage: {
        promptTokens: null,
        completionTokens: null,
        pieces: { unit: "second", count: 1 },
      },
    },
  ),
  {
    provider: "openai",
    mode: "audio_speech",
    params: { model: "openai/gpt-4o-mini-tts" },
    info: { health_check_voice: "nova" },
    env: openaiEnv,
    exchanges: [
      {
        asks: {
          url: `${openai}/audio/speech`,
          headers: { authorization },
          body: { model: "gpt-4o-mini-tts", input: "ok", voice: "nova", response_format: "mp3" },
        },
        answer: { headers: { "content-type": "audio/mpeg" }, body: "ID3\u0004" },
      },
    ],
    verdict: {
      class: "ok",
      usage: {
        promptTokens: null,
        completionTokens: null,
        pieces: { unit: "character", count: 2 },
      },
    },
  },
  one(
    "openai",
    "audio_speech",
    "openai/tts-1",
    openaiEnv,
    {
      url: `${openai}/audio/speech`,
      body: { model: "tts-1", input: "ok", voice: "alloy", response_format: "mp3" },
    },
    { hello: "there" },
    { class: "protocol", text: "instead of an answer" },
    { about: "that answers with something else than a sound" },
  ),
  one(
    "openai",
    "moderation",
    "openai/omni-moderation-latest",
    openaiEnv,
    {
      url: `${openai}/moderations`,
      body: { model: "omni-moderation-latest", input: "ping" },
    },
    { model: "omni-moderation-2024", results: [{ flagged: false, categories: { hate: false } }] },
    { servedModel: "omni-moderation-2024" },
  ),
  one(
    "openai",
    "batch",
    "openai/gpt-4o",
    openaiEnv,
    { url: `${openai}/batches?limit=1` },
    { object: "list", data: [] },
    {},
    { info: { mode: "batch" } },
  ),
  one(
    "openai",
    "video_generation",
    "openai/sora-2",
    openaiEnv,
    { url: `${openai}/models/sora-2` },
    { id: "sora-2" },
    {},
    { about: "which is asked the free question and starts no job", onlyAtItsOwnHost: true },
  ),
  one(
    "openai",
    "realtime",
    "openai/gpt-realtime",
    openaiEnv,
    { url: "wss://api.openai.com/v1/realtime?model=gpt-realtime" },
    { type: "session.created", session: {} },
  ),
];

/** The free question where it tells that the account or the endpoint is not well. */
const broken: readonly ConformanceCase[] = (
  [
    [
      "openrouter",
      "a/b",
      { OPENROUTER_API_KEY: key },
      "https://openrouter.ai/api/v1/key",
      { data: { limit: 5, limit_remaining: 0 } },
      "billing",
    ],
    [
      "vercel_ai_gateway",
      "a/b",
      { VERCEL_OIDC_TOKEN: key },
      "https://ai-gateway.vercel.sh/v1/credits",
      { balance: "0.00" },
      "billing",
    ],
    [
      "poe",
      "x",
      { POE_API_KEY: key },
      "https://api.poe.com/usage/current_balance",
      { current_point_balance: 0 },
      "billing",
    ],
    [
      "databricks",
      "e",
      { DATABRICKS_API_KEY: key, DATABRICKS_API_BASE: "https://w.example" },
      "https://w.example/api/2.0/serving-endpoints/e",
      { state: { ready: "NOT_READY" } },
      "not_ready",
    ],
  ] as const
).map(([provider, model, env, url, body, expected]) =>
  one(
    provider,
    "chat",
    `${provider}/${model}`,
    env,
    { url },
    body,
    { class: expected },
    {
      about: `which tells ${expected}`,
      rung: "metadata",
    },
  ),
);

/** At a gateway only the list of models is certain; what goes with the provider's own path keeps to it. */
const atGateways: readonly ConformanceCase[] = (
  [
    [
      "groq",
      "x",
      "GROQ_API_KEY",
      "https://gw.example/groq/v1",
      "https://gw.example/groq/v1/models",
    ],
    [
      "fireworks_ai",
      "accounts/fireworks/models/x",
      "FIREWORKS_AI_TOKEN",
      "https://gw.example/fw/inference/v1",
      "https://gw.example/fw/inference/v1/models",
    ],
    [
      "openrouter",
      "a/x",
      "OR_API_KEY",
      "https://gw.example/or/api/v1",
      "https://gw.example/or/api/v1/key",
    ],
    [
      "deepinfra",
      "x",
      "DEEPINFRA_API_KEY",
      "https://gw.example/di/v1/openai",
      "https://gw.example/di/v1/me/rate_limit",
    ],
    [
      "hosted_vllm",
      "x",
      "HOSTED_VLLM_API_KEY",
      "https://gw.example/vllm/v1",
      "https://gw.example/vllm/health",
    ],
  ] as const
).map(([provider, model, variable, base, url]) =>
  one(
    provider,
    "chat",
    `${provider}/${model}`,
    { [variable]: key },
    { url },
    { data: [{ id: model }] },
    {},
    {
      about: "at a gateway",
      rung: "metadata",
      params: { model: `${provider}/${model}`, api_base: base },
    },
  ),
);

const elsewhere: readonly ConformanceCase[] = [
  one(
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
  one(
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
      usage: { promptTokens: null, completionTokens: null, pieces: { unit: "second", count: 1 } },
    },
    { about: "which counts nothing, so what was sent counts" },
  ),
  {
    provider: "llamafile",
    mode: "chat",
    about: "while its model is loading",
    rung: "metadata",
    params: { model: "llamafile/x" },
    exchanges: [
      {
        asks: { url: "http://127.0.0.1:8080/health" },
        answer: {
          status: 503,
          body: { error: { code: 503, message: "Loading model", type: "unavailable_error" } },
        },
      },
    ],
    verdict: { class: "not_ready" },
  },
  {
    provider: "deepinfra",
    mode: "chat",
    about: "which is not there",
    rung: "metadata",
    params: { model: "deepinfra/x" },
    env: { DEEPINFRA_API_KEY: key },
    exchanges: [
      {
        asks: { url: "https://api.deepinfra.com/v1/me/rate_limit" },
        answer: { status: 404, body: { error: { message: "no such route" } } },
      },
    ],
    verdict: { class: "bad_probe", text: "does not answer the free question" },
  },
  one(
    "mistral",
    "chat",
    "mistral/open-mistral-nemo",
    { MISTRAL_AZURE_API_KEY: key },
    {
      url: "https://api.mistral.ai/v1/chat/completions",
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
      },
    },
  ),
  one(
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
  one(
    "xai",
    "realtime",
    "xai/grok-voice-realtime",
    { XAI_API_KEY: key },
    { url: "wss://api.x.ai/v1/realtime?model=grok-voice-realtime" },
    { type: "conversation.created" },
  ),
  one(
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
  one(
    "groq",
    "responses",
    "groq/llama-3.1-8b-instant",
    { GROQ_API_KEY: key },
    {
      url: "https://api.groq.com/openai/v1/chat/completions",
      body: { model: "llama-3.1-8b-instant", messages: ping, max_completion_tokens: 16 },
    },
    { choices: [{ message: { content: "pong" } }] },
    {},
    { about: "which it does not serve, so it is a chat", info: { mode: "responses" } },
  ),
  one(
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
  one(
    "perplexity",
    "responses",
    "perplexity/sonar",
    { PERPLEXITYAI_API_KEY: key },
    {
      url: "https://api.perplexity.ai/chat/completions",
      body: { model: "sonar", messages: ping, max_tokens: 16, disable_search: true },
    },
    { choices: [{ message: { content: "pong" } }] },
    {},
    { about: "which it does not serve, so it is a chat", info: { mode: "responses" } },
  ),
  one(
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
  one(
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
  one(
    "mistral",
    "batch",
    "mistral/mistral-small-latest",
    { MISTRAL_API_KEY: key },
    { url: "https://api.mistral.ai/v1/batch/jobs?page_size=1" },
    { object: "list", data: [], total: 0 },
    {},
    { info: { mode: "batch" } },
  ),
  one(
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
  one(
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
      usage: { promptTokens: null, completionTokens: null, pieces: { unit: "page", count: 1 } },
    },
  ),
  one(
    "nvidia_nim",
    "embedding",
    "nvidia_nim/nvidia/nv-embedqa-e5-v5",
    { NVIDIA_NIM_API_KEY: key },
    {
      url: "https://integrate.api.nvidia.com/v1/embeddings",
      body: { model: "nvidia/nv-embedqa-e5-v5", input: ["ping"], input_type: "query" },
    },
    { data: [{ embedding: [0.1] }], usage: { prompt_tokens: 3, total_tokens: 3 } },
  ),
  one(
    "nvidia_nim",
    "rerank",
    "nvidia_nim/nvidia/llama-3_2-nv-rerankqa-1b-v2",
    { NVIDIA_NIM_API_KEY: key },
    {
      url: "https://ai.api.nvidia.com/v1/retrieval/nvidia/llama-3_2-nv-rerankqa-1b-v2/reranking",
      body: {
        model: "nvidia/llama-3_2-nv-rerankqa-1b-v2",
        query: { text: "ping" },
        passages: [{ text: "ping" }],
      },
    },
    { rankings: [{ index: 0, logit: 3.1 }] },
    {},
    { onlyAtItsOwnHost: true },
  ),
  one(
    "nvidia_nim",
    "rerank",
    "nvidia_nim/nvidia/nv-rerankqa",
    { NVIDIA_NIM_API_KEY: key, NVIDIA_NIM_API_BASE: "http://nim.example:8000/v1" },
    {
      url: "http://nim.example:8000/v1/ranking",
      body: { model: "nvidia/nv-rerankqa", query: { text: "ping" }, passages: [{ text: "ping" }] },
    },
    { rankings: [{ index: 0, logit: 3.1 }] },
    {},
    { about: "in a container of one's own", onlyAtItsOwnHost: true },
  ),
  one(
    "nvidia_nim",
    "chat",
    "nvidia_nim/meta/llama",
    { NVIDIA_NIM_API_KEY: key, NVIDIA_NIM_API_BASE: "http://nim.example:8000/v1" },
    { url: "http://nim.example:8000/v1/health/ready" },
    { message: "Service is ready." },
    {},
    { about: "in a container of one's own", rung: "metadata", onlyAtItsOwnHost: true },
  ),
  one(
    "deepinfra",
    "rerank",
    "deepinfra/Qwen/Qwen3-Reranker-0.6B",
    { DEEPINFRA_API_KEY: key },
    {
      url: "https://api.deepinfra.com/v1/inference/Qwen/Qwen3-Reranker-0.6B",
      body: { queries: ["ping"], documents: ["ping"] },
    },
    { scores: [0.9], input_tokens: 4 },
    { usage: { promptTokens: 4, completionTokens: null } },
  ),
  one(
    "huggingface",
    "embedding",
    "huggingface/intfloat/multilingual-e5-large",
    { HF_TOKEN: key },
    {
      url: "https://router.huggingface.co/hf-inference/models/intfloat/multilingual-e5-large/pipeline/feature-extraction",
      body: { inputs: ["ping"] },
    },
    [[0.1, 0.2]],
    {},
    { onlyAtItsOwnHost: true },
  ),
  one(
    "huggingface",
    "embedding",
    "huggingface/BAAI/bge-m3",
    { HF_TOKEN: key, HF_API_BASE: "https://tei.example" },
    { url: "https://tei.example/", body: { inputs: ["ping"] } },
    [[0.1, 0.2]],
    {},
    { about: "at an endpoint of one's own", onlyAtItsOwnHost: true },
  ),
  one(
    "huggingface",
    "rerank",
    "huggingface/BAAI/bge-reranker-base",
    { HF_TOKEN: key, HF_API_BASE: "https://tei.example" },
    { url: "https://tei.example/rerank", body: { query: "ping", texts: ["ping"] } },
    [{ index: 0, score: 0.99 }],
    {},
    { about: "at an endpoint of one's own", onlyAtItsOwnHost: true },
  ),
  one(
    "huggingface",
    "chat",
    "huggingface/tgi",
    { HF_TOKEN: key, HF_API_BASE: "https://tgi.example" },
    { url: "https://tgi.example/health" },
    "",
    {},
    { about: "at an endpoint of one's own", rung: "metadata", onlyAtItsOwnHost: true },
  ),
  one(
    "voyage",
    "embedding",
    "voyage/voyage-3.5-lite",
    { VOYAGE_API_KEY: key },
    {
      url: "https://api.voyageai.com/v1/embeddings",
      body: { model: "voyage-3.5-lite", input: ["ping"] },
    },
    { data: [{ embedding: [0.1] }], model: "voyage-3.5-lite", usage: { total_tokens: 2 } },
    { usage: { promptTokens: 2, completionTokens: null } },
  ),
  one(
    "voyage",
    "rerank",
    "voyage/rerank-2.5",
    { VOYAGE_AI_API_KEY: key },
    {
      url: "https://api.voyageai.com/v1/rerank",
      body: { model: "rerank-2.5", query: "ping", documents: ["ping"], top_k: 1 },
    },
    { data: [{ index: 0, relevance_score: 0.9 }], usage: { total_tokens: 4 } },
    { usage: { promptTokens: 4, completionTokens: null } },
  ),
  one(
    "jina_ai",
    "embedding",
    "jina_ai/jina-embeddings-v3",
    { JINA_AI_API_KEY: key },
    {
      url: "https://api.jina.ai/v1/embeddings",
      body: { model: "jina-embeddings-v3", input: ["ping"] },
    },
    { data: [{ embedding: [0.1] }], usage: { total_tokens: 3 } },
  ),
  one(
    "jina_ai",
    "rerank",
    "jina_ai/jina-reranker-v2-base-multilingual",
    { JINA_AI_TOKEN: key },
    {
      url: "https://api.jina.ai/v1/rerank",
      body: {
        model: "jina-reranker-v2-base-multilingual",
        query: "ping",
        documents: ["ping"],
        top_n: 1,
      },
    },
    { ...scored, usage: { total_tokens: 5 } },
    { usage: { promptTokens: 5, completionTokens: null } },
  ),
  one(
    "together_ai",
    "rerank",
    "together_ai/Salesforce/Llama-Rank-V1",
    { TOGETHER_AI_TOKEN: key },
    {
      url: "https://api.together.xyz/v1/rerank",
      body: {
        model: "Salesforce/Llama-Rank-V1",
        query: "ping",
        documents: ["ping"],
        top_n: 1,
      },
    },
    { ...scored, meta: { billed_units: { search_units: 1 } } },
    {
      usage: { promptTokens: null, completionTokens: null, pieces: { unit: "query", count: 1 } },
    },
  ),
  one(
    "infinity",
    "embedding",
    "infinity/BAAI/bge-small",
    { INFINITY_API_BASE: "http://box.example:7997", INFINITY_API_KEY: key },
    {
      url: "http://box.example:7997/embeddings",
      body: { model: "BAAI/bge-small", input: ["ping"] },
    },
    { data: [{ embedding: [0.1] }], usage: { prompt_tokens: 4, total_tokens: 4 } },
  ),
  one(
    "infinity",
    "embedding",
    "infinity/BAAI/bge-small",
    { INFINITY_API_BASE: "http://box.example:7997" },
    { url: "http://box.example:7997/models", headers: { authorization: null } },
    { data: [{ id: "BAAI/bge-small" }] },
    {},
    { rung: "metadata" },
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
  one(
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
  one(
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
  one(
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
  one(
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
];

export const cases: readonly ConformanceCase[] = [
  ...ofOpenai,
  ...broken,
  ...atGateways,
  ...elsewhere,
];
