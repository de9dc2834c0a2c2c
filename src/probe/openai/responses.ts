// OpenAI's responses. (platform.openai.com/docs/api-reference/responses) A limit of fewer than 16 tokens is refused, and nothing is to
// be kept on the other side.

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import type { Judgement } from "../outcome.ts";
import { at, failed, isFilled, limited, parse, unexpected } from "../reading.ts";
import type { StreamFormat } from "../stream.ts";
import { answered, named, type Operation, usageOf } from "./operation.ts";

const leastTokens = 16;

const deltas: ReadonlySet<unknown> = new Set([
  "response.output_text.delta",
  "response.refusal.delta",
  "response.reasoning_text.delta",
  "response.reasoning_summary_text.delta",
  "response.function_call_arguments.delta",
]);
const ends: ReadonlySet<unknown> = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
]);

export const responsesStream: StreamFormat = {
  framing: "server-sent events",
  isToken: (event) => deltas.has(at(event, "type")) && isFilled(at(event, "delta")),
  isEnd: (event) => ends.has(at(event, "type")),
  whole(events) {
    const end = events.findLast((event) => ends.has(at(event, "type")));
    if (end !== undefined) return at(end, "response") ?? {};
    // Left at the first token: that is a response which was going on well.
    const begun = events.find((event) => at(event, "response") !== undefined);
    const words = events.some(responsesStream.isToken);
    if (!words) return {};
    const model = at(begun, "response", "model");
    return { status: "completed", ...(model === undefined ? {} : { model }) };
  },
};

export const responses: Operation = {
  path: "/responses",
  stream: responsesStream,
  body: (target) => ({
    model: target.model,
    input: target.prompt,
    ...(target.maxTokens === null
      ? {}
      : { max_output_tokens: Math.max(leastTokens, target.maxTokens) }),
    store: false,
    ...(target.stream ? { stream: true } : {}),
    ...(target.reasoningEffort === null ? {} : { reasoning: { effort: target.reasoningEffort } }),
    ...target.extraBody,
  }),
  read: readResponse,
};

function readResponse(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  const status = at(body, "status");
  if (at(body, "error") || status === "failed") return failed(target.provider, response);
  if (status === "completed") return answered(body);
  if (status !== "incomplete") return unexpected(response, "no response that came to an end");
  const reason = at(body, "incomplete_details", "reason");
  return named(
    body,
    limited(
      reason === "content_filter"
        ? "the answer was withheld by a content filter"
        : "the output limit was used up before the end",
      usageOf(body),
    ),
  );
}
