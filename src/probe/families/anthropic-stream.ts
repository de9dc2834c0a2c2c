// Anthropic's stream. `message_start` and `content_block_start` say that the request was taken, before the model has made anything;
// the first delta of a block is the first token, be it of words, of a thought or of a tool's input.

import { at, isFilled, type Json } from "../reading.ts";
import { firstFilled, type StreamFormat } from "../stream.ts";

const made = ["text", "thinking", "partial_json", "signature"];

export const anthropicStream: StreamFormat = {
  framing: "server-sent events",
  isToken: (event) =>
    at(event, "type") === "content_block_delta" &&
    made.some((key) => isFilled(at(event, "delta", key))),
  isEnd: (event) => at(event, "type") === "message_stop",
  whole(events) {
    const token = events.find(anthropicStream.isToken);
    const stop = events.findLast((event) => at(event, "type") === "message_delta");
    if (token === undefined && stop === undefined && !events.some(anthropicStream.isEnd)) return {};
    const input = events
      .map((event) => at(event, "message", "usage", "input_tokens"))
      .find((count) => count !== undefined);
    const model = firstFilled(events, "message", "model");
    const usage: { [key: string]: Json } = {};
    const said = at(stop, "usage", "input_tokens") ?? input;
    const output = at(stop, "usage", "output_tokens");
    if (said !== undefined) usage["input_tokens"] = said;
    if (output !== undefined) usage["output_tokens"] = output;
    return {
      type: "message",
      ...(model === undefined ? {} : { model }),
      content: token === undefined ? [] : [at(token, "delta") ?? null],
      stop_reason: at(stop, "delta", "stop_reason") ?? null,
      usage,
    };
  },
};
