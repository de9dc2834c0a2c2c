// Ollama's own API: /api/chat for ollama_chat, /api/generate for ollama. The free question, /api/show, tells that a model
// exists without loading it. (github.com/ollama/ollama/blob/main/docs/api.md)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import { withExtras } from "../extras.ts";
import type { Family } from "../family.ts";
import type { Judgement, Usage } from "../outcome.ts";
import {
  at,
  count,
  failed,
  isList,
  type Json,
  parse,
  passed,
  readModel,
  unexpected,
} from "../reading.ts";
import { servedBy } from "../served-model.ts";
import { root } from "../url.ts";
import { ollamaStream } from "./ollama-stream.ts";

const operations = ["/api/chat", "/api/generate", "/api/embed", "/api", "/v1"];

export const ollama: Family = {
  paid: {
    chat: { request: askWords, read: readWith(readDone, ollamaStream) },
    completion: { request: askWords, read: readWith(readDone, ollamaStream) },
    embedding: {
      request: (target) =>
        post(`${baseOf(target)}/api/embed`, headersOf(target), {
          model: target.model,
          input: [target.prompt],
          ...target.extraBody,
        }),
      read: readWith(readEmbedding),
    },
  },
  free: {
    request: (target) =>
      post(`${baseOf(target)}/api/show`, headersOf(target), { model: target.model }),
    read: readModel,
  },
  adapt: adaptTarget,
};

function baseOf({ baseUrl }: ProbeTarget): string {
  return root(baseUrl, operations);
}

function askWords(target: ProbeTarget): HttpRequest {
  const { model, prompt } = target;
  const asked =
    target.provider === "ollama_chat"
      ? { path: "/api/chat", words: { messages: [{ role: "user", content: prompt }] } }
      : { path: "/api/generate", words: { prompt } };
  const limit = target.maxTokens === null ? {} : { options: { num_predict: target.maxTokens } };
  const body = withExtras({ model, ...asked.words, stream: target.stream, ...limit }, target);
  return ask(target, ollamaStream, `${baseOf(target)}${asked.path}`, headersOf(target), body);
}

function readDone(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  return at(body, "done") === true
    ? servedBy(at(body, "model"), passed(usageOf(body)))
    : unexpected(response, "an answer that is not done");
}

function readEmbedding(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  // The older name is that of servers which serve the older operation at both places.
  const vector = at(body, "embeddings", 0) ?? at(body, "embedding");
  const cut = response.truncated && /"embeddings?"\s*:\s*\[/.test(response.body);
  return cut || (isList(vector) && vector.length > 0)
    ? servedBy(at(body, "model"), passed(usageOf(body)))
    : unexpected(response, "no embedding");
}

function usageOf(body: Json | undefined): Usage {
  return {
    promptTokens: count(at(body, "prompt_eval_count")),
    completionTokens: count(at(body, "eval_count")),
  };
}
