// OpenAI's embeddings. (platform.openai.com/docs/api-reference/embeddings) Hugging Face computes features of `inputs` instead, and
// answers with the vector alone. (huggingface.co/docs/inference-providers/tasks/feature-extraction)

import { at, failed, isList, type Json, parse, unexpected } from "../reading.ts";
import { answered, isMinimaxError, type Operation } from "./operation.ts";

export const embedding: Operation = {
  path: "/embeddings",
  body: (target) =>
    target.provider === "huggingface"
      ? { inputs: [target.prompt], ...target.extraBody }
      : { model: target.model, input: [target.prompt], ...target.extraBody },
  read(target, response) {
    const body = parse(response);
    if (at(body, "error") || isMinimaxError(body)) return failed(target.provider, response);
    const vector = at(body, "data", 0, "embedding");
    const found = isVector(vector) || (typeof vector === "string" && vector !== "");
    // A long vector can be cut at our own bound; its beginning is proof enough.
    const cut = response.truncated && /"embedding"\s*:\s*[["]|^\s*\[+-?\d/.test(response.body);
    return found || cut || isVector(body) ? answered(body) : unexpected(response, "no embedding");
  },
};

/** Numbers, or lists of them. */
function isVector(value: Json | undefined): boolean {
  return isList(value) && (typeof value[0] === "number" || isVector(value[0]));
}
