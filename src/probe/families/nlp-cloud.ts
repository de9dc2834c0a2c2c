// NLP Cloud: a text that is gone on with, at the model's own address. There is no free question. (docs.nlpcloud.com)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family, Question } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, count, parse, passed, unexpected } from "../reading.ts";
import { join } from "../url.ts";

const generation: Question = {
  request: (target) =>
    post(
      join(target.baseUrl, `/${encodeURIComponent(target.model)}/generation`),
      headersOf(target),
      {
        text: target.prompt,
        ...(target.maxTokens === null ? {} : { max_length: target.maxTokens }),
        ...target.extraBody,
      },
    ),
  read: readWith(readGeneration),
};

export const nlpCloud: Family = {
  paid: { chat: generation },
  free: generation,
  adapt: adaptTarget,
};

function readGeneration(_target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (typeof at(body, "generated_text") !== "string") return unexpected(response, "no text");
  return passed({
    promptTokens: count(at(body, "nb_input_tokens")),
    completionTokens: count(at(body, "nb_generated_tokens")),
  });
}
