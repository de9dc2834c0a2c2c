// Google's Gemini API. The key goes into a header: keys in URLs end up in logs. (ai.google.dev/api)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family } from "../family.ts";
import type { Judgement, Usage } from "../outcome.ts";
import {
  at,
  count,
  failed,
  isList,
  type Json,
  limited,
  parse,
  passed,
  readMetadata,
  unexpected,
} from "../reading.ts";
import { geminiStream } from "./gemini-stream.ts";

export const gemini: Family = {
  paid: {
    chat: {
      request(target) {
        const whole = operation(target, ":generateContent");
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
  },
  free: {
    request: (target) => get(modelOf(target), headersOf(target)),
    read: (target, response) => readMetadata(target.provider, response, target.model, null),
  },
  adapt: adaptTarget,
};

export function geminiBody(target: ProbeTarget): Record<string, unknown> {
  return {
    contents: [{ role: "user", parts: [{ text: target.prompt }] }],
    ...(target.maxTokens === null
      ? {}
      : { generationConfig: { maxOutputTokens: target.maxTokens } }),
    ...target.extraBody,
  };
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
  return isList(values) && values.length > 0
    ? passed(usageOf(body))
    : unexpected(response, "no embedding");
}

export function readCandidates(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  const usage = usageOf(body);
  const candidate = at(body, "candidates", 0);
  if (candidate === undefined) {
    const blocked = at(body, "promptFeedback", "blockReason");
    return typeof blocked === "string"
      ? limited("the probe's words were blocked by a content filter", usage)
      : unexpected(response, "no candidates");
  }
  const parts = at(candidate, "content", "parts");
  // Thinking counts against the limit: no words, and yet the model ran.
  if (!isList(parts) || parts.length === 0) return limited("the answer holds no words", usage);
  return passed(usage);
}

function usageOf(body: Json | undefined): Usage {
  const usage = at(body, "usageMetadata");
  const words = count(at(usage, "candidatesTokenCount"));
  const thoughts = count(at(usage, "thoughtsTokenCount"));
  return {
    promptTokens: count(at(usage, "promptTokenCount")),
    completionTokens: words === null && thoughts === null ? null : (words ?? 0) + (thoughts ?? 0),
  };
}
