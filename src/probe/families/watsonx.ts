// IBM watsonx.ai. (cloud.ibm.com/apidocs/watsonx-ai)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import { withExtras } from "../extras.ts";
import type { Family } from "../family.ts";
import { chat } from "../openai/chat.ts";
import type { Judgement } from "../outcome.ts";
import {
  at,
  count,
  isFilled,
  isList,
  parse,
  passed,
  readMetadata,
  unexpected,
} from "../reading.ts";

export const watsonx: Family = {
  paid: {
    chat: {
      request: (target) => (generates(target) ? askText(target) : askChat(target)),
      read: readWith((target, response) =>
        generates(target) ? readText(response) : chat.read(target, response),
      ),
    },
    embedding: {
      request: (target) => ask(target, "text/embeddings", { inputs: [target.prompt] }),
      read: readWith((_target, response) => {
        const body = parse(response);
        if (!isFilled(at(body, "results", 0, "embedding"))) {
          return unexpected(response, "no embedding");
        }
        return passed({
          promptTokens: count(at(body, "input_token_count")),
          completionTokens: null,
        });
      }),
    },
    rerank: {
      request: (target) =>
        ask(target, "text/rerank", { query: target.prompt, inputs: [{ text: target.prompt }] }),
      read: readWith((_target, response) => {
        const body = parse(response);
        if (typeof at(body, "results", 0, "score") !== "number") {
          return unexpected(response, "no results");
        }
        return passed({
          promptTokens: count(at(body, "input_token_count")),
          completionTokens: null,
        });
      }),
    },
  },
  free: {
    request(target) {
      const query = new URLSearchParams({ version: versionOf(target), limit: "200" });
      return get(`${baseOf(target)}/foundation_model_specs?${query}`, headersOf(target));
    },
    read: (target, response) =>
      // A deployment of one's own is in no list of models.
      readMetadata(target.provider, response, target.model, (body) => {
        const list = at(body, "resources");
        if (deploymentOf(target) !== null || !isList(list)) return null;
        return list.map((item) => at(item, "model_id") ?? null);
      }),
  },
  adapt: adaptTarget,
};

function generates({ provider }: ProbeTarget): boolean {
  return provider === "watsonx_text";
}

function askChat(target: ProbeTarget): HttpRequest {
  return ask(target, "text/chat", {
    messages: [{ role: "user", content: [{ type: "text", text: target.prompt }] }],
    ...(target.maxTokens === null ? {} : { max_tokens: target.maxTokens }),
  });
}

function askText(target: ProbeTarget): HttpRequest {
  return ask(target, "text/generation", {
    input: target.prompt,
    ...(target.maxTokens === null ? {} : { parameters: { max_new_tokens: target.maxTokens } }),
  });
}

/** A deployment knows its model and its project. */
function ask(target: ProbeTarget, operation: string, body: object): HttpRequest {
  const deployment = deploymentOf(target);
  const place = deployment === null ? "" : `/deployments/${encodeURIComponent(deployment)}`;
  const query = new URLSearchParams({ version: versionOf(target) });
  const url = `${baseOf(target)}${place}/${operation}?${query}`;
  const named = deployment === null ? { model_id: target.model, ...ownerOf(target) } : {};
  return post(url, headersOf(target), withExtras({ ...named, ...body }, target));
}

function ownerOf({ options }: ProbeTarget): Record<string, string> {
  const { project, space } = options;
  if (project !== undefined) return { project_id: project };
  return space === undefined ? {} : { space_id: space };
}

function deploymentOf({ model }: ProbeTarget): string | null {
  return /^deployment\/([^/]+)/.exec(model)?.[1] ?? null;
}

function versionOf({ options }: ProbeTarget): string {
  return options["version"] ?? "2024-03-13";
}

function baseOf({ baseUrl }: ProbeTarget): string {
  return `${baseUrl.replace(/\/ml\/v1.*$/, "")}/ml/v1`;
}

function readText(response: HttpResponse): Judgement {
  const result = at(parse(response), "results", 0);
  if (typeof at(result, "generated_text") !== "string") return unexpected(response, "no results");
  return passed({
    promptTokens: count(at(result, "input_token_count")),
    completionTokens: count(at(result, "generated_token_count")),
  });
}
