// OpenAI's API, which most providers speak: chat, completions, embeddings, and the model list as the free question.
// (platform.openai.com/docs/api-reference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import type { Family } from "../family.ts";
import type { Judgement, Usage } from "../outcome.ts";
import { openSocket, readRealtime } from "../realtime.ts";
import { readStream, type StreamFormat, watchStream } from "../stream.ts";
import { openaiStream } from "./openai-stream.ts";
import {
  at,
  count,
  failed,
  isList,
  isSuccess,
  type Json,
  limited,
  noUsage,
  parse,
  passed,
  readMetadata,
  unexpected,
} from "./reading.ts";
import { join, root } from "./url.ts";

const operations = {
  chat: "/chat/completions",
  completion: "/completions",
  embedding: "/embeddings",
  realtime: "/realtime",
} as const;
/** Hosts that answer for one model at /models/{id}; all others that speak this API have only the list for certain. */
const oneModelHosts = [
  "api.openai.com",
  "api.groq.com",
  "api.mistral.ai",
  "api.x.ai",
  "api.cerebras.ai",
];

export const openai: Family = {
  request(target) {
    const headers = openaiHeaders(
      target,
      target.apiKey === null ? {} : { authorization: `Bearer ${target.apiKey}` },
    );
    if (target.rung === "metadata") {
      const base = root(target.baseUrl, Object.values(operations));
      const one = answersForOneModel(target) ? `/${encodeURIComponent(target.model)}` : "";
      return { method: "GET", url: `${base}/models${one}`, headers, body: null };
    }
    if (target.mode === "realtime") {
      const base = root(target.baseUrl, Object.values(operations));
      const asked = new URLSearchParams({ model: target.model }).toString();
      return openSocket(`${join(base, operations.realtime)}?${asked}`, headers);
    }
    const url = join(target.baseUrl, operations[target.mode]);
    return ask(target, openaiStream, url, headers, openaiBody(target, true));
  },
  read: readOpenai,
  adapt: adaptTarget,
};

function answersForOneModel({ family, baseUrl }: ProbeTarget): boolean {
  const host = /^https:\/\/([^/?#]*)/i.exec(baseUrl)?.[1] ?? "";
  return (
    family === "openai" &&
    oneModelHosts.some(
      (one) => host.toLowerCase() === one || host.toLowerCase().endsWith(`.${one}`),
    )
  );
}

export function openaiHeaders(
  target: ProbeTarget,
  auth: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    accept: "application/json",
    ...(target.organization === null ? {} : { "openai-organization": target.organization }),
    ...auth,
    ...target.headers,
  };
}

export function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): HttpRequest {
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** The paid question; where it is for a stream, the answer is watched for its first token. */
export function ask(
  target: ProbeTarget,
  format: StreamFormat,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): HttpRequest {
  const request = post(url, headers, body);
  return target.stream ? { ...request, watch: () => watchStream(format) } : request;
}

/** The smallest body of the mode. No sampling parameters: newer models refuse them. */
export function openaiBody(target: ProbeTarget, named: boolean): Record<string, unknown> {
  const model = named ? { model: target.model } : {};
  const limit = target.maxTokens === null ? {} : { [target.tokenField]: target.maxTokens };
  switch (target.mode) {
    case "chat":
      return {
        ...model,
        messages: [{ role: "user", content: target.prompt }],
        ...limit,
        ...(target.stream ? { stream: true } : {}),
        ...(target.reasoningEffort === null ? {} : { reasoning_effort: target.reasoningEffort }),
        // Costs more than the probe itself unless it is switched off.
        ...(target.provider === "perplexity" ? { disable_search: true } : {}),
        ...target.extraBody,
      };
    case "completion":
      return {
        ...model,
        prompt: target.prompt,
        ...(target.maxTokens === null ? {} : { max_tokens: target.maxTokens }),
        ...(target.stream ? { stream: true } : {}),
        ...target.extraBody,
      };
    case "embedding":
      return {
        ...model,
        input: [target.prompt],
        ...(target.provider === "nvidia_nim" ? { input_type: "query" } : {}),
        ...target.extraBody,
      };
    case "realtime":
      return {};
    default:
      return target.mode satisfies never;
  }
}

export function readOpenai(target: ProbeTarget, response: HttpResponse): Judgement {
  if (target.rung === "metadata") {
    const idsOf = (body: Json): readonly Json[] | null => {
      const list = isList(body) ? body : at(body, "data");
      return isList(list) ? list.map((item) => at(item, "id") ?? null) : null;
    };
    const asked = answersForOneModel(target) ? null : idsOf;
    return readMetadata(target.provider, response, target.model, asked);
  }
  if (target.mode === "realtime") return readRealtime(target, response);
  if (!isSuccess(response)) return failed(target.provider, response);
  return target.stream
    ? readStream(openaiStream, target, response, (answer) => readAnswer(target, answer))
    : readAnswer(target, response);
}

function readAnswer(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error") || isMinimaxError(body)) return failed(target.provider, response);
  const usage = usageOf(body);
  if (target.mode === "embedding") {
    const vector = at(body, "data", 0, "embedding");
    const found =
      (isList(vector) && vector.length > 0) || (typeof vector === "string" && vector !== "");
    // A long vector can be cut at our own bound; its beginning is proof enough.
    const cut = response.truncated && /"embedding"\s*:\s*[["]/.test(response.body);
    return found || cut ? passed(usage) : unexpected(response, "no embedding");
  }
  const choice = at(body, "choices", 0);
  if (choice === undefined) return unexpected(response, "no choices");
  const reason = at(choice, "finish_reason");
  const text = at(choice, "message", "content") ?? at(choice, "text");
  const isChoice =
    typeof at(choice, "message") === "object" || typeof at(choice, "text") === "string";
  if (!isChoice) return unexpected(response, "a choice without a message");
  if (reason === "content_filter")
    return limited("the answer was withheld by a content filter", usage);
  if (typeof at(choice, "message", "refusal") === "string")
    return limited("the model refused the probe's words", usage);
  const empty = text === undefined || text === null || text === "";
  if (empty && reason === "length")
    return limited("the output limit was used up before the first word", usage);
  return passed(usage);
}

function isMinimaxError(body: Json | undefined): boolean {
  const code = at(body, "base_resp", "status_code");
  return typeof code === "number" && code !== 0;
}

function usageOf(body: Json | undefined): Usage {
  const usage = at(body, "usage");
  if (usage === undefined) return noUsage;
  return {
    promptTokens: count(at(usage, "prompt_tokens")) ?? count(at(usage, "total_tokens")),
    completionTokens: count(at(usage, "completion_tokens")),
  };
}
