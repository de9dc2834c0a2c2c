// Text Generation Inference of Hugging Face as Predibase hosts it: an address with tenant and deployment, and a text that is gone
// on with. There is no free question. (huggingface.github.io/text-generation-inference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import { withExtras } from "../extras.ts";
import type { Family, Question } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, count, failed, isList, parse, passed, unexpected } from "../reading.ts";
import { tgiStream } from "./tgi-stream.ts";

const generation: Question = {
  request(target) {
    const url = target.stream ? `${urlOf(target)}_stream` : urlOf(target);
    return ask(target, tgiStream, url, headersOf(target), tgiBody(target));
  },
  read: readWith(readGeneration, tgiStream),
};

export const tgi: Family = {
  paid: { chat: generation },
  free: generation,
  adapt: adaptTarget,
};

export function tgiBody(target: ProbeTarget): Readonly<Record<string, unknown>> {
  const limit = target.maxTokens === null ? {} : { max_new_tokens: target.maxTokens };
  return withExtras({ inputs: target.prompt, parameters: { details: true, ...limit } }, target);
}

function urlOf({ baseUrl, model, options }: ProbeTarget): string {
  if (/\/generate(?:_stream)?$/.test(baseUrl)) return baseUrl.replace(/_stream$/, "");
  const place = `/deployments/v2/llms/${encodeURIComponent(model)}`;
  if (baseUrl.includes("/deployments/")) {
    return baseUrl.endsWith(place)
      ? `${baseUrl}/generate`
      : `${baseUrl.replace(/\/deployments\/.*/, "")}${place}/generate`;
  }
  return `${baseUrl}/${options["tenant"] ?? ""}${place}/generate`;
}

export function readGeneration(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  const answer = isList(body) ? body[0] : body;
  if (typeof at(answer, "generated_text") !== "string") return unexpected(response, "no text");
  const prompt = at(answer, "details", "prefill");
  return passed({
    promptTokens: isList(prompt) && prompt.length > 0 ? prompt.length : null,
    completionTokens: count(at(answer, "details", "generated_tokens")),
  });
}
