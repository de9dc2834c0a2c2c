// The providers, one row each: where they are, which variables hold their address and key, how they are spoken to. The
// default addresses and variables are LiteLLM's, so that a bare deployment means the same here and there.
// A provider that speaks OpenAI's chat API needs no code: one line here is enough.

import type { ProviderRow } from "./provider-row.ts";
import { mediaProviders } from "./providers-media.ts";
import { vendorProviders } from "./providers-vendors.ts";

export type { FreeRung, OptionRow, ProviderRow } from "./provider-row.ts";

type Extra = Partial<Omit<ProviderRow, "family" | "base" | "keyEnv">>;

/** A provider that speaks OpenAI's API with a Bearer key. */
function compatible(
  base: string | null,
  keyEnv: readonly string[],
  extra: Extra = {},
): ProviderRow {
  return {
    family: "openai",
    base,
    baseEnv: [],
    keyEnv,
    needsKey: true,
    free: "list",
    tokenField: "max_tokens",
    ...extra,
  };
}

/** A server of the operator's own: no default address, the key is optional. */
function selfHosted(base: string | null, prefix: string): ProviderRow {
  return compatible(base, [`${prefix}_API_KEY`], {
    baseEnv: [`${prefix}_API_BASE`],
    needsKey: false,
  });
}

const openai: ProviderRow = {
  family: "openai",
  base: "https://api.openai.com/v1",
  baseEnv: ["OPENAI_BASE_URL", "OPENAI_API_BASE"],
  keyEnv: ["OPENAI_API_KEY"],
  needsKey: true,
  free: "model",
  tokenField: "by_model",
};

const azure: ProviderRow = {
  family: "azure",
  base: null,
  baseEnv: ["AZURE_API_BASE"],
  keyEnv: ["AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_AD_TOKEN"],
  needsKey: true,
  free: "list",
  tokenField: "by_model",
  logins: [
    "client_secret",
    "azure_username",
    "AZURE_CLIENT_SECRET",
    "AZURE_USERNAME",
    "AZURE_FEDERATED_TOKEN_FILE",
  ],
};

