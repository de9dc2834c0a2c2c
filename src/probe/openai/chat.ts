// OpenAI's chat, which most providers speak. (platform.openai.com/docs/api-reference/chat)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import type { Judgement } from "../outcome.ts";
import { at, failed, limited, parse, unexpected } from "../reading.ts";
import { answered, isMinimaxError, named, type Operation, usageOf } from "./operation.ts";
import { openaiStream } from "./stream.ts";

export const chat = {
  path: "/chat/completions",
  stream: openaiStream,
  body: (target) => ({
    model: target.model,
    messages: [{ role: "user", content: target.prompt }],
    ...(target.maxTokens === null ? {} : { [target.tokenField]: target.maxTokens }),
    ...(target.stream ? { stream: true } : {}),
    ...(target.reasoningEffort === null ? {} : { reasoning_effort: target.reasoningEffort }),
    ...target.extraBody,
  }),
  read: readChoice,
} satisfies Operation;

/** OpenAI's older completions answer with the same choices, of a text. (platform.openai.com/docs/api-reference/completions) */
export const completion: Operation = {
  path: "/completions",
  stream: openaiStream,
  body: (target) => ({
    model: target.model,
    prompt: target.prompt,
    ...(target.maxTokens === null ? {} : { max_tokens: target.maxTokens }),
    ...(target.stream ? { stream: true } : {}),
    ...target.extraBody,
  }),
  read: readChoice,
};

function readChoice(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error") || isMinimaxError(body)) return failed(target.provider, response);
  const usage = usageOf(body);
  const choice = at(body, "choices", 0);
  if (choice === undefined) return unexpected(response, "no choices");
  const reason = at(choice, "finish_reason");
  const text = at(choice, "message", "content") ?? at(choice, "text");
  const isChoice =
    typeof at(choice, "message") === "object" || typeof at(choice, "text") === "string";
  if (!isChoice) return unexpected(response, "a choice without a message");
  if (reason === "error") return failed(target.provider, response);
  if (reason === "content_filter")
    return named(body, limited("the answer was withheld by a content filter", usage));
  if (typeof at(choice, "message", "refusal") === "string")
    return named(body, limited("the model refused the probe's words", usage));
  const empty = text === undefined || text === null || text === "";
  if (empty && reason === "length")
    return named(body, limited("the output limit was used up before the first word", usage));
  return answered(body, usage);
}
