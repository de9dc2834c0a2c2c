// Triton's stream: each event has the shape of a whole answer with the part of it that is new.

import { at, isFilled } from "../reading.ts";
import type { StreamFormat } from "../stream.ts";

export const tritonStream: StreamFormat = {
  framing: "server-sent events",
  isToken: (event) => isFilled(at(event, "text_output")),
  // It ends with the connection.
  isEnd: () => false,
  whole: (events) =>
    events.find(tritonStream.isToken) ??
    events.find((event) => at(event, "text_output") !== undefined) ??
    {},
};
