// Cloudflare Workers AI by /ai/run, where the model's name is the end of the address. An address with /ai/v1 speaks OpenAI's API and
// is asked so. The free question searches the account's models;
// of pictures and sound it is all that is asked. (developers.cloudflare.com/workers-ai)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family, Question } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import {
  at,
  count,
  failed,
  isFilled,
  isList,
  type Json,
  parse,
  passed,
  readMetadata,
  unexpected,
} from "../reading.ts";
import { cloudflareStream } from "./cloudflare-stream.ts";
import { openai } from "./openai.ts";

const free: Question = {
  request(target) {
    const asked = new URLSearchParams({ search: target.model.replace(/^@(?:cf|hf)\//, "") });
    return get(`${accountUrl(target)}/ai/models/search?${asked}`, headersOf(target));
  },
  read: (target, response) =>
    readMetadata(target.provider, response, target.model, (body) => {
      const models = at(body, "result");
      return isList(models) ? models.map((model) => at(model, "name") ?? null) : null;
    }),
};

export const cloudflare: Family = {
  paid: {
    chat: asOpenai("chat", {
      request: (target) =>
        ask(target, cloudflareStream, runUrl(target), headersOf(target), {
          messages: [{ role: "user", content: target.prompt }],
          ...(target.maxTokens === null ? {} : { max_tokens: target.maxTokens }),
          ...(target.stream ? { stream: true } : {}),
          ...target.extraBody,
        }),
      read: readWith(
        (target, response) => readResult(target, response, isAnswer),
        cloudflareStream,
      ),
    }),
    embedding: asOpenai("embedding", {
      request: (target) =>
        post(runUrl(target), headersOf(target), { text: [target.prompt], ...target.extraBody }),
      read: readWith((target, response) =>
        readResult(target, response, (result) => isFilled(at(result, "data", 0))),
      ),
    }),
    rerank: {
      request: (target) =>
        post(runUrl(target), headersOf(target), {
          query: target.prompt,
          contexts: [{ text: target.prompt }],
          ...target.extraBody,
        }),
      read: readWith((target, response) =>
        readResult(
          target,
          response,
          (result) => typeof at(result, "response", 0, "score") === "number",
        ),
      ),
    },
    // What these models are sent differs from one to the next.
    image_generation: free,
    audio_transcription: free,
    audio_speech: free,
  },
  free,
  adapt: adaptTarget,
};

/** The same mode in OpenAI's words, where the address speaks those. */
function asOpenai(mode: "chat" | "embedding", question: Question): Question {
  const pick = ({ baseUrl }: ProbeTarget) =>
    (baseUrl.includes("/ai/v1") ? openai.paid[mode] : undefined) ?? question;
  return {
    request: (target) => pick(target).request(target),
    read: (target, response) => pick(target).read(target, response),
  };
}

function accountUrl({ baseUrl, options }: ProbeTarget): string {
  const bare = baseUrl.replace(/\/ai(?:\/(?:run|v1).*)?$/, "");
  return bare.includes("/accounts/") ? bare : `${bare}/accounts/${options["account"] ?? ""}`;
}

/** The slashes of a model's name belong to the address. */
function runUrl(target: ProbeTarget): string {
  const path = target.model.split("/").map(encodeURIComponent).join("/").replace(/^%40/, "@");
  return `${accountUrl(target)}/ai/run/${path}`;
}

/** Older models answer with `response`, newer ones as OpenAI's do. */
function isAnswer(result: Json | undefined): boolean {
  const words = at(result, "response");
  return typeof words === "string" || isFilled(words) || at(result, "choices", 0) !== undefined;
}

function readResult(
  target: ProbeTarget,
  response: HttpResponse,
  isWhole: (result: Json | undefined) => boolean,
): Judgement {
  const body = parse(response);
  if (at(body, "success") === false) return failed(target.provider, response);
  const result = at(body, "result");
  if (!isWhole(result)) return unexpected(response, "no result");
  const usage = at(result, "usage");
  return passed({
    promptTokens: count(at(usage, "prompt_tokens")),
    completionTokens: count(at(usage, "completion_tokens")),
  });
}
