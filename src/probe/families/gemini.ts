// Google's Gemini API. The key goes into a header: keys in URLs end up in logs. (ai.google.dev/api)
//
// No sampling parameters and no thinkingConfig: what one generation of models needs, another refuses. A film costs dollars and
// takes minutes, so of Veo the free question is asked.

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import { withExtras } from "../extras.ts";
import type { Family, Question } from "../family.ts";
import type { Judgement, Usage } from "../outcome.ts";
import {
  at,
  count,
  failed,
  isList,
  type Json,
  limited,
  noUsage,
  parse,
  passed,
  readModel,
  tokensOf,
  unexpected,
} from "../reading.ts";
import { readRealtime } from "../realtime.ts";
import { servedBy } from "../served-model.ts";
import { openGeminiLive } from "./gemini-live.ts";
import {
  imageBody,
  imagenBody,
  readImage,
  readImagen,
  readSpeech,
  speechBody,
} from "./gemini-media.ts";
import { geminiStream } from "./gemini-stream.ts";

const generate = ":generateContent";

const free: Question = {
  request: (target) => get(modelOf(target), headersOf(target)),
  read: readModel,
};

export const gemini: Family = {
  paid: {
    chat: {
      request(target) {
        const whole = operation(target, generate);
        // Without `alt=sse` the stream is one JSON list that is never complete before its end.
        const url = target.stream
          ? `${whole.replace(/:generateContent$/, ":streamGenerateContent")}?alt=sse`
          : whole;
        return ask(target, geminiStream, url, headersOf(target), geminiBody(target));
      },
      read: readWith(readCandidates, geminiStream),
    },
    embedding: {
      request: (target) =>
        post(operation(target, ":embedContent"), headersOf(target), {
          content: { parts: [{ text: target.prompt }] },
          ...target.extraBody,
        }),
      read: readWith(readEmbedding),
    },
    image_generation: {
      request: (target) =>
        isImagen(target)
          ? post(operation(target, ":predict"), headersOf(target), imagenBody(target))
          : post(operation(target, generate), headersOf(target), imageBody(target)),
      read: readWith((target, response) =>
        isImagen(target)
          ? readImagen(target, response)
          : readImage(response, readCandidates(target, response)),
      ),
    },
    audio_speech: {
      request: (target) => post(operation(target, generate), headersOf(target), speechBody(target)),
      read: readWith((target, response) => readSpeech(response, readCandidates(target, response))),
    },
    batch: {
      request: (target) => get(`${target.baseUrl}/batches?pageSize=1`, headersOf(target)),
      // Of no batches Google says nothing.
      read: readWith((_target, response) => {
        const body = parse(response);
        return typeof body === "object" && body !== null
          ? passed(noUsage)
          : unexpected(response, "no list of batches");
      }),
    },
    video_generation: free,
    image_edit: free,
    realtime: { request: openGeminiLive, read: readRealtime },
  },
  free,
  adapt: adaptTarget,
};

function isImagen({ model }: ProbeTarget): boolean {
  return /(?:^|\/)imagen-/.test(model);
}

export function geminiBody(target: ProbeTarget): Readonly<Record<string, unknown>> {
  const contents = [{ role: "user", parts: [{ text: target.prompt }] }];
  const { maxTokens } = target;
  const limit = maxTokens === null ? {} : { generationConfig: { maxOutputTokens: maxTokens } };
  return withExtras({ contents, ...limit }, target);
}

function modelOf({ baseUrl, model }: ProbeTarget): string {
  return `${baseUrl}/models/${encodeURIComponent(model.replace(/^models\//, ""))}`;
}

function operation(target: ProbeTarget, name: string): string {
  return target.baseUrl.endsWith(name) ? target.baseUrl : `${modelOf(target)}${name}`;
}

function readEmbedding(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  const values = at(body, "embedding", "values");
  const cut = response.truncated && /"values"\s*:\s*\[/.test(response.body);
  return cut || (isList(values) && values.length > 0)
    ? passed(usageOf(body))
    : unexpected(response, "no embedding");
}

export function readCandidates(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  const usage = usageOf(body);
  const model = at(body, "modelVersion");
  const candidate = at(body, "candidates", 0);
  if (candidate === undefined) {
    const blocked = at(body, "promptFeedback", "blockReason");
    return typeof blocked === "string"
      ? servedBy(model, limited("the probe's words were blocked by a content filter", usage))
      : unexpected(response, "no candidates");
  }
  const parts = at(candidate, "content", "parts");
  // Thinking counts against the limit: no words, and yet the model ran.
  if (!isList(parts) || parts.length === 0)
    return servedBy(model, limited("the answer holds no words", usage));
  return servedBy(model, passed(usage));
}

function usageOf(body: Json | undefined): Usage {
  const usage = at(body, "usageMetadata");
  const words = count(at(usage, "candidatesTokenCount"));
  const thoughts = count(at(usage, "thoughtsTokenCount"));
  return {
    promptTokens: count(at(usage, "promptTokenCount")),
    completionTokens: words === null && thoughts === null ? null : (words ?? 0) + (thoughts ?? 0),
    ...tokensOf({
      reasoning: thoughts,
      audioIn: soundOf(at(usage, "promptTokensDetails")),
      audioOut: soundOf(at(usage, "candidatesTokensDetails")),
    }),
  };
}

/** Google counts by what it is: [{ modality: "AUDIO", tokenCount: 12 }]. */
function soundOf(details: Json | undefined): number | null {
  const sound = isList(details) && details.find((one) => at(one, "modality") === "AUDIO");
  return sound ? count(at(sound, "tokenCount")) : null;
}
