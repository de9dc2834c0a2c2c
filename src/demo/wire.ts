// Paths of the simulated providers: which operation of which family a request is. All families
// share one port, so a path that two of them have (the list of models) is told apart by its
// headers.

import {
  anthropic,
  azure,
  type Body,
  cohere,
  type FamilyRow,
  gemini,
  ollama,
  openai,
} from "./families.ts";
import type { OperationKind } from "./question.ts";

export interface Operation {
  readonly family: FamilyRow;
  readonly kind: OperationKind;
  readonly model: string;
  readonly streams: boolean;
}

type Route = readonly [
  method: "GET" | "POST",
  pattern: RegExp,
  family: FamilyRow,
  kind: OperationKind,
];

/** The pattern's group is the model, where the path names it. */
const routes: readonly Route[] = [
  ["POST", /^\/v1\/chat\/completions$/, openai, "chat"],
  ["POST", /^\/v1\/completions$/, openai, "completion"],
  ["POST", /^\/v1\/embeddings$/, openai, "embedding"],
  ["POST", /^\/openai\/(?:v1|deployments\/([^/]+))\/chat\/completions$/, azure, "chat"],
  ["POST", /^\/openai\/(?:v1|deployments\/([^/]+))\/completions$/, azure, "completion"],
  ["POST", /^\/openai\/(?:v1|deployments\/([^/]+))\/embeddings$/, azure, "embedding"],
  ["GET", /^\/openai(?:\/v1)?\/models$/, azure, "list"],
  ["POST", /^\/v1\/messages$/, anthropic, "chat"],
  ["POST", /^\/v1beta\/models\/([^/:]+):(?:g|streamG)enerateContent$/, gemini, "chat"],
  ["POST", /^\/v1beta\/models\/([^/:]+):embedContent$/, gemini, "embedding"],
  ["GET", /^\/v1beta\/models\/([^/:]+)$/, gemini, "metadata"],
  ["GET", /^\/v1beta\/models$/, gemini, "list"],
  ["POST", /^\/v2\/chat$/, cohere, "chat"],
  ["POST", /^\/v2\/embed$/, cohere, "embedding"],
  ["POST", /^\/api\/(?:chat|generate)$/, ollama, "chat"],
  ["POST", /^\/api\/embed$/, ollama, "embedding"],
  ["POST", /^\/api\/show$/, ollama, "metadata"],
  ["GET", /^\/api\/tags$/, ollama, "list"],
  ["GET", /^\/v1\/models\/([^/]+)$/, openai, "metadata"],
  ["GET", /^(?:\/v1)?\/models$/, openai, "list"],
  // OpenRouter's question about a key, and vLLM's about its engine.
  ["GET", /^\/(?:v1\/key|health)$/, openai, "metadata"],
];

/** The operation of a request, its model from the path or body; null for a path of no provider. */
export function operationOf(
  asked: string,
  path: string,
  body: Body,
  headers: Headers,
): Operation | null {
  for (const [method, pattern, family, kind] of routes) {
    if (method !== asked) continue;
    const match = pattern.exec(path);
    if (match === null) continue;
    const named = match[1] ?? body["model"];
    return {
      // Anthropic has OpenAI's paths for its models, and demands a header of its own.
      family: family === openai && headers.has("anthropic-version") ? anthropic : family,
      kind,
      model: typeof named === "string" ? decoded(named) : "demo-model",
      streams: body["stream"] === true || path.endsWith(":streamGenerateContent"),
    };
  }
  return null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
