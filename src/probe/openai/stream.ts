// OpenAI's stream, of chats and of completions. The chunk that only names the role is no token; a thought is one, whatever a
// server calls it. Neither is asked for usage: `stream_options` makes servers that do not know it refuse the probe.

import { at, isFilled, type Json } from "../reading.ts";
import { firstFilled, lastFilled, type StreamFormat } from "../stream.ts";

const made = [
  "content",
  "reasoning_content",
  "reasoning",
  "refusal",
  "tool_calls",
  "function_call",
  "audio",
];

export const openaiStream: StreamFormat = {
  framing: "server-sent events",
  isToken(event) {
    const choice = at(event, "choices", 0);
    return isFilled(at(choice, "text")) || made.some((key) => isFilled(at(deltaOf(choice), key)));
  },
  // The last one is `[DONE]`.
  isEnd: () => false,
  whole(events) {
    const token = events.find(openaiStream.isToken);
    const reason = lastFilled(events, "choices", 0, "finish_reason");
    // MiniMax tells an error in an event that looks like others.
    const status = lastFilled(events, "base_resp");
    const rest = status === undefined ? {} : { base_resp: status };
    if (token === undefined && reason === undefined) return rest;
    const choice = at(token, "choices", 0);
    const refusal = at(deltaOf(choice), "refusal");
    const message = {
      content: token === undefined ? "" : (at(choice, "text") ?? "…"),
      ...(typeof refusal === "string" ? { refusal } : {}),
    };
    const model = firstFilled(events, "model");
    const usage = lastFilled(events, "usage");
    return {
      ...rest,
      ...(model === undefined ? {} : { model }),
      choices: [{ message, finish_reason: reason ?? null }],
      ...(usage === undefined ? {} : { usage }),
    };
  },
};

function deltaOf(choice: Json | undefined): Json | undefined {
  return at(choice, "delta") ?? at(choice, "message");
}
