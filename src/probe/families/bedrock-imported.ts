// Models that somebody imported into Bedrock: converse is not certain there, invoke takes the body of the model's own vendor.
// (docs.aws.amazon.com/bedrock/latest/userguide/invoke-imported-model.html)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import type { Judgement } from "../outcome.ts";
import { parse, passed, unexpected } from "../reading.ts";
import { usageOf } from "./bedrock-invoke.ts";

export function importedBody({ options, prompt, maxTokens }: ProbeTarget): Record<string, unknown> {
  if (options["vendor"] === "llama") {
    return { prompt, ...(maxTokens === null ? {} : { max_gen_len: maxTokens }) };
  }
  if (options["vendor"] === "openai") {
    return {
      messages: [{ role: "user", content: prompt }],
      ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
    };
  }
  return { prompt, ...(maxTokens === null ? {} : { max_tokens: maxTokens }) };
}

/** Vendors answer differently; all of them with JSON. */
export function readImported(response: HttpResponse): Judgement {
  const body = parse(response);
  return typeof body === "object" && body !== null
    ? passed(usageOf(response, body))
    : unexpected(response, "something that is not JSON");
}
