// Ollama's own API: /api/chat for ollama_chat, /api/generate for ollama. The free question, /api/show, tells that a model
// exists without loading it. (github.com/ollama/ollama/blob/main/docs/api.md)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { readStream } from "../stream.ts";
import { ollamaStream } from "./ollama-stream.ts";
import { ask, post } from "./openai.ts";
import {
  at,
  count,
  failed,
  isList,
  isSuccess,
  parse,
  passed,
  readMetadata,
  unexpected,
} from "./reading.ts";
import { root } from "./url.ts";

const operations = ["/api/chat", "/api/generate", "/api/embed", "/api", "/v1"];

export const ollama: Family = {
  request(target) {
    const headers = {
      accept: "application/json",
      ...(target.apiKey === null ? {} : { authorization: `Bearer ${target.apiKey}` }),
      ...target.headers,
    };
    const base = root(target.baseUrl, operations);
    const { model, prompt } = target;
    if (target.rung === "metadata") return post(`${base}/api/show`, headers, { model });
    if (target.mode === "embedding") {
      return post(`${base}/api/embed`, headers, { model, input: [prompt], ...target.extraBody });
    }
    const asked =
      target.provider === "ollama_chat"
        ? { path: "/api/chat", words: { messages: [{ role: "user", content: prompt }] } }
        : { path: "/api/generate", words: { prompt } };
    return ask(target, ollamaStream, `${base}${asked.path}`, headers, {
      model,
      ...asked.words,
      stream: target.stream,
      ...(target.maxTokens === null ? {} : { options: { num_predict: target.maxTokens } }),
      ...target.extraBody,
    });
  },
  read(target, response) {
    if (target.rung === "metadata") {
      return readMetadata(target.provider, response, target.model, null);
    }
    if (!isSuccess(response)) return failed(target.provider, response);
    return target.stream
      ? readStream(ollamaStream, target, response, (answer) => readAnswer(target, answer))
      : readAnswer(target, response);
  },
  adapt: adaptTarget,
};

function readAnswer(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  const usage = {
    promptTokens: count(at(body, "prompt_eval_count")),
    completionTokens: count(at(body, "eval_count")),
  };
  if (target.mode === "embedding") {
    const vector = at(body, "embeddings", 0);
    return isList(vector) && vector.length > 0
      ? passed(usage)
      : unexpected(response, "no embedding");
  }
  return at(body, "done") === true
    ? passed(usage)
    : unexpected(response, "an answer that is not done");
}
