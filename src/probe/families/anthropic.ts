// Anthropic's Messages API. (docs.anthropic.com/en/api)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { readStream } from "../stream.ts";
import { anthropicStream } from "./anthropic-stream.ts";
import { ask } from "./openai.ts";
import {
  at,
  count,
  failed,
  isList,
  isSuccess,
  limited,
  parse,
  passed,
  readMetadata,
  unexpected,
} from "./reading.ts";
import { join, root } from "./url.ts";

const messages = "/v1/messages";

export const anthropic: Family = {
  request(target) {
    const headers = {
      accept: "application/json",
      "anthropic-version": target.apiVersion ?? "2023-06-01",
      ...(target.apiKey === null ? {} : { "x-api-key": target.apiKey }),
      ...target.headers,
    };
    const base = root(target.baseUrl, [messages, "/v1"]);
    if (target.rung === "metadata") {
      return {
        method: "GET",
        url: `${base}/v1/models/${encodeURIComponent(target.model)}`,
        headers,
        body: null,
      };
    }
    return ask(target, anthropicStream, join(base, messages), headers, {
      model: target.model,
      max_tokens: target.maxTokens ?? 16,
      messages: [{ role: "user", content: target.prompt }],
      ...(target.stream ? { stream: true } : {}),
      ...target.extraBody,
    });
  },
  read(target, response) {
    if (target.rung === "metadata") {
      return readMetadata(target.provider, response, target.model, null);
    }
    if (!isSuccess(response)) return failed(target.provider, response);
    return target.stream
      ? readStream(anthropicStream, target, response, (answer) => readAnswer(target, answer))
      : readAnswer(target, response);
  },
  adapt: adaptTarget,
};

function readAnswer(target: ProbeTarget, response: HttpResponse): Judgement {
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
