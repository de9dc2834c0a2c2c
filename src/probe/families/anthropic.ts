// Anthropic's Messages API. (docs.anthropic.com/en/api)
//
// The free question is for the model by its name. Foundry of Azure has no list of models, but counts tokens for nothing, which
// proves key, permission and model as well. `thinking` and sampling parameters are never sent: newer models refuse the latter.

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import {
  at,
  count,
  failed,
  isList,
  limited,
  noUsage,
  parse,
  passed,
  readModel,
  unexpected,
} from "../reading.ts";
import { servedBy } from "../served-model.ts";
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
    batch: {
      request: (target) => get(`${baseOf(target)}${messages}/batches?limit=1`, headers(target)),
      read: readWith((_target, response) =>
        isList(at(parse(response), "data"))
          ? passed(noUsage)
          : unexpected(response, "no list of batches"),
      ),
    },
  },
  free: {
    request: (target) =>
      countsOnly(target)
        ? post(`${baseOf(target)}${messages}/count_tokens`, headers(target), {
            model: target.model,
            messages: words(target),
          })
        : get(`${baseOf(target)}/v1/models/${encodeURIComponent(target.model)}`, headers(target)),
    read(target, response) {
      const judgement = readModel(target, response);
      return countsOnly(target) ? judgement : servedBy(at(parse(response), "id"), judgement);
    },
  },
  adapt: adaptTarget,
};

function countsOnly({ provider }: ProbeTarget): boolean {
  return provider !== "anthropic";
}

function headers(target: ProbeTarget): Record<string, string> {
  return headersOf(target, { "anthropic-version": target.apiVersion ?? "2023-06-01" });
}

function baseOf({ baseUrl }: ProbeTarget): string {
  return root(baseUrl, [messages, "/v1"]);
}

function words({ prompt }: ProbeTarget): readonly object[] {
  return [{ role: "user", content: prompt }];
}

/** All but the model, which other hosts of Claude name elsewhere. The limit is required. */
export function anthropicBody(target: ProbeTarget): Record<string, unknown> {
  return {
    max_tokens: target.maxTokens ?? 16,
    messages: words(target),
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
  const model = at(body, "model");
  if (at(body, "stop_reason") === "refusal")
    return servedBy(model, limited("the model refused the probe's words", usage));
  if (content.length === 0) return servedBy(model, limited("the answer holds no words", usage));
  return servedBy(model, passed(usage));
}
