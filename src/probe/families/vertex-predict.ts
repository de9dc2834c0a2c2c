// What Vertex AI answers to `predict`: embeddings and images.

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Question } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, count, isFilled, parse, passed, unexpected } from "../reading.ts";
import { readCandidates } from "./gemini.ts";
import { imageBody, imagenBody, readImage, readImagen } from "./gemini-media.ts";
import { vertexMethod } from "./vertex-model.ts";

export const embedding: Question = {
  request: (target) =>
    post(vertexMethod(target, "predict"), headersOf(target), {
      instances: [
        target.model.includes("multimodal") ? { text: target.prompt } : { content: target.prompt },
      ],
      ...target.extraBody,
    }),
  read: readWith((_target, response) => readEmbedding(response)),
};

/** Imagen draws on `predict`; Gemini answers a chat with a picture. */
export const imageGeneration: Question = {
  request: (target) =>
    isGemini(target)
      ? post(vertexMethod(target, "generateContent"), headersOf(target), imageBody(target))
      : post(vertexMethod(target, "predict"), headersOf(target), imagenBody(target)),
  read: readWith((target, response) =>
    isGemini(target)
      ? readImage(response, readCandidates(target, response))
      : readImagen(target, response),
  ),
};

function isGemini({ model }: ProbeTarget): boolean {
  return /gemini/i.test(model);
}

function readEmbedding(response: HttpResponse): Judgement {
  const first = at(parse(response), "predictions", 0);
  const vector = at(first, "embeddings", "values") ?? at(first, "textEmbedding");
  const cut = response.truncated && /"(?:values|textEmbedding)"\s*:\s*\[/.test(response.body);
  if (!isFilled(vector) && !cut) return unexpected(response, "no embedding");
  const tokens = count(at(first, "embeddings", "statistics", "token_count"));
  return passed({ promptTokens: tokens, completionTokens: null });
}
