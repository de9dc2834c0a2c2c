// Mode -> operation of OpenAI's API. A map and nothing else.

import type { Mode } from "../../registry/deployment.ts";
import { audioTranscription } from "./audio.ts";
import { chat, completion } from "./chat.ts";
import { embedding } from "./embedding.ts";
import { ocr } from "./ocr.ts";
import type { Operation } from "./operation.ts";

export const operations = {
  chat,
  completion,
  embedding,
  audio_transcription: audioTranscription,
  ocr,
} as const satisfies Partial<Record<Mode, Operation>>;
