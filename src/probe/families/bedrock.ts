// AWS Bedrock: converse for all chats, invoke for what is no chat, and the control plane for the free question. Streams are binary
// there and not asked for. (docs.aws.amazon.com/bedrock/latest/APIReference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import { withExtras } from "../extras.ts";
import type { Family, Question } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, count, isList, limited, parse, passed, unexpected } from "../reading.ts";
import { importedBody, readImported } from "./bedrock-imported.ts";
import { embeddingBody, imageBody, readEmbedding, readImage } from "./bedrock-invoke.ts";
import { agentsOf, controlOf, modelArnOf, readControl } from "./bedrock-planes.ts";

const chat: Question = {
  request: (target) =>
    isImported(target)
      ? invoke(target, importedBody(target))
      : call(target, "converse", {
          messages: [{ role: "user", content: [{ text: target.prompt }] }],
          ...(target.maxTokens === null
            ? {}
            : { inferenceConfig: { maxTokens: target.maxTokens } }),
        }),
  read: readWith((target, response) =>
    isImported(target) ? readImported(response) : readMessage(response),
  ),
};

const rerank: Question = {
  request: (target) =>
    post(`${agentsOf(target)}/rerank`, headersOf(target), {
      queries: [{ type: "TEXT", textQuery: { text: target.prompt } }],
      sources: [
        {
          type: "INLINE",
          inlineDocumentSource: { type: "TEXT", textDocument: { text: target.prompt } },
        },
      ],
      rerankingConfiguration: {
        type: "BEDROCK_RERANKING_MODEL",
        bedrockRerankingConfiguration: {
          modelConfiguration: { modelArn: modelArnOf(target) },
          numberOfResults: 1,
        },
      },
      ...target.extraBody,
    }),
  read: readWith((_target, response) => {
    const score = at(parse(response), "results", 0, "relevanceScore");
    if (typeof score !== "number") return unexpected(response, "no results");
    return passed({
      promptTokens: null,
      completionTokens: null,
      pieces: { unit: "query", count: 1 },
    });
  }),
};

const free: Question = {
  request: (target) => get(`${controlOf(target)}${resourceOf(target)}`, headersOf(target)),
  read: readControl,
};

export const bedrock: Family = {
  paid: {
    chat,
    embedding: {
      request: (target) => invoke(target, embeddingBody(target)),
      read: readWith((_target, response) => readEmbedding(response)),
    },
    image_generation: {
      request: (target) => invoke(target, imageBody(target)),
      read: readWith((_target, response) => readImage(response)),
    },
    // An edit needs a picture.
    image_edit: free,
    rerank,
    batch: {
      request: (target) =>
        get(`${controlOf(target)}/model-invocation-jobs?maxResults=1`, headersOf(target)),
      read: readWith((_target, response) =>
        isList(at(parse(response), "invocationJobSummaries"))
          ? passed({ promptTokens: null, completionTokens: null })
          : unexpected(response, "no list of jobs"),
      ),
    },
  },
  free,
  adapt: adaptTarget,
};

/** The id goes into the path as one segment: ARNs have slashes. */
function call(target: ProbeTarget, operation: string, body: object): HttpRequest {
  const url = `${target.baseUrl}/model/${encodeURIComponent(target.model)}/${operation}`;
  return post(url, headersOf(target), withExtras({ ...body }, target));
}

function invoke(target: ProbeTarget, body: object): HttpRequest {
  return call(target, "invoke", body);
}

/** Imported models speak their vendor's own body, which the label before the ARN tells. */
function isImported({ model, options }: ProbeTarget): boolean {
  return options["vendor"] !== undefined && /:(?:imported|custom)-model\//.test(model);
}

/** Where the control plane tells of the model, whatever kind of id it has. */
function resourceOf({ model }: ProbeTarget): string {
  const id = encodeURIComponent(model);
  if (/:imported-model\//.test(model)) return `/imported-models/${id}`;
  if (/:provisioned-model\//.test(model)) return `/provisioned-model-throughput/${id}`;
  if (/:custom-model(?:-deployment)?\//.test(model)) return `/custom-models/${id}`;
  const isProfile =
    /:(?:application-)?inference-profile\//.test(model) ||
    /^(?:us|eu|apac|global|jp|au|ca|us-gov)\./.test(model);
  return isProfile ? `/inference-profiles/${id}` : `/foundation-models/${id}`;
}

function readMessage(response: HttpResponse): Judgement {
  const body = parse(response);
  const content = at(body, "output", "message", "content");
  if (at(body, "output", "message") === undefined) return unexpected(response, "no message");
  const usage = {
    promptTokens: count(at(body, "usage", "inputTokens")),
    completionTokens: count(at(body, "usage", "outputTokens")),
  };
  const reason = at(body, "stopReason");
  if (reason === "guardrail_intervened" || reason === "content_filtered") {
    return limited("the answer was withheld by a content filter", usage);
  }
  const empty = !isList(content) || content.length === 0;
  return empty ? limited("the answer holds no words", usage) : passed(usage);
}
