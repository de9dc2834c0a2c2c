// Which providers have operations that the others do not: without it they are asked for a chat, as LiteLLM does.

import type { FamilyName, Mode } from "./deployment.ts";
import { familyModes } from "./family-modes.ts";

/** What anybody may have put there; the operator's mode is believed. */
const unknown = [
  "openai_like",
  "custom_openai",
  "custom",
  "aiohttp_openai",
  "litellm_proxy",
  "hosted_vllm",
  "vllm",
  "lm_studio",
];
const openai = ["openai", "azure", "azure_ai", ...unknown];

const native: Readonly<Partial<Record<Mode, ReadonlySet<string>>>> = {
  completion: new Set([
    ...openai,
    "text-completion-openai",
    "text-completion-codestral",
    "azure_text",
    "together_ai",
    "fireworks_ai",
    "meta_llama",
    "llamafile",
    "featherless_ai",
    "nebius",
    "dashscope",
    "moonshot",
    "v0",
    "lambda_ai",
    "hyperbolic",
    "wandb",
    "ollama",
  ]),
  responses: new Set([...openai, "xai", "volcengine"]),
};

/** The mode that the provider is asked in; `family` is the model's: a provider may serve some of its models in another's words. */
export function askedMode(provider: string, family: FamilyName, mode: Mode): Mode {
  const providers = native[mode];
  if (providers === undefined) return mode;
  return providers.has(provider) && familyModes[family].includes(mode) ? mode : "chat";
}
