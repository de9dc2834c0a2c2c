// Bodies of Bedrock's invoke: every vendor has its own. (docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import type { Judgement, Usage } from "../outcome.ts";
import {
  at,
  count,
  isFilled,
  isList,
  type Json,
  limited,
  noUsage,
  parse,
  passed,
  unexpected,
} from "../reading.ts";

export function embeddingBody(target: ProbeTarget): Record<string, unknown> {
  const name = nameOf(target);
  const { prompt } = target;
  if (/cohere\./.test(name)) return { texts: [prompt], input_type: "search_query" };
  if (/nova-\d+-multimodal-embeddings|nova.*embed/.test(name)) {
    return {
      taskType: "SINGLE_EMBEDDING",
      singleEmbeddingParams: {
        embeddingPurpose: "GENERIC_INDEX",
        embeddingDimension: 256,
        text: { truncationMode: "END", value: prompt },
      },
    };
  }
  if (/marengo-embed-3/.test(name)) return { inputType: "text", text: { inputText: prompt } };
  if (/marengo/.test(name)) return { inputType: "text", inputText: prompt };
  return { inputText: prompt };
}

export function readEmbedding(response: HttpResponse): Judgement {
  const body = parse(response);
  const found = [at(body, "embedding"), at(body, "embeddings"), at(body, "data")].some(isFilled);
  // A long vector can be cut at our own bound; its beginning is proof enough.
  const cut = response.truncated && /"embeddings?"\s*:\s*[[{]/.test(response.body);
  return found || cut ? passed(usageOf(response, body)) : unexpected(response, "no embedding");
}

export function imageBody(target: ProbeTarget): Record<string, unknown> {
  if (/stability\./.test(nameOf(target))) return { prompt: target.prompt };
  return {
    taskType: "TEXT_IMAGE",
    textToImageParams: { text: target.prompt },
    imageGenerationConfig: { numberOfImages: 1, width: 512, height: 512 },
  };
}

export function readImage(response: HttpResponse): Judgement {
  const body = parse(response);
  const images = at(body, "images");
  const found = isList(images) && isFilled(images[0]);
  const cut = response.truncated && /"images"\s*:\s*\["/.test(response.body);
  if (!found && !cut) {
    return isWithheld(body)
      ? limited("the picture was withheld by a content filter", noUsage)
      : unexpected(response, "no image");
  }
  const pieces = { unit: "image", count: 1 } as const;
  return passed({ ...noUsage, pieces });
}

/** Amazon's models say so in `error`, Stability's in the place of the reason why they ended. */
function isWithheld(body: Json | undefined): boolean {
  const words = [at(body, "error"), at(body, "finish_reasons", 0)];
  return words.some((one) => typeof one === "string" && /content filter|^filter reason/i.test(one));
}

/** The model that stands behind an ARN, where the configuration names it. */
function nameOf({ model, baseModel, options }: ProbeTarget): string {
  return options["named"] ?? baseModel ?? model;
}

/** Titan counts in the body, the others in headers. */
export function usageOf({ headers }: HttpResponse, body: Json | undefined): Usage {
  const header = (name: string) => {
    const value = headers[`x-amzn-bedrock-${name}-token-count`];
    return value === undefined ? null : count(Number(value));
  };
  return {
    promptTokens: header("input") ?? count(at(body, "inputTextTokenCount")),
    completionTokens: header("output"),
  };
}
