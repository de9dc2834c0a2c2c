// Google's Gemini API. (ai.google.dev/api)

import type { Mode } from "../../../src/registry/deployment.ts";
import { type ConformanceCase, key, oneExchange, piecesOf } from "./case.ts";

const provider = "gemini";
const env = { GEMINI_API_KEY: key };
const headers = { "x-goog-api-key": key, authorization: null };
const base = "https://generativelanguage.googleapis.com/v1beta";
const said = [{ role: "user", parts: [{ text: "ping" }] }];
const picture = [{ role: "user", parts: [{ text: "A plain white square" }] }];
const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 2, thoughtsTokenCount: 13 };
const counted = { promptTokens: 1, completionTokens: 15, tokensOf: { reasoning: 13 } };

function one(
  mode: Mode,
  model: string,
  asks: { url: string; body?: unknown },
  body: unknown,
  verdict: ConformanceCase["verdict"],
  more: Partial<ConformanceCase> = {},
): ConformanceCase {
  const params = { model: `gemini/${model}` };
  return oneExchange({ provider, mode, params, env }, { ...asks, headers }, body, {
    verdict,
    ...more,
  });
}

export const cases: readonly ConformanceCase[] = [
  one(
    "chat",
    "gemini-2.5-flash",
    {
      url: `${base}/models/gemini-2.5-flash:generateContent`,
      body: { contents: said, generationConfig: { maxOutputTokens: 16 } },
    },
    {
      candidates: [{ content: { parts: [{ text: "pong" }] }, finishReason: "STOP" }],
      usageMetadata,
      modelVersion: "gemini-2.5-flash",
    },
    { class: "ok", usage: counted, servedModel: "gemini-2.5-flash" },
  ),
  one(
    "chat",
    "gemini-2.5-pro",
    {
      url: `${base}/models/gemini-2.5-pro:generateContent`,
      body: { contents: said, generationConfig: { maxOutputTokens: 16 } },
    },
    { candidates: [{ finishReason: "MAX_TOKENS" }], usageMetadata },
    { class: "ok_limited_output" },
    { about: "all of the limit thought away" },
  ),
  one(
    "chat",
    "gemini-2.5-flash",
    { url: `${base}/models/gemini-2.5-flash` },
    { name: "models/gemini-2.5-flash", version: "001" },
    { class: "ok" },
    { rung: "metadata", env: { GOOGLE_API_KEY: key } },
  ),
  one(
    "embedding",
    "gemini-embedding-001",
    {
      url: `${base}/models/gemini-embedding-001:embedContent`,
      body: { content: { parts: [{ text: "ping" }] } },
    },
    { embedding: { values: [0.1, 0.2] } },
    { class: "ok" },
  ),
  one(
    "image_generation",
    "gemini-2.5-flash-image",
    {
      url: `${base}/models/gemini-2.5-flash-image:generateContent`,
      body: { contents: picture, generationConfig: { responseModalities: ["IMAGE"] } },
    },
    {
      candidates: [
        { content: { parts: [{ inlineData: { mimeType: "image/png", data: "iVB" } }] } },
      ],
      usageMetadata,
    },
    { class: "ok", usage: { ...counted, pieces: { unit: "image", count: 1 } } },
  ),
  one(
    "image_generation",
    "imagen-4.0-generate-001",
    {
      url: `${base}/models/imagen-4.0-generate-001:predict`,
      body: { instances: [{ prompt: "A plain white square" }], parameters: { sampleCount: 1 } },
    },
    { predictions: [{ mimeType: "image/png", bytesBase64Encoded: "iVB" }] },
    {
      class: "ok",
      usage: piecesOf("image", 1),
    },
    { about: "Imagen" },
  ),
  one(
    "image_generation",
    "imagen-4.0-generate-001",
    {
      url: `${base}/models/imagen-4.0-generate-001:predict`,
      body: { instances: [{ prompt: "A plain white square" }], parameters: { sampleCount: 1 } },
    },
    {},
    { class: "ok_limited_output", text: "content filter" },
    { about: "Imagen's filter" },
  ),
  one(
    "audio_speech",
    "gemini-2.5-flash-preview-tts",
    {
      url: `${base}/models/gemini-2.5-flash-preview-tts:generateContent`,
      body: {
        contents: [{ role: "user", parts: [{ text: "Say: ok" }] }],
        generationConfig: {
          responseModalities: ["AUDIO"],
          speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Puck" } } },
        },
      },
    },
    {
      candidates: [
        { content: { parts: [{ inlineData: { mimeType: "audio/L16", data: "AAAA" } }] } },
      ],
      usageMetadata,
    },
    { class: "ok", usage: counted },
    { info: { health_check_voice: "Puck" } },
  ),
  one(
    "batch",
    "gemini-2.5-flash",
    { url: `${base}/batches?pageSize=1` },
    {},
    { class: "ok" },
    { info: { mode: "batch" } },
  ),
  one(
    "video_generation",
    "veo-3.0-generate-001",
    { url: `${base}/models/veo-3.0-generate-001` },
    { name: "models/veo-3.0-generate-001" },
    { class: "ok" },
  ),
  one(
    "realtime",
    "gemini-live-2.5-flash-preview",
    {
      url: "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
    },
    { setupComplete: {} },
    { class: "ok" },
  ),
  one(
    "image_edit",
    "gemini-2.5-flash-image",
    { url: `${base}/models/gemini-2.5-flash-image` },
    { name: "models/gemini-2.5-flash-image" },
    { class: "ok" },
    { about: "which is looked at and not made", info: { mode: "image_edit" } },
  ),
];
