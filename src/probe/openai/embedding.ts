// OpenAI's embeddings. (platform.openai.com/docs/api-reference/embeddings) Hugging Face computes features of `inputs` instead, and
// answers with the vector alone. (huggingface.co/docs/inference-providers/tasks/feature-extraction) Voyage's models that see a text
// in its document take lists of such, and answer with lists. (docs.voyageai.com/reference/contextualized-embeddings-api)

import type { ProbeTarget } from "../../registry/deployment.ts";
import { at, failed, isList, type Json, parse, unexpected } from "../reading.ts";
import { answered, isMinimaxError, type Operation } from "./operation.ts";

export const embedding: Operation = {
  path: "/embeddings",
  body: (target) => ({ ...wordsOf(target), ...target.extraBody }),
  read(target, response) {
    const body = parse(response);
    if (at(body, "error") || isMinimaxError(body)) return failed(target.provider, response);
    const first = at(body, "data", 0);
    const vector = at(first, "embedding") ?? at(first, "data", 0, "embedding");
    const found = isVector(vector) || (typeof vector === "string" && vector !== "");
    // A long vector can be cut at our own bound; its beginning is proof enough.
    const cut = response.truncated && /"embedding"\s*:\s*[["]|^\s*\[+-?\d/.test(response.body);
    return found || cut || isVector(body) ? answered(body) : unexpected(response, "no embedding");
  },
};

function wordsOf({ provider, model, prompt }: ProbeTarget): Record<string, unknown> {
  if (provider === "huggingface") return { inputs: [prompt] };
  const isInContext = provider === "voyage" && model.startsWith("voyage-context-");
  return isInContext ? { model, inputs: [[prompt]] } : { model, input: [prompt] };
}

/** Numbers, or lists of them. */
function isVector(value: Json | undefined): boolean {
  return isList(value) && (typeof value[0] === "number" || isVector(value[0]));
}
