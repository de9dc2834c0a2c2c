// Google Vertex AI: a login first, then the publisher's own API. (cloud.google.com/vertex-ai/docs/reference/rest)

import { emptyPdfUrl } from "../../../src/probe/samples.ts";
import type { Mode } from "../../../src/registry/deployment.ts";
import {
  type CaseExchange,
  type CaseVerdict,
  type ConformanceCase,
  piecesOf,
  ping,
} from "./case.ts";

export const token = "ya29.conformance-token";
const credentials = {
  type: "authorized_user",
  client_id: "the-client",
  client_secret: "the-client-secret",
  refresh_token: "the-refresh-token",
};
export const login: CaseExchange = {
  asks: {
    url: "https://oauth2.googleapis.com/token",
    headers: { "content-type": "application/x-www-form-urlencoded", authorization: null },
    body: "grant_type=refresh_token&client_id=the-client&client_secret=the-client-secret&refresh_token=the-refresh-token",
  },
  answer: { body: { access_token: token, expires_in: 3599, token_type: "Bearer" } },
};

/** litellm_params of a place there. */
export const placed = (vertex_location: string) => ({
  vertex_project: "the-project",
  vertex_location,
  vertex_credentials: JSON.stringify(credentials),
});

export interface VertexRow {
  readonly provider?: "vertex_ai" | "vertex_ai_beta";
  readonly mode: Mode;
  readonly model: string;
  readonly location?: string;
  readonly about?: string;
  readonly base?: string;
  readonly info?: Record<string, string>;
  readonly url: string;
  readonly body?: unknown;
  readonly status?: number;
  readonly answer: unknown;
  readonly verdict?: CaseVerdict;
}

