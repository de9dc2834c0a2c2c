// OpenAI's images, the smallest that each kind of model makes. (platform.openai.com/docs/api-reference/images)

import type { ProbeTarget } from "../../registry/deployment.ts";
import { at, failed, isList, parse, unexpected } from "../reading.ts";
import { answered, type Operation, usageOf } from "./operation.ts";

export const imageGeneration: Operation = {
  path: "/images/generations",
  body: (target) => ({
    model: target.model,
    prompt: "a dot",
    n: 1,
    ...smallest(target),
    ...target.extraBody,
  }),
  read(target, response) {
    const body = parse(response);
    if (at(body, "error")) return failed(target.provider, response);
    const images = at(body, "data");
    const found =
      isList(images) &&
      images.some((one) => at(one, "b64_json") !== undefined || at(one, "url") !== undefined);
    // A picture in the answer is longer than what is read of it.
    const cut = response.truncated && /"b64_json"\s*:\s*"|"url"\s*:\s*"/.test(response.body);
    if (!found && !cut) return unexpected(response, "no image");
    return answered(body, { ...usageOf(body), pieces: { unit: "image", count: 1 } });
  },
};

/** What makes it small and cheap, by the model's name: each kind refuses what belongs to another. */
function smallest({ model, baseModel }: ProbeTarget): Record<string, unknown> {
  const name = (baseModel ?? model).toLowerCase();
  if (/gpt-image|chatgpt-image/.test(name)) return { size: "1024x1024", quality: "low" };
  if (name.includes("dall-e-2")) return { size: "256x256" };
  if (name.includes("dall-e-3")) return { size: "1024x1024" };
  return {};
}
