// The free questions of Google Vertex AI: tokens are counted where there are words; else a model, voices or jobs are looked at.

import { type ConformanceCase, ping } from "./case.ts";
import { contents, east, google, place, type VertexRow, vertexCase } from "./vertex.ts";

const rows: readonly VertexRow[] = [
  {
    mode: "chat",
    model: "gemini-2.5-flash",
    url: `${google}/gemini-2.5-flash:countTokens`,
    body: { contents },
    answer: { totalTokens: 1 },
  },
  {
    provider: "vertex_ai_beta",
    mode: "chat",
    model: "gemini-2.5-flash",
    url: `${east}/v1beta1${place}/publishers/google/models/gemini-2.5-flash:countTokens`,
    body: { contents },
    answer: { totalTokens: 1 },
  },
  {
    mode: "chat",
    model: "claude-sonnet-4@20250514",
    url: `${east}/v1${place}/publishers/anthropic/models/count-tokens:rawPredict`,
    body: {
      anthropic_version: "vertex-2023-10-16",
      model: "claude-sonnet-4@20250514",
      messages: ping,
    },
    answer: { input_tokens: 1 },
  },
  {
    mode: "chat",
    model: "meta/llama-4-maas",
    url: `${east}/v1/publishers/meta/models/llama-4-maas`,
    answer: { name: "publishers/meta/models/llama-4-maas" },
  },
  {
    mode: "image_generation",
    model: "imagen-4.0-generate-001",
    url: `${east}/v1/publishers/google/models/imagen-4.0-generate-001`,
    answer: { name: "x" },
  },
  {
    mode: "chat",
    model: "4965075652664360960",
    about: "a tuned endpoint",
    url: `${east}/v1${place}/endpoints/4965075652664360960`,
    answer: { name: "x" },
  },
  {
    mode: "audio_speech",
    model: "chirp",
    url: "https://texttospeech.googleapis.com/v1/voices?languageCode=en-US",
    answer: { voices: [] },
  },
  {
    mode: "rerank",
    model: "semantic-ranker-default@latest",
    url: `${east}/v1${place}/batchPredictionJobs?pageSize=1`,
    answer: {},
  },
  {
    mode: "chat",
    model: "openai/7777",
    about: "for want of a right to look",
    url: `${east}/v1${place}/endpoints/7777`,
    status: 403,
    answer: {
      error: {
        code: 403,
        status: "PERMISSION_DENIED",
        message: "Permission 'aiplatform.endpoints.get' denied on resource",
      },
    },
    verdict: { class: "bad_probe", text: "aiplatform.endpoints.get" },
  },
];

export const cases: readonly ConformanceCase[] = rows.map((row) => ({
  ...vertexCase(row),
  rung: "metadata",
}));
