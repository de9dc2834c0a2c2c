// The stream of Workers AI: pieces of the response, or OpenAI's chunks from newer models. It wraps nothing in a result; this does.

import { at, isFilled } from "../reading.ts";
import { lastFilled, type StreamFormat } from "../stream.ts";

const made: readonly (readonly (string | number)[])[] = [
  ["response"],
  ["choices", 0, "delta", "content"],
  ["choices", 0, "delta", "reasoning_content"],
];

export const cloudflareStream: StreamFormat = {
  framing: "server-sent events",
  isToken: (event) => made.some((path) => isFilled(at(event, ...path))),
  // The last one is `[DONE]`.
  isEnd: () => false,
  whole(events) {
    const usage = lastFilled(events, "usage");
    const begun = events.some(
      (event) => at(event, "response") !== undefined || at(event, "choices", 0) !== undefined,
    );
    if (!begun) return {};
    const words = events.some(cloudflareStream.isToken) ? "…" : "";
    return {
      success: true,
      result: { response: words, ...(usage === undefined ? {} : { usage }) },
    };
  },
};
