// OpenAI's embeddings. (platform.openai.com/docs/api-reference/embeddings)

import { at, failed, isList, parse, passed, unexpected } from "../reading.ts";
import { isMinimaxError, type Operation, usageOf } from "./operation.ts";

export const embedding: Operation = {
  path: "/embeddings",
  body: (target) => ({
    model: target.model,
    input: [target.prompt],
    ...(target.provider === "nvidia_nim" ? { input_type: "query" } : {}),
    ...target.extraBody,
  }),
  read(target, response) {
    const body = parse(response);
    if (at(body, "error") || isMinimaxError(body)) return failed(target.provider, response);
    const vector = at(body, "data", 0, "embedding");
    const found =
      (isList(vector) && vector.length > 0) || (typeof vector === "string" && vector !== "");
    // A long vector can be cut at our own bound; its beginning is proof enough.
    const cut = response.truncated && /"embedding"\s*:\s*[["]/.test(response.body);
    return found || cut ? passed(usageOf(body)) : unexpected(response, "no embedding");
  },
};