export const providers: Readonly<Record<string, ProviderRow>> = {
  openai,
  "text-completion-openai": openai,
  azure,
  azure_text: azure,
  ...vendorProviders,
  ...mediaProviders,

  mistral: compatible("https://api.mistral.ai/v1", ["MISTRAL_API_KEY", "MISTRAL_AZURE_API_KEY"], {
    baseEnv: ["MISTRAL_API_BASE", "MISTRAL_AZURE_API_BASE"],
    free: "model",
    basePath: "/v1",
  }),
  codestral: compatible("https://codestral.mistral.ai/v1", ["CODESTRAL_API_KEY"], {
    baseEnv: ["CODESTRAL_API_BASE"],
    free: "none",
  }),
  groq: compatible("https://api.groq.com/openai/v1", ["GROQ_API_KEY"], {
    baseEnv: ["GROQ_API_BASE"],
    free: "model",
    tokenField: "max_completion_tokens",
  }),
  together_ai: compatible(
    "https://api.together.xyz/v1",
    ["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN"],
    { baseEnv: ["TOGETHER_AI_API_BASE"] },
  ),
  fireworks_ai: compatible(
    "https://api.fireworks.ai/inference/v1",
    ["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"],
    { baseEnv: ["FIREWORKS_API_BASE"] },
  ),
  deepseek: compatible("https://api.deepseek.com/beta", ["DEEPSEEK_API_KEY"], {
    baseEnv: ["DEEPSEEK_API_BASE"],
    free: "none",
  }),
  openrouter: compatible("https://openrouter.ai/api/v1", ["OPENROUTER_API_KEY", "OR_API_KEY"], {
    baseEnv: ["OPENROUTER_API_BASE"],
    free: "public",
  }),
  perplexity: compatible(
    "https://api.perplexity.ai",
    ["PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"],
    {
      baseEnv: ["PERPLEXITY_API_BASE"],
      free: "none",
    },
  ),
  xai: compatible("https://api.x.ai/v1", ["XAI_API_KEY"], {
    baseEnv: ["XAI_API_BASE"],
    free: "model",
  }),
  nvidia_nim: compatible("https://integrate.api.nvidia.com/v1", ["NVIDIA_NIM_API_KEY"], {
    baseEnv: ["NVIDIA_NIM_API_BASE"],
    free: "public",
  }),
  cerebras: compatible("https://api.cerebras.ai/v1", ["CEREBRAS_API_KEY"], {
    baseEnv: ["CEREBRAS_API_BASE"],
    free: "model",
    tokenField: "max_completion_tokens",
  }),
  sambanova: compatible("https://api.sambanova.ai/v1", ["SAMBANOVA_API_KEY"], {
    baseEnv: ["SAMBANOVA_API_BASE"],
    free: "public",
  }),
  deepinfra: compatible("https://api.deepinfra.com/v1/openai", ["DEEPINFRA_API_KEY"], {
    baseEnv: ["DEEPINFRA_API_BASE"],
    free: "public",
  }),
  anyscale: compatible("https://api.endpoints.anyscale.com/v1", ["ANYSCALE_API_KEY"], {
    baseEnv: ["ANYSCALE_API_BASE"],
  }),
  lambda_ai: compatible("https://api.lambda.ai/v1", ["LAMBDA_API_KEY"], {
    baseEnv: ["LAMBDA_API_BASE"],
  }),
  moonshot: compatible("https://api.moonshot.ai/v1", ["MOONSHOT_API_KEY"], {
    baseEnv: ["MOONSHOT_API_BASE"],
  }),
  dashscope: compatible(
    "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    ["DASHSCOPE_API_KEY"],
    {
      baseEnv: ["DASHSCOPE_API_BASE"],
    },
  ),
  volcengine: compatible(
    "https://ark.cn-beijing.volces.com/api/v3",
    ["VOLCENGINE_API_KEY", "ARK_API_KEY"],
    {
      baseEnv: ["VOLCENGINE_API_BASE"],
    },
  ),
  zai: compatible("https://api.z.ai/api/paas/v4", ["ZAI_API_KEY"], { free: "none" }),
  minimax: compatible("https://api.minimax.io/v1", ["MINIMAX_API_KEY"], {
    baseEnv: ["MINIMAX_API_BASE"],
    free: "none",
  }),
  nebius: compatible("https://api.studio.nebius.ai/v1", ["NEBIUS_API_KEY"], {
    baseEnv: ["NEBIUS_API_BASE"],
  }),
  novita: compatible("https://api.novita.ai/v3/openai", ["NOVITA_API_KEY"], {
    baseEnv: ["NOVITA_API_BASE"],
    free: "public",
  }),
  hyperbolic: compatible("https://api.hyperbolic.xyz/v1", ["HYPERBOLIC_API_KEY"], {
    baseEnv: ["HYPERBOLIC_API_BASE"],
  }),
  friendliai: compatible(
    "https://api.friendli.ai/serverless/v1",
    ["FRIENDLIAI_API_KEY", "FRIENDLI_TOKEN"],
    {
      baseEnv: ["FRIENDLI_API_BASE"],
      free: "none",
    },
  ),
  featherless_ai: compatible(
    "https://api.featherless.ai/v1",
    ["FEATHERLESS_API_KEY", "FEATHERLESS_AI_API_KEY"],
    { baseEnv: ["FEATHERLESS_API_BASE"], free: "public" },
  ),
  nscale: compatible("https://inference.api.nscale.com/v1", ["NSCALE_API_KEY"], {
    baseEnv: ["NSCALE_API_BASE"],
  }),
  meta_llama: compatible("https://api.llama.com/compat/v1", ["LLAMA_API_KEY"], {
    baseEnv: ["LLAMA_API_BASE"],
  }),
  ai21: compatible("https://api.ai21.com/studio/v1", ["AI21_API_KEY"], {
    baseEnv: ["AI21_API_BASE"],
    free: "none",
  }),
  ai21_chat: compatible("https://api.ai21.com/studio/v1", ["AI21_API_KEY"], {
    baseEnv: ["AI21_API_BASE"],
    free: "none",
  }),
  github: compatible("https://models.github.ai/inference", ["GITHUB_API_KEY"], {
    baseEnv: ["GITHUB_API_BASE"],
    free: "none",
    tokenField: "by_model",
  }),
  baseten: compatible("https://inference.baseten.co/v1", ["BASETEN_API_KEY"], {
    baseEnv: ["BASETEN_API_BASE"],
  }),
  aiml: compatible("https://api.aimlapi.com/v1", ["AIML_API_KEY", "AIMLAPI_KEY"], {
    baseEnv: ["AIML_API_BASE"],
  }),
  vercel_ai_gateway: compatible(
    "https://ai-gateway.vercel.sh/v1",
    ["VERCEL_AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"],
    { baseEnv: ["VERCEL_AI_GATEWAY_API_BASE"], free: "public" },
  ),
  wandb: compatible("https://api.inference.wandb.ai/v1", ["WANDB_API_KEY"], {
    baseEnv: ["WANDB_API_BASE"],
  }),
  v0: compatible("https://api.v0.dev/v1", ["V0_API_KEY"], {
    baseEnv: ["V0_API_BASE"],
    free: "none",
  }),
  morph: compatible("https://api.morphllm.com/v1", ["MORPH_API_KEY"], {
    baseEnv: ["MORPH_API_BASE"],
    free: "none",
  }),
  cometapi: compatible("https://api.cometapi.com/v1", ["COMETAPI_KEY", "COMETAPI_API_KEY"], {
    baseEnv: ["COMETAPI_API_BASE", "COMETAPI_BASE_URL"],
    free: "none",
  }),
  ovhcloud: compatible("https://oai.endpoints.kepler.ai.cloud.ovh.net/v1", ["OVHCLOUD_API_KEY"]),
  compactifai: compatible("https://api.compactif.ai/v1", ["COMPACTIFAI_API_KEY"], { free: "none" }),
  gradient_ai: compatible("https://inference.do-ai.run/v1", ["GRADIENT_AI_API_KEY"], {
    baseEnv: ["GRADIENT_AI_AGENT_ENDPOINT"],
    basePath: "/api/v1",
  }),
  heroku: compatible(null, ["HEROKU_API_KEY"], {
    baseEnv: ["HEROKU_API_BASE"],
    free: "none",
    basePath: "/v1",
  }),
  galadriel: compatible("https://api.galadriel.com/v1", ["GALADRIEL_API_KEY"], { free: "none" }),
  empower: compatible("https://app.empower.dev/api/v1", ["EMPOWER_API_KEY"], { free: "none" }),
  amazon_nova: compatible("https://api.nova.amazon.com/v1", ["AMAZON_NOVA_API_KEY"], {
    free: "none",
  }),
  azure_ai: compatible(null, ["AZURE_AI_API_KEY"], {
    baseEnv: ["AZURE_AI_API_BASE"],
    free: "none",
    tokenField: "by_model",
    logins: azure.logins ?? [],
  }),
  databricks: compatible(null, ["DATABRICKS_API_KEY"], {
    baseEnv: ["DATABRICKS_API_BASE"],
    free: "none",
    logins: ["client_secret", "DATABRICKS_CLIENT_SECRET"],
  }),
  huggingface: compatible("https://router.huggingface.co/v1", ["HUGGINGFACE_API_KEY", "HF_TOKEN"], {
    baseEnv: ["HF_API_BASE", "HUGGINGFACE_API_BASE"],
    free: "public",
    basePath: "/v1",
  }),
  voyage: compatible(
    "https://api.voyageai.com/v1",
    ["VOYAGE_API_KEY", "VOYAGE_AI_API_KEY", "VOYAGE_AI_TOKEN"],
    {
      free: "none",
    },
  ),
  jina_ai: compatible("https://api.jina.ai/v1", ["JINA_AI_API_KEY", "JINA_AI_TOKEN"], {
    baseEnv: ["JINA_AI_API_BASE"],
    free: "none",
  }),
  infinity: selfHosted(null, "INFINITY"),
  litellm_proxy: compatible(null, ["LITELLM_PROXY_API_KEY"], {
    baseEnv: ["LITELLM_PROXY_API_BASE"],
    free: "list",
  }),
  openai_like: selfHosted(null, "OPENAI_LIKE"),
  custom_openai: selfHosted(null, "OPENAI_LIKE"),
  custom: selfHosted(null, "OPENAI_LIKE"),
  aiohttp_openai: selfHosted(null, "OPENAI_LIKE"),
  hosted_vllm: selfHosted(null, "HOSTED_VLLM"),
  vllm: selfHosted(null, "VLLM"),
  lm_studio: selfHosted(null, "LM_STUDIO"),
  llamafile: selfHosted("http://127.0.0.1:8080/v1", "LLAMAFILE"),
  xinference: selfHosted("http://127.0.0.1:9997/v1", "XINFERENCE"),
  lemonade: selfHosted("http://localhost:8000/api/v1", "LEMONADE"),
  docker_model_runner: compatible(
    "http://localhost:22088/engines/llama.cpp/v1",
    ["DOCKER_MODEL_RUNNER_API_KEY"],
    { baseEnv: ["DOCKER_MODEL_RUNNER_API_BASE"], needsKey: false, basePath: "/v1" },
  ),

  publicai: compatible("https://api.publicai.co/v1", ["PUBLICAI_API_KEY"], {
    baseEnv: ["PUBLICAI_API_BASE"],
  }),
  helicone: compatible("https://ai-gateway.helicone.ai", ["HELICONE_API_KEY"], { free: "none" }),
  veniceai: compatible("https://api.venice.ai/api/v1", ["VENICE_AI_API_KEY"]),
  xiaomi_mimo: compatible("https://api.xiaomimimo.com/v1", ["XIAOMI_MIMO_API_KEY"]),
  scaleway: compatible("https://api.scaleway.ai/v1", ["SCW_SECRET_KEY"]),
  synthetic: compatible("https://api.synthetic.new/openai/v1", ["SYNTHETIC_API_KEY"]),
  apertis: compatible("https://api.stima.tech/v1", ["STIMA_API_KEY"]),
  "nano-gpt": compatible("https://nano-gpt.com/api/v1", ["NANOGPT_API_KEY"]),
  poe: compatible("https://api.poe.com/v1", ["POE_API_KEY"]),
  chutes: compatible("https://llm.chutes.ai/v1", ["CHUTES_API_KEY"], { free: "public" }),
  abliteration: compatible("https://api.abliteration.ai/v1", ["ABLITERATION_API_KEY"]),
  llamagate: compatible("https://api.llamagate.dev/v1", ["LLAMAGATE_API_KEY"]),
  gmi: compatible("https://api.gmi-serving.com/v1", ["GMI_API_KEY"]),
  charity_engine: compatible("https://api.charityengine.services/remotejobs/v2/inference", [
    "CHARITY_ENGINE_API_KEY",
  ]),
  aihubmix: compatible("https://aihubmix.com/v1", ["AIHUBMIX_API_KEY"], {
    baseEnv: ["AIHUBMIX_API_BASE"],
  }),
  salad_cloud: compatible("https://ai.salad.cloud/v1", ["SALAD_CLOUD_API_KEY"]),
  crusoe: compatible("https://managed-inference-api-proxy.crusoecloud.com/v1", ["CRUSOE_API_KEY"], {
    baseEnv: ["CRUSOE_API_BASE"],
  }),
};

/** Providers that a proxy knows and this version does not ask: listed as unknown, with this reason. */
export const notProbed: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "bedrock",
      "bedrock_mantle",
      "sagemaker",
      "sagemaker_chat",
      "vertex_ai",
      "vertex_ai_beta",
      "watsonx",
      "watsonx_text",
      "snowflake",
      "oci",
      "text-completion-codestral",
      "aws_polly",
      "bytez",
      "datarobot",
      "clarifai",
      "sarvam",
      "ragflow",
    ].map((name) => [name, `provider ${name} is not probed by this version`]),
  ),
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
export const routesNotProbed: readonly (readonly [RegExp, string])[] = [
  [/^azure_ai\/agents\//, "a probe would start an agent: it is not probed"],
  [/^azure_ai\/doc-intelligence\//, "document intelligence is not probed by this version"],
  [/^azure\/speech\//, "Azure speech is not probed by this version"],
];
