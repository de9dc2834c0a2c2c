// Cohere's v2 API, and v1 where the model's name (`v1/command-r`) or the address says so. (docs.cohere.com/reference)
//
// v1 is never asked for a stream: its events are of another kind, and nobody begins with it today. `input_type` is what an
// embedding model cannot be asked without.

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, count, isList, noUsage, parse, passed, readModel, unexpected } from "../reading.ts";
import { root } from "../url.ts";
import { cohereStream } from "./cohere-stream.ts";

const badEnds: readonly unknown[] = ["ERROR", "ERROR_TOXIC", "TIMEOUT"];
const operations = ["chat", "embed", "rerank"].flatMap((name) => [`/v2/${name}`, `/v1/${name}`]);

export const cohere: Family = {
  paid: {
    chat: {
      request: askWords,
      read: (target, response) =>
        isV1(target)
          ? readWith(readText)(target, response)
          : readWith(readMessage, cohereStream)(target, response),
    },
    embedding: {
      request: (target) =>
        post(urlOf(target, "embed"), headersOf(target), {
          model: nameOf(target),
          texts: [target.prompt],
          input_type: target.options["inputType"] ?? "search_query",
          embedding_types: ["float"],
          ...target.extraBody,
        }),
      read: readWith(readEmbedding),
    },
    rerank: {
      request: (target) =>
        post(urlOf(target, "rerank"), headersOf(target), {
          model: nameOf(target),
          query: target.prompt,
          documents: [target.prompt],
          top_n: 1,
          ...target.extraBody,
        }),
      read: readWith(readRanking),
    },
  },
  free: {
    request: (target) =>
      get(`${baseOf(target)}/v1/models/${encodeURIComponent(nameOf(target))}`, headersOf(target)),
    read: readModel,
  },
  adapt: adaptTarget,
};

function baseOf({ baseUrl }: ProbeTarget): string {
  return root(baseUrl, [...operations, "/v1", "/v2"]);
}

function isV1({ baseUrl, model }: ProbeTarget): boolean {
  return model.startsWith("v1/") || /\/v1(?:\/\w+)?$/.test(baseUrl);
}

function nameOf({ model }: ProbeTarget): string {
  return model.replace(/^v[12]\//, "");
}

function urlOf(target: ProbeTarget, operation: string): string {
  return `${baseOf(target)}/${isV1(target) ? "v1" : "v2"}/${operation}`;
}

function askWords(target: ProbeTarget): HttpRequest {
  const limit = target.maxTokens === null ? {} : { max_tokens: target.maxTokens };
  const model = nameOf(target);
  const url = urlOf(target, "chat");
  const headers = headersOf(target);
  if (isV1(target)) {
    const body = { model, message: target.prompt, ...limit, stream: false, ...target.extraBody };
    return post(url, headers, body);
  }
  return ask(target, cohereStream, url, headers, {
    model,
    messages: [{ role: "user", content: target.prompt }],
    ...limit,
    stream: target.stream,
    ...target.extraBody,
  });
}

function readEmbedding(_target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  const vector = at(body, "embeddings", "float", 0);
  const tokens = count(at(body, "meta", "billed_units", "input_tokens"));
  const cut = response.truncated && /"float"\s*:\s*\[/.test(response.body);
  return cut || (isList(vector) && vector.length > 0)
    ? passed({ promptTokens: tokens, completionTokens: null })
    : unexpected(response, "no embedding");
}

function readRanking(_target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (typeof at(body, "results", 0, "relevance_score") !== "number")
    return unexpected(response, "no ranking");
  const searches = count(at(body, "meta", "billed_units", "search_units"));
  return passed(
    searches === null ? noUsage : { ...noUsage, pieces: { unit: "query", count: searches } },
  );
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

function readText(_target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  const ended = at(body, "finish_reason");
  if (badEnds.includes(ended)) {
    return { ...unexpected(response, ""), text: `the model stopped with ${String(ended)}` };
  }
  if (typeof at(body, "text") !== "string") return unexpected(response, "no text");
  const units = at(body, "meta", "billed_units") ?? at(body, "meta", "tokens");
  return passed({
    promptTokens: count(at(units, "input_tokens")),
    completionTokens: count(at(units, "output_tokens")),
  });
}
