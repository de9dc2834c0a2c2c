// Anthropic's Messages API. (docs.anthropic.com/en/api)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, get, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import {
  at,
  count,
  failed,
  isList,
  limited,
  parse,
  passed,
  readMetadata,
  unexpected,
} from "../reading.ts";
import { join, root } from "../url.ts";
import { anthropicStream } from "./anthropic-stream.ts";

const messages = "/v1/messages";

export const anthropic: Family = {
  paid: {
    chat: {
      request: (target) =>
        ask(target, anthropicStream, join(baseOf(target), messages), headers(target), {
          model: target.model,
          ...anthropicBody(target),
        }),
      read: readWith(readMessage, anthropicStream),
    },
  },
  free: {
    request: (target) =>
      get(`${baseOf(target)}/v1/models/${encodeURIComponent(target.model)}`, headers(target)),
    read: (target, response) => readMetadata(target.provider, response, target.model, null),
  },
  adapt: adaptTarget,
};

function headers(target: ProbeTarget): Record<string, string> {
  return headersOf(target, { "anthropic-version": target.apiVersion ?? "2023-06-01" });
}

function baseOf({ baseUrl }: ProbeTarget): string {
  return root(baseUrl, [messages, "/v1"]);
}

/** All but the model, which other hosts of Claude name elsewhere. The limit is required. */
export function anthropicBody(target: ProbeTarget): Record<string, unknown> {
  return {
    max_tokens: target.maxTokens ?? 16,
    messages: [{ role: "user", content: target.prompt }],
    ...(target.stream ? { stream: true } : {}),
    ...target.extraBody,
  };
}

export function readMessage(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "type") === "error") return failed(target.provider, response);
  const content = at(body, "content");
  if (at(body, "type") !== "message" || !isList(content)) return unexpected(response, "no message");
  const usage = {
    promptTokens: count(at(body, "usage", "input_tokens")),
    completionTokens: count(at(body, "usage", "output_tokens")),
  };
  if (at(body, "stop_reason") === "refusal")
    return limited("the model refused the probe's words", usage);
  if (content.length === 0) return limited("the answer holds no words", usage);
  return passed(usage);
}
