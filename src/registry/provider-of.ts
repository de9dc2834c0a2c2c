// Which provider a deployment belongs to, in LiteLLM's order: custom_llm_provider, the prefix of the model, a known host in
// api_base, a known model name, `*`. An unknown prefix with an address of its own is taken as OpenAI-compatible.

import { notProbed, providerOfHost, providerOfModel, providers } from "./providers.ts";

export interface ProviderChoice {
  readonly provider: string;
  /** The model's name on the wire. */
  readonly model: string;
}

function isKnown(name: string): boolean {
  return Object.hasOwn(providers, name) || Object.hasOwn(notProbed, name);
}

/** Null when nothing tells the provider. */
export function providerOf(
  model: string,
  custom: string | null,
  apiBase: string | null,
): ProviderChoice | null {
  const slash = model.indexOf("/");
  const prefix = slash < 0 ? "" : model.slice(0, slash);
  const rest = slash < 0 ? model : model.slice(slash + 1);
  if (custom !== null && custom !== "") {
    const bare = prefix === custom ? rest : model;
    if (isKnown(custom)) return { provider: custom, model: bare };
    return apiBase === null ? null : { provider: "openai_like", model: bare };
  }
  if (prefix !== "" && isKnown(prefix)) return special(prefix, rest, apiBase);
  const host = apiBase === null ? null : hostOf(apiBase);
  const byHost = host === null ? undefined : providerOfHost[host];
  if (byHost !== undefined) return { provider: byHost, model };
  for (const [pattern, provider] of providerOfModel) {
    if (pattern.test(model)) return { provider, model };
  }
  if (model === "*") return { provider: "openai", model };
  if (apiBase === null) return null;
  return { provider: "openai_like", model: prefix === "" ? model : rest };
}

/** `azure/` with a model that is not OpenAI's is an OpenAI-compatible endpoint at that address. */
function special(provider: string, model: string, apiBase: string | null): ProviderChoice {
  const foreign = provider === "azure" && /^(?:mistral|command|cohere)/i.test(model);
  if (foreign && apiBase !== null) return { provider: "openai_like", model };
  if (
    provider === "azure_ai" &&
    /^(?:gpt-|o\d)/.test(model) &&
    apiBase?.includes(".openai.azure.com")
  ) {
    return { provider: "azure", model };
  }
  return { provider, model };
}

function hostOf(url: string): string | null {
  try {
    return new URL(url).host;
  } catch {
    return null;
  }
}
