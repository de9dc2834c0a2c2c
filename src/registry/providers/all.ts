// The providers, one row each: where they are, which variables hold their address and key, how they are spoken to. The
// default addresses and variables are LiteLLM's, so that a bare deployment means the same here and there.
// A provider that speaks OpenAI's chat API needs no code: one line here is enough.

import { cloudProviders } from "./cloud.ts";
import { compatibleProviders } from "./compatible.ts";
import { localProviders } from "./local.ts";
import { mediaProviders } from "./media.ts";
import { registeredProviders } from "./registered.ts";
import { compatible, type ProviderRow, voice } from "./row.ts";
import { vendorProviders } from "./vendors.ts";

export type { FreeRung, OptionRow, ProviderRow } from "./row.ts";

const openai: ProviderRow = {
  family: "openai",
  base: "https://api.openai.com/v1",
  baseEnv: ["OPENAI_BASE_URL", "OPENAI_API_BASE"],
  keyEnv: ["OPENAI_API_KEY"],
  needsKey: true,
  free: "model",
  tokenField: "by_model",
  options: { voice },
  // Models that speak have to be told that they need not.
  sendsByName: [[/^gpt-(?:[\w.]+-)*audio/, { modalities: ["text"] }]],
};

const azure: ProviderRow = {
  family: "azure",
  base: null,
  baseEnv: ["AZURE_API_BASE"],
  keyEnv: ["AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_AD_TOKEN"],
  needsKey: true,
  // Its list is of models that could be deployed, not of deployments.
  free: "key",
  tokenField: "by_model",
  versionEnv: ["AZURE_API_VERSION"],
  options: { voice },
  sendsByName: openai.sendsByName ?? [],
  login: "entra",
};

export const providers: Readonly<Record<string, ProviderRow>> = {
  ...cloudProviders,
  openai,
  "text-completion-openai": openai,
  azure,
  azure_text: azure,
  ...vendorProviders,
  ...mediaProviders,

  azure_ai: {
    ...compatible(null, ["AZURE_AI_API_KEY"]),
    family: "azure_ai",
    baseEnv: ["AZURE_AI_API_BASE"],
    free: "key",
    tokenField: "by_model",
    versionEnv: ["AZURE_AI_API_VERSION", "AZURE_API_VERSION"],
    login: "entra",
  },

  bytez: {
    family: "bytez",
    auth: "scheme:Key",
    base: "https://api.bytez.com/models/v2",
    baseEnv: ["BYTEZ_API_BASE"],
    keyEnv: ["BYTEZ_API_KEY"],
    needsKey: true,
    free: "none",
    tokenField: "max_tokens",
  },
  ...cloudProviders,
  ...compatibleProviders,
  ...registeredProviders,
  ...localProviders,
};

/** Azure's older services, which a prefix behind the provider's leads to. */
const azureServices: readonly (readonly [RegExp, ProviderRow])[] = [
  [/^azure\/speech\//, { ...azure, ...azureService(["AZURE_API_BASE"], ["AZURE_API_KEY"]) }],
  [
    /^azure_ai\/doc-intelligence\//,
    {
      ...azure,
      ...azureService(
        ["AZURE_DOCUMENT_INTELLIGENCE_ENDPOINT"],
        ["AZURE_DOCUMENT_INTELLIGENCE_API_KEY"],
      ),
    },
  ],
];

function azureService(baseEnv: readonly string[], keyEnv: readonly string[]) {
  const auth = "header:ocp-apim-subscription-key";
  return { family: "azure_services", auth, baseEnv, keyEnv } as const;
}

/** What is known of a provider; `model` is the one behind its prefix. */
export function rowOf(provider: string, model: string): ProviderRow | undefined {
  const route = `${provider}/${model}`;
  return azureServices.find(([pattern]) => pattern.test(route))?.[1] ?? providers[provider];
}

/** All that is known of providers and their services. */
export const allRows: readonly ProviderRow[] = [
  ...Object.values(providers),
  ...azureServices.map(([, row]) => row),
];

/** Providers that a proxy knows and this version does not ask: listed as unknown, with this reason. */
export const notProbed: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["oci"].map((name) => [name, `provider ${name} is not probed by this version`]),
  ),
  oci: "provider oci wants requests signed with Oracle's own scheme, which this version does not do",
  ...Object.fromEntries(
    ["github_copilot", "chatgpt", "gigachat", "sap"].map((name) => [
      name,
      `provider ${name} needs a person's login and is not probed`,
    ]),
  ),
  ...Object.fromEntries(
    ["langgraph", "manus", "pydantic_ai_agents"].map((name) => [
      name,
      `a probe of ${name} would start an agent: it is not probed`,
    ]),
  ),
  ...Object.fromEntries(
    [
      "petals",
      "oobabooga",
      "aleph_alpha",
      "palm",
      "maritalk",
      "remodlai",
      "langfuse",
      "humanloop",
      "dotprompt",
      "pg_vector",
      "nvidia_riva",
    ].map((name) => [name, `provider ${name} offers nothing that can be probed over HTTP`]),
  ),
  anthropic_text: "Anthropic has retired all models of this API: it is not probed",
  auto_router: "a router has no endpoint of its own: its deployments are probed",
};

/** Routes inside a provider that are not probed, by `provider/model`. */
const routesNotProbed: readonly (readonly [RegExp, string])[] = [
  [/^azure_ai\/agents\//, "a probe would start an agent: it is not probed"],
  [/^ragflow\/agent\//, "a probe would start an agent: it is not probed"],
  [/^bedrock\/(?:agent|agentcore)\//, "a probe would start an agent: it is not probed"],
  [/^bedrock\/async_invoke\//, "an asynchronous call writes to a bucket: it is not probed"],
  [/^vertex_ai(?:_beta)?\/agent_engine\//, "a probe would start an agent: it is not probed"],
];

/** Why nobody of this version asks it, or null; `model` is the one behind the provider's prefix. */
export function notProbedReason(provider: string, model: string): string | null {
  if (Object.hasOwn(notProbed, provider)) return notProbed[provider] ?? null;
  return routesNotProbed.find(([route]) => route.test(`${provider}/${model}`))?.[1] ?? null;
}
