// Ollama's stream: a JSON value a line, the last one with `done: true`, which counts what was done.

import { at, isFilled } from "../reading.ts";
import type { StreamFormat } from "../stream.ts";

export const ollamaStream: StreamFormat = {
  framing: "lines",
  isToken: (event) =>
    ["response", "thinking"].some((key) => isFilled(at(event, key))) ||
    ["content", "thinking", "tool_calls"].some((key) => isFilled(at(event, "message", key))),
  isEnd: (event) => at(event, "done") === true,
  whole(events) {
    const end = events.findLast(ollamaStream.isEnd);
    if (end !== undefined) return end;
    const token = events.find(ollamaStream.isToken);
    return token === undefined ? {} : { model: at(token, "model") ?? null, done: true };
  },
};
