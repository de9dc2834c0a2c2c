// OpenAI's API, which most providers speak, and the model list as the free question. (platform.openai.com/docs/api-reference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import { get } from "../asking.ts";
import { openaiFamily, openaiHeaders, readModelList } from "../openai/family.ts";
import { operations } from "../openai/operations.ts";
import { readMetadata } from "../reading.ts";
import { join, root } from "../url.ts";

const realtime = "/realtime";
const paths = [...Object.values(operations).map(({ path }) => path), realtime];
/** Hosts that answer for one model at /models/{id}; all others that speak this API have only the list for certain. */
const oneModelHosts = [
  "api.openai.com",
  "api.groq.com",
  "api.mistral.ai",
  "api.x.ai",
  "api.cerebras.ai",
];

export const openai = openaiFamily({
  url: (target, path) => join(target.baseUrl, path),
  realtimeUrl(target) {
    const asked = new URLSearchParams({ model: target.model }).toString();
    return `${join(root(target.baseUrl, paths), realtime)}?${asked}`;
  },
  free: {
    request(target) {
      const one = answersForOneModel(target) ? `/${encodeURIComponent(target.model)}` : "";
      return get(`${root(target.baseUrl, paths)}/models${one}`, openaiHeaders(target));
    },
    read: (target, response) =>
      answersForOneModel(target)
        ? readMetadata(target.provider, response, target.model, null)
        : readModelList(target, response),
  },
});

function answersForOneModel({ baseUrl }: ProbeTarget): boolean {
  const host = /^https:\/\/([^/?#]*)/i.exec(baseUrl)?.[1]?.toLowerCase() ?? "";
  return oneModelHosts.some((one) => host === one || host.endsWith(`.${one}`));
}
