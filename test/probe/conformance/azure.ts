// Azure OpenAI. (learn.microsoft.com/azure/ai-services/openai/reference)

import { type ConformanceCase, key, oneAt, ping } from "./case.ts";

const resource = "https://ours.openai.azure.com";
const env = { AZURE_API_KEY: key, AZURE_API_BASE: resource, AZURE_API_VERSION: "2024-10-21" };
const dated = "api-version=2024-10-21";
const headers = { "api-key": key, authorization: null };
const deployment = `${resource}/openai/deployments`;
const chatAnswer = {
  choices: [{ message: { content: "pong" }, finish_reason: "stop" }],
  model: "gpt-4o-2024-11-20",
  usage: { prompt_tokens: 8, completion_tokens: 2 },
};

const one = oneAt({ provider: "azure", env }, headers);

export const cases: readonly ConformanceCase[] = [
  one(
    "chat",
    { model: "azure/our-gpt-4o" },
    {
      url: `${deployment}/our-gpt-4o/chat/completions?${dated}`,
      body: { messages: ping, max_tokens: 16 },
    },
    chatAnswer,
    {
      verdict: {
        class: "ok",
        usage: { promptTokens: 8, completionTokens: 2 },
        servedModel: "gpt-4o-2024-11-20",
      },
    },
  ),
  one(
    "chat",
    { model: "azure/prod" },
    { url: `${resource}/openai/models?${dated}` },
    { data: [{ id: "gpt-4o" }] },
    { rung: "metadata", verdict: { class: "ok" } },
  ),
  one(
    "chat",
    { model: "azure/prod", api_version: "preview" },
    {
      url: `${resource}/openai/v1/chat/completions`,
      body: { model: "prod", messages: ping, max_completion_tokens: 16 },
    },
    chatAnswer,
    { about: "at the v1 API" },
  ),
  one(
    "chat",
    { model: "azure/prod", api_base: `${resource}/openai/v1` },
    { url: `${resource}/openai/v1/models` },
    { data: [{ id: "gpt-4o" }] },
    { about: "at the v1 API", rung: "metadata" },
  ),
  one(
    "chat",
    {
      model: "azure/gpt-4o",
      api_base: "https://gateway.ai.cloudflare.com/v1/acc/gw/azure-openai/ours",
    },
    {
      url: `https://gateway.ai.cloudflare.com/v1/acc/gw/azure-openai/ours/gpt-4o/chat/completions?${dated}`,
      body: { messages: ping, max_tokens: 16 },
    },
    chatAnswer,
    { about: "behind Cloudflare's gateway" },
  ),
  one(
    "chat",
    { model: "azure/gpt-4o", api_base: `${deployment}/d1` },
    {
      url: `${deployment}/d1/chat/completions?${dated}`,
      body: { messages: ping, max_tokens: 16 },
    },
    chatAnswer,
    { about: "at an address that names the deployment" },
  ),
  one(
    "chat",
    { model: "azure/gpt-4o", azure_ad_token: "eyJhbGciOi.abc.def" },
    {
      url: `${deployment}/gpt-4o/chat/completions?${dated}`,
      headers: { authorization: "Bearer eyJhbGciOi.abc.def", "api-key": null },
      body: { messages: ping, max_tokens: 16 },
    },
    chatAnswer,
    { about: "with an Entra token" },
  ),
  one(
    "completion",
    { model: "azure_text/instruct" },
    {
      url: `${deployment}/instruct/completions?${dated}`,
      body: { prompt: "ping", max_tokens: 16 },
    },
    { choices: [{ text: "pong" }] },
    { provider: "azure_text" },
  ),
  one(
    "completion",
    { model: "azure_text/instruct" },
    { url: `${resource}/openai/models?${dated}` },
    { data: [] },
    { provider: "azure_text", rung: "metadata" },
  ),
  one(
    "embedding",
    { model: "azure/text-embedding-3-large" },
    {
      url: `${deployment}/text-embedding-3-large/embeddings?${dated}`,
      body: { input: ["ping"] },
    },
    { data: [{ embedding: [0.1] }] },
  ),
  one(
    "responses",
    { model: "azure/responses/codex" },
    {
      url: `${resource}/openai/responses?${dated}`,
      body: { model: "codex", input: "ping", max_output_tokens: 16, store: false },
    },
    { status: "completed" },
  ),
  one(
    "responses",
    { model: "azure/o3-pro", api_version: "latest" },
    {
      url: `${resource}/openai/v1/responses`,
      body: { model: "o3-pro", input: "ping", max_output_tokens: 16, store: false },
    },
    { status: "completed" },
    { about: "at the v1 API" },
  ),
  one(
    "responses",
    {
      model: "azure/gpt-5-codex",
      api_base: `${deployment}/gpt-5-codex/chat/completions?${dated}`,
    },
    {
      url: `${resource}/openai/responses?${dated}`,
      body: { model: "gpt-5-codex", input: "ping", max_output_tokens: 16, store: false },
    },
    { status: "completed" },
    { about: "of a pasted address" },
  ),
  one(
    "image_generation",
    { model: "azure/our-gpt-image-1" },
    {
      url: `${deployment}/our-gpt-image-1/images/generations?${dated}`,
      body: { prompt: "a dot", n: 1, size: "1024x1024", quality: "low" },
    },
    { data: [{ b64_json: "iVBOR" }] },
  ),
  one(
    "image_edit",
    { model: "azure/our-gpt-image-1" },
    { url: `${resource}/openai/models?${dated}` },
    { data: [] },
    { info: { mode: "image_edit" } },
  ),
  one(
    "audio_transcription",
    { model: "azure/whisper" },
    {
      url: `${deployment}/whisper/audio/transcriptions?${dated}`,
      body: {
        form: {
          response_format: "json",
          file: { fileName: "silence.wav", type: "audio/wav" },
        },
      },
    },
    { text: "" },
  ),
  one(
    "audio_speech",
    { model: "azure/tts-hd", voice: "echo" },
    {
      url: `${deployment}/tts-hd/audio/speech?${dated}`,
      body: { input: "ok", voice: "echo", response_format: "mp3" },
    },
    "",
    {
      exchanges: [
        {
          asks: {
            url: `${deployment}/tts-hd/audio/speech?${dated}`,
            headers,
            body: { input: "ok", voice: "echo", response_format: "mp3" },
          },
          answer: { headers: { "content-type": "application/octet-stream" }, body: "ID3" },
        },
      ],
    },
  ),
  one(
    "batch",
    { model: "azure/gpt-4o-batch" },
    { url: `${resource}/openai/batches?${dated}&limit=1` },
    { data: [] },
    { info: { mode: "batch" } },
  ),
  one(
    "video_generation",
    { model: "azure/sora-2" },
    { url: `${resource}/openai/models?${dated}` },
    { data: [] },
  ),
  one(
    "realtime",
    { model: "azure/gpt-realtime", api_version: "2024-10-01-preview" },
    {
      url: "wss://ours.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=gpt-realtime",
    },
    { type: "session.created" },
  ),
  one(
    "realtime",
    { model: "azure/gpt-realtime", api_base: resource },
    { url: "wss://ours.openai.azure.com/openai/v1/realtime?model=gpt-realtime" },
    { type: "session.created" },
    { about: "at the v1 API", env: { AZURE_API_KEY: key } },
  ),
  {
    provider: "openai_like",
    mode: "chat",
    about: "for a model of Mistral behind azure/",
    params: { model: "azure/mistral-large", api_base: "https://m.example/v1", api_key: key },
    exchanges: [
      {
        asks: {
          url: "https://m.example/v1/chat/completions",
          headers: { authorization: `Bearer ${key}` },
          body: { model: "mistral-large", messages: ping, max_tokens: 16 },
        },
        answer: { body: chatAnswer },
      },
    ],
    verdict: { class: "ok" },
  },
];
