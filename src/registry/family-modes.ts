// Which modes a family is asked in. A test holds this against the families' questions.

import { type FamilyName, type Mode, modes } from "./deployment.ts";

/** All of them. */
const openai: readonly Mode[] = modes;

export const familyModes: Readonly<Record<FamilyName, readonly Mode[]>> = {
  openai,
  azure: openai.filter((mode) => !["rerank", "moderation", "ocr"].includes(mode)),
  azure_ai: ["chat", "embedding", "rerank", "ocr"],
  azure_services: ["audio_speech", "audio_transcription", "ocr"],
  bytez: ["chat"],
  anthropic: ["chat", "batch"],
  gemini: [
    "chat",
    "embedding",
    "image_generation",
    "image_edit",
    "audio_speech",
    "batch",
    "video_generation",
    "realtime",
  ],
  cohere: ["chat", "embedding", "rerank"],
  bedrock: ["chat", "embedding", "image_generation", "rerank", "batch"],
  sagemaker: ["chat", "embedding"],
  polly: ["audio_speech"],
  vertex: [
    "chat",
    "embedding",
    "image_generation",
    "audio_speech",
    "rerank",
    "batch",
    "ocr",
    "video_generation",
    "realtime",
  ],
  watsonx: ["chat", "embedding", "rerank"],
  databricks: ["chat", "embedding"],
  snowflake: ["chat", "embedding"],
  ollama: ["chat", "completion", "embedding"],
  replicate: [
    "chat",
    "image_generation",
    "image_edit",
    "video_generation",
    "embedding",
    "rerank",
    "audio_transcription",
    "audio_speech",
  ],
  tgi: ["chat"],
  triton: ["chat", "embedding"],
  cloudflare: [
    "chat",
    "embedding",
    "rerank",
    "image_generation",
    "audio_transcription",
    "audio_speech",
  ],
  nlp_cloud: ["chat"],
  elevenlabs: ["audio_speech", "audio_transcription"],
  deepgram: ["audio_speech", "audio_transcription"],
  account: [
    "image_generation",
    "image_edit",
    "video_generation",
    "audio_speech",
    "audio_transcription",
  ],
};