export const east = "https://us-east5-aiplatform.googleapis.com";
export const place = "/projects/the-project/locations/us-east5";
export const google = `${east}/v1${place}/publishers/google/models`;
export const contents = [{ role: "user", parts: [{ text: "ping" }] }];
const gemini = { contents, generationConfig: { maxOutputTokens: 16 } };
const picture = "A plain white square";
const imagen = { instances: [{ prompt: picture }], parameters: { sampleCount: 1 } };
const drawn = {
  contents: [{ role: "user", parts: [{ text: picture }] }],
  generationConfig: { responseModalities: ["IMAGE"] },
};
const candidates = {
  candidates: [{ content: { parts: [{ text: "pong" }] } }],
  usageMetadata: { promptTokenCount: 8, candidatesTokenCount: 2 },
};
const claude = { anthropic_version: "vertex-2023-10-16", max_tokens: 16, messages: ping };
const message = {
  type: "message",
  content: [{ type: "text", text: "pong" }],
  usage: { input_tokens: 8, output_tokens: 2 },
};
const choices = {
  choices: [{ message: { content: "pong" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 2 },
};
const tokens = { class: "ok", usage: { promptTokens: 8, completionTokens: 2 } } as const;
const oc = (model: string) => ({ model, messages: ping, max_tokens: 16 });

/** The login, and then the question. */
export function vertexCase(row: VertexRow): ConformanceCase {
  return {
    provider: row.provider ?? "vertex_ai",
    mode: row.mode,
    about: row.about ?? row.model,
    params: {
      model: `${row.provider ?? "vertex_ai"}/${row.model}`,
      ...placed(row.location ?? "us-east5"),
      ...(row.base === undefined ? {} : { api_base: row.base }),
    },
    ...(row.info === undefined ? {} : { info: row.info }),
    exchanges: [
      login,
      {
        asks: { url: row.url, headers: { authorization: `Bearer ${token}` }, body: row.body },
        answer: {
          status: row.status ?? 200,
          body: row.answer,
        },
      },
    ],
    verdict: row.verdict ?? { class: "ok" },
  };
}

const rows: readonly VertexRow[] = [
  {
    mode: "chat",
    model: "gemini-2.5-flash",
    url: `${google}/gemini-2.5-flash:generateContent`,
    body: gemini,
    answer: candidates,
    verdict: tokens,
  },
  {
    mode: "chat",
    model: "gemini-2.5-pro",
    about: "everywhere",
    location: "global",
    url: "https://aiplatform.googleapis.com/v1/projects/the-project/locations/global/publishers/google/models/gemini-2.5-pro:generateContent",
    body: gemini,
    answer: candidates,
    verdict: tokens,
  },
  {
    provider: "vertex_ai_beta",
    mode: "chat",
    model: "gemini-2.5-pro",
    url: `${east}/v1beta1${place}/publishers/google/models/gemini-2.5-pro:generateContent`,
    body: gemini,
    answer: candidates,
    verdict: tokens,
  },
  {
    mode: "chat",
    model: "4965075652664360960",
    about: "a tuned endpoint",
    url: `${east}/v1${place}/endpoints/4965075652664360960:generateContent`,
    body: gemini,
    answer: candidates,
    verdict: tokens,
  },
  {
    mode: "chat",
    model: "gemini-2.5-pro",
    about: "an address that is complete",
    base: "https://gateway.example/v1/gemini",
    url: "https://gateway.example/v1/gemini:generateContent",
    body: gemini,
    answer: candidates,
    verdict: tokens,
  },
  {
    mode: "chat",
    model: "claude-sonnet-4@20250514",
    url: `${east}/v1${place}/publishers/anthropic/models/claude-sonnet-4@20250514:rawPredict`,
    body: claude,
    answer: message,
    verdict: tokens,
  },
  {
    mode: "chat",
    model: "claude-opus-4-5",
    about: "of several regions",
    location: "eu",
    url: "https://aiplatform.eu.rep.googleapis.com/v1/projects/the-project/locations/eu/publishers/anthropic/models/claude-opus-4-5:rawPredict",
    body: claude,
    answer: message,
    verdict: tokens,
  },
  {
    mode: "chat",
    model: "mistral-large-2411",
    url: `${east}/v1${place}/publishers/mistralai/models/mistral-large-2411:rawPredict`,
    body: oc("mistral-large-2411"),
    answer: choices,
    verdict: tokens,
  },
  {
    mode: "chat",
    model: "jamba-1.5-large",
    url: `${east}/v1beta1${place}/publishers/ai21/models/jamba-1.5-large:rawPredict`,
    body: oc("jamba-1.5-large"),
    answer: choices,
    verdict: tokens,
  },
  {
    mode: "chat",
    model: "meta/llama-3.3-70b-instruct-maas",
    url: `${east}/v1${place}/endpoints/openapi/chat/completions`,
    body: oc("meta/llama-3.3-70b-instruct-maas"),
    answer: choices,
    verdict: tokens,
  },
  {
    mode: "chat",
    model: "openai/gpt-oss-120b-maas",
    url: `${east}/v1${place}/endpoints/openapi/chat/completions`,
    body: oc("openai/gpt-oss-120b-maas"),
    answer: choices,
    verdict: tokens,
  },
  {
    mode: "chat",
    model: "openai/7777",
    about: "an endpoint of Model Garden",
    url: `${east}/v1beta1${place}/endpoints/7777/chat/completions`,
    body: oc("openai/7777"),
    answer: choices,
    verdict: tokens,
  },
  {
    mode: "embedding",
    model: "text-embedding-005",
    url: `${google}/text-embedding-005:predict`,
    body: { instances: [{ content: "ping" }] },
    answer: { predictions: [{ embeddings: { values: [0.1], statistics: { token_count: 1 } } }] },
    verdict: { class: "ok", usage: { promptTokens: 1, completionTokens: null } },
  },
  {
    mode: "embedding",
    model: "multimodalembedding@001",
    url: `${google}/multimodalembedding@001:predict`,
    body: { instances: [{ text: "ping" }] },
    answer: { predictions: [{ textEmbedding: [0.1] }] },
  },
  {
    mode: "image_generation",
    model: "imagen-4.0-generate-001",
    url: `${google}/imagen-4.0-generate-001:predict`,
    body: imagen,
    answer: { predictions: [{ bytesBase64Encoded: "aGk=" }] },
    verdict: {
      class: "ok",
      usage: piecesOf("image", 1),
    },
  },
  {
    mode: "image_generation",
    model: "gemini-2.5-flash-image",
    info: { mode: "image_generation" },
    url: `${google}/gemini-2.5-flash-image:generateContent`,
    body: drawn,
    answer: {
      ...candidates,
      candidates: [
        { content: { parts: [{ inlineData: { mimeType: "image/png", data: "iVB" } }] } },
      ],
    },
    verdict: { class: "ok", usage: { ...tokens.usage, pieces: { unit: "image", count: 1 } } },
  },
  {
    mode: "image_generation",
    model: "gemini-2.5-flash-image",
    about: "which answers with words",
    info: { mode: "image_generation" },
    url: `${google}/gemini-2.5-flash-image:generateContent`,
    body: drawn,
    answer: candidates,
    verdict: { class: "ok_limited_output", text: "no picture" },
  },
  {
    mode: "image_generation",
    model: "imagen-4.0-generate-001",
    about: "Imagen's filter",
    url: `${google}/imagen-4.0-generate-001:predict`,
    body: imagen,
    answer: {},
    verdict: { class: "ok_limited_output", text: "content filter" },
  },
  {
    mode: "video_generation",
    model: "veo-3.0-generate-001",
    about: "which is looked at and not made",
    url: `${east}/v1/publishers/google/models/veo-3.0-generate-001`,
    answer: { name: "publishers/google/models/veo-3.0-generate-001" },
  },
  {
    mode: "image_edit",
    model: "imagen-3.0-capability-001",
    about: "edits, which are not made",
    info: { mode: "image_edit" },
    url: `${east}/v1/publishers/google/models/imagen-3.0-capability-001`,
    answer: { name: "publishers/google/models/imagen-3.0-capability-001" },
  },
  {
    mode: "audio_speech",
    model: "chirp",
    info: { health_check_voice: "en-US-Chirp3-HD-Charon" },
    url: "https://texttospeech.googleapis.com/v1/text:synthesize",
    body: {
      input: { text: "ping" },
      voice: { languageCode: "en-US", name: "en-US-Chirp3-HD-Charon" },
      audioConfig: { audioEncoding: "MP3" },
    },
    answer: { audioContent: "SUQz" },
  },
  {
    mode: "rerank",
    model: "semantic-ranker-default@latest",
    url: "https://discoveryengine.googleapis.com/v1/projects/the-project/locations/global/rankingConfigs/default_ranking_config:rank",
    body: {
      model: "semantic-ranker-default@latest",
      query: "ping",
      records: [{ id: "1", content: "ping" }],
      topN: 1,
    },
    answer: { records: [{ id: "1", score: 0.9 }] },
  },
  {
    mode: "batch",
    model: "gemini-2.5-flash",
    info: { mode: "batch" },
    url: `${east}/v1${place}/batchPredictionJobs?pageSize=1`,
    answer: {},
  },
  {
    mode: "ocr",
    model: "mistral-ocr-2505",
    url: `${east}/v1${place}/publishers/mistralai/models/mistral-ocr-2505:rawPredict`,
    body: {
      model: "mistral-ocr-2505",
      document: { type: "document_url", document_url: emptyPdfUrl },
    },
    answer: { pages: [], usage_info: { pages_processed: 1 } },
  },
  {
    mode: "realtime",
    model: "gemini-live-2.5-flash",
    url: "wss://us-east5-aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent",
    answer: { setupComplete: {} },
  },
  {
    mode: "audio_speech",
    model: "gemini-2.5-flash-tts",
    info: { mode: "audio_speech", health_check_voice: "Puck" },
    url: `${google}/gemini-2.5-flash-tts:generateContent`,
    body: {
      contents: [{ role: "user", parts: [{ text: "Say: ok" }] }],
      generationConfig: {
        responseModalities: ["AUDIO"],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Puck" } } },
      },
    },
    answer: { candidates: [{ content: { parts: [{ inlineData: { data: "AAAA" } }] } }] },
  },
];

export const cases: readonly ConformanceCase[] = rows.map(vertexCase);
