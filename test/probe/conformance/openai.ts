// OpenAI's own API in all its modes. (platform.openai.com/docs/api-reference)

import {
  type CaseRequest,
  type CaseVerdict,
  type ConformanceCase,
  key,
  oneWithKey,
  piecesOf,
  ping,
} from "./case.ts";

const env = { OPENAI_API_KEY: key };
const file = { fileName: "silence.wav", type: "audio/wav" };

function one(
  mode: ConformanceCase["mode"],
  model: string,
  asks: CaseRequest,
  body: unknown,
  verdict: Partial<CaseVerdict> = {},
  more: Partial<ConformanceCase> = {},
): ConformanceCase {
  return oneWithKey("openai", mode, `openai/${model}`, env, asks, body, verdict, more);
}

const openai = "https://api.openai.com/v1";

export const cases: readonly ConformanceCase[] = [
  one(
    "chat",
    "o3-mini",
    {
      url: `${openai}/chat/completions`,
      body: {
        model: "o3-mini",
        messages: ping,
        max_completion_tokens: 16,
        reasoning_effort: "low",
      },
    },
    { choices: [{ message: { content: "pong" }, finish_reason: "stop" }] },
    {},
    { about: "of a reasoning model", info: { health_check_reasoning_effort: "low" } },
  ),
  one(
    "completion",
    "gpt-3.5-turbo-instruct",
    {
      url: `${openai}/completions`,
      body: { model: "gpt-3.5-turbo-instruct", prompt: "ping", max_tokens: 16 },
    },
    { choices: [{ text: "pong", finish_reason: "length" }], model: "gpt-3.5-turbo-instruct:x" },
    { servedModel: "gpt-3.5-turbo-instruct:x" },
  ),
  oneWithKey(
    "text-completion-openai",
    "completion",
    "text-completion-openai/davinci-002",
    env,
    {
      url: `${openai}/completions`,
      body: { model: "davinci-002", prompt: "ping", max_tokens: 16 },
    },
    { choices: [{ text: "pong", finish_reason: "length" }] },
  ),
  oneWithKey(
    "text-completion-openai",
    "completion",
    "text-completion-openai/davinci-002",
    env,
    { url: `${openai}/models/davinci-002` },
    { id: "davinci-002" },
    {},
    { rung: "metadata", onlyAtItsOwnHost: true },
  ),
  one(
    "responses",
    "responses/gpt-5-codex",
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
    "responses",
    "o3-pro",
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
    "embedding",
    "text-embedding-3-small",
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
    "image_generation",
    "gpt-image-1-mini",
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
    "image_generation",
    "dall-e-2",
    {
      url: `${openai}/images/generations`,
      body: { model: "dall-e-2", prompt: "a dot", n: 1, size: "256x256" },
    },
    { data: [{ url: "https://images.example/1.png" }] },
    {},
    { about: "in its smallest size" },
  ),
  one(
    "image_edit",
    "gpt-image-1",
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
    "audio_transcription",
    "whisper-1",
    {
      url: `${openai}/audio/transcriptions`,
      body: { form: { model: "whisper-1", response_format: "json", file } },
    },
    { text: "", usage: { type: "duration", seconds: 1 } },
    {
      usage: piecesOf("second", 1),
    },
  ),
  {
    provider: "openai",
    mode: "audio_speech",
    params: { model: "openai/gpt-4o-mini-tts" },
    info: { health_check_voice: "nova" },
    env: env,
    exchanges: [
      {
        asks: {
          url: `${openai}/audio/speech`,
          headers: { authorization: `Bearer ${key}` },
          body: { model: "gpt-4o-mini-tts", input: "ok", voice: "nova", response_format: "mp3" },
        },
        answer: { headers: { "content-type": "audio/mpeg" }, body: "ID3\u0004" },
      },
    ],
    verdict: {
      class: "ok",
      usage: piecesOf("character", 2),
    },
  },
  one(
    "audio_speech",
    "tts-1",
    {
      url: `${openai}/audio/speech`,
      body: { model: "tts-1", input: "ok", voice: "alloy", response_format: "mp3" },
    },
    { hello: "there" },
    { class: "protocol", text: "instead of an answer" },
    { about: "that answers with something else than a sound" },
  ),
  one(
    "moderation",
    "omni-moderation-latest",
    {
      url: `${openai}/moderations`,
      body: { model: "omni-moderation-latest", input: "ping" },
    },
    { model: "omni-moderation-2024", results: [{ flagged: false, categories: { hate: false } }] },
    { servedModel: "omni-moderation-2024" },
  ),
  one(
    "batch",
    "gpt-4o",
    { url: `${openai}/batches?limit=1` },
    { object: "list", data: [] },
    {},
    { info: { mode: "batch" } },
  ),
  one(
    "video_generation",
    "sora-2",
    { url: `${openai}/models/sora-2` },
    { id: "sora-2" },
    {},
    { about: "which is asked the free question and starts no job", onlyAtItsOwnHost: true },
  ),
  one(
    "realtime",
    "gpt-realtime",
    { url: "wss://api.openai.com/v1/realtime?model=gpt-realtime" },
    { type: "session.created", session: {} },
  ),
];
