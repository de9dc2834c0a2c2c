// OpenAI's chat, which most providers speak. (platform.openai.com/docs/api-reference/chat)

import { at, failed, limited, parse, passed, unexpected } from "../reading.ts";
import { isMinimaxError, type Operation, usageOf } from "./operation.ts";
import { openaiStream } from "./stream.ts";

export const chat: Operation = {
  path: "/chat/completions",
  stream: openaiStream,
  body: (target) => ({
    model: target.model,
    messages: [{ role: "user", content: target.prompt }],
    ...(target.maxTokens === null ? {} : { [target.tokenField]: target.maxTokens }),
    ...(target.stream ? { stream: true } : {}),
    ...(target.reasoningEffort === null ? {} : { reasoning_effort: target.reasoningEffort }),
    // Costs more than the probe itself unless it is switched off.
    ...(target.provider === "perplexity" ? { disable_search: true } : {}),
    ...target.extraBody,
  }),
  read: readChoice,
};

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

function readChoice(
  target: Parameters<Operation["read"]>[0],
  response: Parameters<Operation["read"]>[1],
): ReturnType<Operation["read"]> {
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
  if (reason === "content_filter")
    return limited("the answer was withheld by a content filter", usage);
  if (typeof at(choice, "message", "refusal") === "string")
    return limited("the model refused the probe's words", usage);
  const empty = text === undefined || text === null || text === "";
  if (empty && reason === "length")
    return limited("the output limit was used up before the first word", usage);
  return passed(usage);
}
