// Cohere's v2 API. (docs.cohere.com/reference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, count, isList, parse, passed, readMetadata, unexpected } from "../reading.ts";
import { root } from "../url.ts";
import { cohereStream } from "./cohere-stream.ts";

const badEnds: readonly unknown[] = ["ERROR", "ERROR_TOXIC", "TIMEOUT"];
const operations = ["/v2/chat", "/v2/embed", "/v1/chat", "/v1/embed", "/v1", "/v2"];

export const cohere: Family = {
  paid: {
    chat: {
      request: (target) =>
        ask(target, cohereStream, `${baseOf(target)}/v2/chat`, headersOf(target), {
          model: target.model,
          messages: [{ role: "user", content: target.prompt }],
          ...(target.maxTokens === null ? {} : { max_tokens: target.maxTokens }),
          stream: target.stream,
          ...target.extraBody,
        }),
      read: readWith(readMessage, cohereStream),
    },
    embedding: {
      request: (target) =>
        post(`${baseOf(target)}/v2/embed`, headersOf(target), {
          model: target.model,
          texts: [target.prompt],
          input_type: "search_query",
          embedding_types: ["float"],
          ...target.extraBody,
        }),
      read: readWith(readEmbedding),
    },
  },
  free: {
    request: (target) =>
      get(`${baseOf(target)}/v1/models/${encodeURIComponent(target.model)}`, headersOf(target)),
    read: (target, response) => readMetadata(target.provider, response, target.model, null),
  },
  adapt: adaptTarget,
};

function baseOf({ baseUrl }: ProbeTarget): string {
  return root(baseUrl, operations);
}

function readEmbedding(_target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  const vector = at(body, "embeddings", "float", 0);
  const tokens = count(at(body, "meta", "billed_units", "input_tokens"));
  return isList(vector) && vector.length > 0
    ? passed({ promptTokens: tokens, completionTokens: null })
    : unexpected(response, "no embedding");
}

function readMessage(_target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
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
