// Azure AI Foundry's own address for the models of others, and its serverless deployments: OpenAI's chat and embeddings, Cohere's
// ranking, Mistral's reading. (learn.microsoft.com/azure/ai-foundry/model-inference/reference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import { familyModes } from "../../registry/family-modes.ts";
import { isAzureResource } from "../../registry/place-of.ts";
import { get } from "../asking.ts";
import { openaiFamily, openaiHeaders } from "../openai/family.ts";
import { readAccount } from "../reading.ts";
import { join } from "../url.ts";

export const azureAi = openaiFamily({
  modes: familyModes.azure_ai,
  url(target, path) {
    if (target.mode === "rerank") return join(resourceOf(target), "/v1/rerank");
    if (target.mode === "ocr") return join(resourceOf(target), "/providers/mistral/azure/ocr");
    return `${join(modelsOf(target), path)}${versionOf(target)}`;
  },
  free: {
    request: (target) => get(`${modelsOf(target)}/info${versionOf(target)}`, openaiHeaders(target)),
    // It tells of one model where a serverless deployment has one, and is not everywhere.
    read: readAccount,
  },
});

const operation = /\/(?:chat\/completions|completions|embeddings)$/;

/** A resource serves its models below `/models`, or below OpenAI's v1 API; a serverless deployment at its root. */
function modelsOf({ baseUrl }: ProbeTarget): string {
  const bare = baseUrl.replace(operation, "");
  if (!isAzureResource(new URL(bare).hostname) || /\/(?:models|openai\/v1)$/.test(bare))
    return bare;
  return `${bare}/models`;
}

/** What is not served below `/models`. */
function resourceOf({ baseUrl }: ProbeTarget): string {
  return baseUrl.replace(operation, "").replace(/\/(?:models|openai\/v1|v1)$/, "");
}

/** Only what is configured is sent. */
function versionOf({ apiVersion }: ProbeTarget): string {
  return apiVersion === null ? "" : `?${new URLSearchParams({ "api-version": apiVersion })}`;
}
