// Which providers have operations that the others do not: without it they are asked for a chat, as LiteLLM does.

import type { Mode } from "./deployment.ts";

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

/** The mode that the provider is asked in. */
export function askedMode(provider: string, mode: Mode): Mode {
  const providers = native[mode];
  return providers === undefined || providers.has(provider) ? mode : "chat";
}
