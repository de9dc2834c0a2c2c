// Mode -> operation of OpenAI's API. A map and nothing else.

import type { Mode } from "../../registry/deployment.ts";
import { audioSpeech, audioTranscription } from "./audio.ts";
import { batch } from "./batch.ts";
import { chat, completion } from "./chat.ts";
import { embedding } from "./embedding.ts";
import { imageGeneration } from "./image.ts";
import { moderation } from "./moderation.ts";
import { ocr } from "./ocr.ts";
import type { Operation } from "./operation.ts";
import { rerank } from "./rerank.ts";
import { responses } from "./responses.ts";

export const operations = {
  chat,
  completion,
  responses,
  embedding,
  image_generation: imageGeneration,
  audio_transcription: audioTranscription,
  audio_speech: audioSpeech,
  rerank,
  moderation,
  batch,
  ocr,
} as const satisfies Partial<Record<Mode, Operation>>;
