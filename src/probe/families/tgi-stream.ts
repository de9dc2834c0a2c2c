// The stream of Text Generation Inference: a token an event, and the whole text with the last one.

import { at, isFilled } from "../reading.ts";
import type { StreamFormat } from "../stream.ts";

export const tgiStream: StreamFormat = {
  framing: "server-sent events",
  isToken: (event) => isFilled(at(event, "token", "text")),
  isEnd: (event) => typeof at(event, "generated_text") === "string",
  whole(events) {
    const end = events.findLast(tgiStream.isEnd);
    if (end !== undefined) return end;
    const token = events.find(tgiStream.isToken);
    return token === undefined ? {} : { generated_text: at(token, "token", "text") ?? "" };
  },
};
