// Gemini's stream (`alt=sse`): every event has the shape of a whole answer with the part of it that is new.

import { at, isFilled, isList, type Json } from "../reading.ts";
import { firstFilled, lastFilled, type StreamFormat } from "../stream.ts";

const made = ["text", "functionCall", "inlineData", "executableCode"];

export const geminiStream: StreamFormat = {
  framing: "server-sent events",
  isToken: (event) => partsOf(event).some((part) => made.some((key) => isFilled(at(part, key)))),
  isEnd: (event) =>
    isFilled(at(event, "candidates", 0, "finishReason")) ||
    isFilled(at(event, "promptFeedback", "blockReason")),
  whole(events) {
    const usage = lastFilled(events, "usageMetadata");
    const model = firstFilled(events, "modelVersion");
    const told = {
      ...(usage === undefined ? {} : { usageMetadata: usage }),
      ...(model === undefined ? {} : { modelVersion: model }),
    };
    const blocked = lastFilled(events, "promptFeedback");
    if (blocked !== undefined) return { promptFeedback: blocked, ...told };
    const token = events.find(geminiStream.isToken);
    if (token === undefined && !events.some(geminiStream.isEnd)) return {};
    return { candidates: [{ content: { parts: partsOf(token) } }], ...told };
  },
};

function partsOf(event: Json | undefined): readonly Json[] {
  const parts = at(event, "candidates", 0, "content", "parts");
  return isList(parts) ? parts : [];
}
