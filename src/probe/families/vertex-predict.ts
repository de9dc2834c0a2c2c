// What Vertex AI answers to `predict`: embeddings and images.

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Question } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, count, isFilled, noUsage, parse, passed, unexpected } from "../reading.ts";
import { readCandidates } from "./gemini.ts";
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
      ? post(vertexMethod(target, "generateContent"), headersOf(target), {
          contents: [{ role: "user", parts: [{ text: target.prompt }] }],
          generationConfig: { responseModalities: ["IMAGE"] },
          ...target.extraBody,
        })
      : post(vertexMethod(target, "predict"), headersOf(target), {
          instances: [{ prompt: target.prompt }],
          parameters: { sampleCount: 1 },
          ...target.extraBody,
        }),
  read: readWith((target, response) => readImage(target, response)),
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

function readImage(target: ProbeTarget, response: HttpResponse): Judgement {
  const pieces = { unit: "image", count: 1 } as const;
  const cut = response.truncated && /"(?:bytesBase64Encoded|inlineData)"\s*:/.test(response.body);
  if (cut) return passed({ ...noUsage, pieces });
  if (isGemini(target)) {
    const judgement = readCandidates(target, response);
    return { ...judgement, usage: { ...judgement.usage, pieces } };
  }
  const image = at(parse(response), "predictions", 0, "bytesBase64Encoded");
  return isFilled(image) ? passed({ ...noUsage, pieces }) : unexpected(response, "no image");
}
