// Ranking one document for one query. Most servers have taken Cohere's shape; the others are told apart by their provider.
// (docs.cohere.com/reference/rerank, docs.voyageai.com/reference/reranker-api, docs.nvidia.com/nim, deepinfra.com/docs,
// huggingface.github.io/text-embeddings-inference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import type { Judgement, Usage } from "../outcome.ts";
import { at, count, failed, type Json, parse, unexpected } from "../reading.ts";
import { answered, type Operation, usageOf } from "./operation.ts";

interface Shape {
  body(target: ProbeTarget): Record<string, unknown>;
  /** Where the score of the first document is. */
  readonly score: readonly (string | number)[];
}

const cohere: Shape = {
  body: ({ model, prompt }) => ({ model, query: prompt, documents: [prompt], top_n: 1 }),
  score: ["results", 0, "relevance_score"],
};

const shapes: Readonly<Record<string, Shape>> = {
  voyage: {
    body: ({ model, prompt }) => ({ model, query: prompt, documents: [prompt], top_k: 1 }),
    score: ["data", 0, "relevance_score"],
  },
  nvidia_nim: {
    body: ({ model, prompt }) => ({ model, query: { text: prompt }, passages: [{ text: prompt }] }),
    score: ["rankings", 0, "logit"],
  },
  deepinfra: {
    body: ({ prompt }) => ({ queries: [prompt], documents: [prompt] }),
    score: ["scores", 0],
  },
  huggingface: {
    body: ({ prompt }) => ({ query: prompt, texts: [prompt] }),
    score: [0, "score"],
  },
};

export const rerank: Operation = {
  path: "/rerank",
  body: (target) => ({ ...shapeOf(target).body(target), ...target.extraBody }),
  read(target: ProbeTarget, response: HttpResponse): Judgement {
    const body = parse(response);
    if (at(body, "error")) return failed(target.provider, response);
    if (typeof at(body, ...shapeOf(target).score) !== "number")
      return unexpected(response, "no score");
    return answered(body, rerankUsage(body));
  },
};

function shapeOf({ provider }: ProbeTarget): Shape {
  return shapes[provider] ?? cohere;
}

/** Paid by the token, or by the search. */
function rerankUsage(body: Json | undefined): Usage {
  const searches = count(at(body, "meta", "billed_units", "search_units"));
  const tokens =
    count(at(body, "meta", "billed_units", "total_tokens")) ?? count(at(body, "input_tokens"));
  const usage = usageOf(body);
  return {
    ...usage,
    promptTokens: usage.promptTokens ?? tokens,
    ...(searches === null ? {} : { pieces: { unit: "query", count: searches } }),
  };
}
