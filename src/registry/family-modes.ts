// Which modes a family is asked in. A test holds this against the families' questions.

import type { FamilyName, Mode } from "./deployment.ts";

const openai: readonly Mode[] = [
  "chat",
  "completion",
  "embedding",
  "audio_transcription",
  "ocr",
  "realtime",
];

export const familyModes: Readonly<Record<FamilyName, readonly Mode[]>> = {
  openai,
  azure: openai,
  anthropic: ["chat"],
  gemini: ["chat", "embedding"],
  cohere: ["chat", "embedding"],
  ollama: ["chat", "completion", "embedding"],
};
