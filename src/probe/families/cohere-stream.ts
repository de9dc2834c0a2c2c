// Cohere's stream: `message-start`, deltas of the content, of a tool's plan or of its call, `message-end`.

import { at, isFilled } from "../reading.ts";
import type { StreamFormat } from "../stream.ts";

const made: readonly (readonly string[])[] = [
  ["content", "text"],
  ["content", "thinking"],
  ["tool_plan"],
  ["tool_calls"],
];

export const cohereStream: StreamFormat = {
  framing: "server-sent events",
  isToken: (event) => made.some((path) => isFilled(at(event, "delta", "message", ...path))),
  isEnd: (event) => at(event, "type") === "message-end",
  whole(events) {
    const token = events.find(cohereStream.isToken);
    const end = events.findLast(cohereStream.isEnd);
    if (token === undefined && end === undefined) return {};
    const reason = at(end, "delta", "finish_reason");
    const usage = at(end, "delta", "usage");
    return {
      message: { content: token === undefined ? [] : [at(token, "delta", "message") ?? null] },
      ...(reason === undefined ? {} : { finish_reason: reason }),
      ...(usage === undefined ? {} : { usage }),
    };
  },
};
