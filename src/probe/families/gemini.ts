// Google's Gemini API. The key goes into a header: keys in URLs end up in logs. (ai.google.dev/api)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { readStream } from "../stream.ts";
import { geminiStream } from "./gemini-stream.ts";
import { ask, post } from "./openai.ts";
import {
  at,
  count,
  failed,
  isList,
  isSuccess,
  type Json,
  limited,
  parse,
  passed,
  readMetadata,
  unexpected,
} from "./reading.ts";

export const gemini: Family = {
  request(target) {
    const headers = {
      accept: "application/json",
      ...(target.apiKey === null ? {} : { "x-goog-api-key": target.apiKey }),
      ...target.headers,
    };
    const model = `${target.baseUrl}/models/${encodeURIComponent(target.model.replace(/^models\//, ""))}`;
    if (target.rung === "metadata") return { method: "GET", url: model, headers, body: null };
    const words = { parts: [{ text: target.prompt }] };
    if (target.mode === "embedding") {
      return post(operation(target, model, ":embedContent"), headers, {
        content: words,
        ...target.extraBody,
      });
    }
    const whole = operation(target, model, ":generateContent");
    // Without `alt=sse` the stream is one JSON list that is never complete before its end.
    const url = target.stream
      ? `${whole.replace(/:generateContent$/, ":streamGenerateContent")}?alt=sse`
      : whole;
    return ask(target, geminiStream, url, headers, {
      contents: [{ role: "user", ...words }],
      ...(target.maxTokens === null
        ? {}
        : { generationConfig: { maxOutputTokens: target.maxTokens } }),
      ...target.extraBody,
    });
  },
  read(target, response) {
    if (target.rung === "metadata") {
      return readMetadata(target.provider, response, target.model, null);
    }
    if (!isSuccess(response)) return failed(target.provider, response);
    return target.stream
      ? readStream(geminiStream, target, response, (answer) => readAnswer(target, answer))
      : readAnswer(target, response);
  },
  adapt: adaptTarget,
};

function readAnswer(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  const usage = usageOf(body);
  if (target.mode === "embedding") {
    const values = at(body, "embedding", "values");
    return isList(values) && values.length > 0
      ? passed(usage)
      : unexpected(response, "no embedding");
  }
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

function operation(target: ProbeTarget, model: string, name: string): string {
  return target.baseUrl.endsWith(name) ? target.baseUrl : `${model}${name}`;
}

function usageOf(body: Json | undefined) {
  const usage = at(body, "usageMetadata");
  const words = count(at(usage, "candidatesTokenCount"));
  const thoughts = count(at(usage, "thoughtsTokenCount"));
  return {
    promptTokens: count(at(usage, "promptTokenCount")),
    completionTokens: words === null && thoughts === null ? null : (words ?? 0) + (thoughts ?? 0),
  };
}
