// Cohere's v2 API. (docs.cohere.com/reference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { readStream } from "../stream.ts";
import { cohereStream } from "./cohere-stream.ts";
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
import { join, root } from "./url.ts";

const badEnds: readonly unknown[] = ["ERROR", "ERROR_TOXIC", "TIMEOUT"];

export const cohere: Family = {
  request(target) {
    const headers = {
      accept: "application/json",
      ...(target.apiKey === null ? {} : { authorization: `Bearer ${target.apiKey}` }),
      ...target.headers,
    };
    const base = root(target.baseUrl, [
      "/v2/chat",
      "/v2/embed",
      "/v1/chat",
      "/v1/embed",
      "/v1",
      "/v2",
    ]);
    if (target.rung === "metadata") {
      return {
        method: "GET",
        url: `${base}/v1/models/${encodeURIComponent(target.model)}`,
        headers,
        body: null,
      };
    }
    const url = join(base, target.mode === "embedding" ? "/v2/embed" : "/v2/chat");
    if (target.mode === "embedding") {
      return post(url, headers, {
        model: target.model,
        texts: [target.prompt],
        input_type: "search_query",
        embedding_types: ["float"],
        ...target.extraBody,
      });
    }
    return ask(target, cohereStream, url, headers, {
      model: target.model,
      messages: [{ role: "user", content: target.prompt }],
      ...(target.maxTokens === null ? {} : { max_tokens: target.maxTokens }),
      stream: target.stream,
      ...target.extraBody,
    });
  },
  read(target, response) {
    if (target.rung === "metadata") {
      return readMetadata(target.provider, response, target.model, null);
    }
    if (!isSuccess(response)) return failed(target.provider, response);
    return target.stream
      ? readStream(cohereStream, target, response, (answer) => readAnswer(target, answer))
      : readAnswer(target, response);
  },
  adapt: adaptTarget,
};

function readAnswer(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (target.mode === "embedding") {
    const vector = at(body, "embeddings", "float", 0);
    const tokens = count(at(body, "meta", "billed_units", "input_tokens"));
    return isList(vector) && vector.length > 0
      ? passed({ promptTokens: tokens, completionTokens: null })
      : unexpected(response, "no embedding");
  }
  const ended = at(body, "finish_reason");
  if (badEnds.includes(ended)) {
    return { ...unexpected(response, ""), text: `the model stopped with ${String(ended)}` };
  }
  if (!isList(at(body, "message", "content")) && at(body, "message") === undefined) {
    return unexpected(response, "no message");
  }
  const units = at(body, "usage", "billed_units") ?? at(body, "usage", "tokens");
  return passed({
    promptTokens: count(at(units, "input_tokens")),
    completionTokens: count(at(units, "output_tokens")),
  });
}
