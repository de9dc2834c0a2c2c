// Which provider a deployment belongs to, in LiteLLM's order: custom_llm_provider, the prefix of the model, a known host in
// api_base, a known model name, `*`. An unknown prefix with an address of its own is taken as OpenAI-compatible.

import { notProbed, providers } from "./providers/all.ts";

export interface ProviderChoice {
  readonly provider: string;
  /** The model's name on the wire. */
  readonly model: string;
}

/** Providers that LiteLLM knows by their host when the model has no prefix. */
const knownByHost = [
  "perplexity",
  "deepinfra",
  "mistral",
  "codestral",
  "groq",
  "nvidia_nim",
  "cerebras",
  "sambanova",
  "ai21_chat",
  "deepseek",
  "together_ai",
  "friendliai",
  "xai",
  "meta_llama",
  "featherless_ai",
  "nscale",
  "nebius",
  "dashscope",
  "moonshot",
  "v0",
  "morph",
  "lambda_ai",
  "hyperbolic",
  "vercel_ai_gateway",
  "wandb",
  "clarifai",
  "baseten",
  "anyscale",
  "galadriel",
  "empower",
];

/** Hosts of theirs besides the one of their row: other regions, newer names. */
const otherHosts: readonly (readonly [string, string])[] = [
  ["api.together.ai", "together_ai"],
  ["api.moonshot.cn", "moonshot"],
  ["dashscope.aliyuncs.com", "dashscope"],
  ["api.tokenfactory.nebius.com", "nebius"],
];

const providerOfHost: ReadonlyMap<string, string> = new Map([
  ...otherHosts,
  ...knownByHost.flatMap((name) => {
    const host = hostOf(providers[name]?.base ?? "");
    return host === null ? [] : [[host, name] as const];
  }),
]);

/** Model names that tell their provider, as LiteLLM's price map does. */
const providerOfModel: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:text-embedding-(?:0\d\d|large-exp|preview)|textembedding-|text-multilingual-|multimodalembedding|imagen|veo-)/,
    "vertex_ai",
  ],
  [
    /^(?:(?:us|eu|apac|global|jp|au|us-gov)\.)?(?:amazon|anthropic|meta|cohere|mistral|ai21|stability|deepseek|writer|twelvelabs)\./,
    "bedrock",
  ],
  [
    /^(?:gpt-|chatgpt-|o\d|text-embedding-|davinci|babbage|codex|computer-use|sora-|ft:(?:gpt|davinci|babbage))/,
    "openai",
  ],
  [/^claude-/, "anthropic"],
  [/^(?:command|embed-(?:english|multilingual|v\d)|rerank-|c4ai-)/, "cohere"],
  [/^gemini-/, "vertex_ai"],
  [/^(?:whisper-|dall-e-|tts-|omni-moderation|text-moderation)/, "openai"],
  [/^jamba-/, "ai21_chat"],
];

/** Whether this version knows the name as a provider's, probed or not. */
export function isKnownProvider(name: string): boolean {
  return Object.hasOwn(providers, name) || Object.hasOwn(notProbed, name);
}

/**
 * Whom to ask. A `health_check_model` takes the place of the model; without a known prefix of its own it stays with the
 * deployment's provider. Null when nothing tells the provider.
 */
export function askedProviderOf(
  model: string,
  healthModel: string | null,
  custom: string | null,
  apiBase: string | null,
): ProviderChoice | null {
  const own = providerOf(model, custom, apiBase);
  if (healthModel === null) return own;
  if (custom === null && !isKnownProvider(prefixOf(healthModel)) && own !== null) {
    return { provider: own.provider, model: healthModel };
  }
  return providerOf(healthModel, custom, apiBase);
}

/** The provider and the model's name on the wire; null when nothing tells the provider. */
export function providerOf(
  model: string,
  custom: string | null,
  apiBase: string | null,
): ProviderChoice | null {
  const prefix = prefixOf(model);
  const rest = prefix === "" ? model : model.slice(prefix.length + 1);
  if (custom !== null) {
    const bare = prefix === custom ? rest : model;
    if (isKnownProvider(custom)) return { provider: custom, model: bare };
    return apiBase === null ? null : { provider: "openai_like", model: bare };
  }
  if (isKnownProvider(prefix)) {
    // `azure/` with a model that is not OpenAI's is an OpenAI-compatible endpoint at that address.
    const foreign =
      prefix === "azure" &&
      /^(?:mistral|open-mi|codestral|ministral|pixtral|command|c4ai|cohere)/i.test(rest);
    if (foreign && apiBase !== null) return { provider: "openai_like", model: rest };
    // A route of Bedrock's that leads to another API with a login of its own.
    const onPlatform = /^bedrock\/claude_platform\/(.+)$/.exec(model)?.[1];
    if (onPlatform !== undefined) {
      return { provider: "bedrock_claude_platform", model: onPlatform };
    }
    const isChat = prefix === "ai21" && rest.startsWith("jamba");
    return { provider: isChat ? "ai21_chat" : prefix, model: rest };
  }
  const byHost = providerOfHost.get(hostOf(apiBase ?? "") ?? "");
  if (byHost !== undefined) return { provider: byHost, model };
  const byName = providerOfModel.find(([pattern]) => pattern.test(model));
  if (byName !== undefined) return { provider: byName[1], model };
  if (model === "*") return { provider: "openai", model };
  return apiBase === null ? null : { provider: "openai_like", model: rest };
}

/** The text before the first slash, or nothing. */
export function prefixOf(model: string): string {
  const slash = model.indexOf("/");
  return slash < 0 ? "" : model.slice(0, slash);
}

/** The model without a known provider's prefix. */
export function withoutProvider(model: string): string {
  const prefix = prefixOf(model);
  return isKnownProvider(prefix) ? model.slice(prefix.length + 1) : model;
}

function hostOf(url: string): string | null {
  try {
    return new URL(url).host;
  } catch {
    return null;
  }
}
