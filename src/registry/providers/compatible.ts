// Providers that speak OpenAI's API with a key of their own: one row each is all they need. Addresses and variables are LiteLLM's.

import { compatible, type FreeQuestion, type ProviderRow } from "./row.ts";

/** Of a list that is not below the base. */
const listAt = (at: string): FreeQuestion => ({ at, reads: "list" });
/** A model server of one's own that tells whether it is ready, and loads models before it is. */
const readyAt = (at: string): FreeQuestion => ({ at, reads: "success" });

export const compatibleProviders: Readonly<Record<string, ProviderRow>> = {
  mistral: compatible("https://api.mistral.ai/v1", ["MISTRAL_API_KEY", "MISTRAL_AZURE_API_KEY"], {
    baseEnv: ["MISTRAL_API_BASE", "MISTRAL_AZURE_API_BASE"],
    free: "model",
    basePath: "/v1",
    paths: { batch: "/batch/jobs?page_size=1" },
  }),
  codestral: compatible("https://codestral.mistral.ai/v1", ["CODESTRAL_API_KEY"], {
    baseEnv: ["CODESTRAL_API_BASE"],
    free: "none",
  }),
  "text-completion-codestral": compatible(
    "https://codestral.mistral.ai/v1",
    ["CODESTRAL_API_KEY"],
    {
      baseEnv: ["CODESTRAL_API_BASE"],
      free: "none",
      paths: { completion: "/fim/completions" },
    },
  ),
  groq: compatible("https://api.groq.com/openai/v1", ["GROQ_API_KEY"], {
    baseEnv: ["GROQ_API_BASE"],
    free: "model",
    tokenField: "max_completion_tokens",
  }),
  together_ai: compatible(
    "https://api.together.xyz/v1",
    ["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN"],
    { baseEnv: ["TOGETHER_AI_API_BASE"], free: "list" },
  ),
  fireworks_ai: compatible(
    "https://api.fireworks.ai/inference/v1",
    ["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"],
    {
      baseEnv: ["FIREWORKS_API_BASE"],
      free: "model",
      freeAt: { at: "^/v1/{model}", reads: "model" },
    },
  ),
  deepseek: compatible("https://api.deepseek.com/beta", ["DEEPSEEK_API_KEY"], {
    baseEnv: ["DEEPSEEK_API_BASE"],
    free: "list",
    freeAt: listAt("^/models"),
  }),
  openrouter: compatible("https://openrouter.ai/api/v1", ["OPENROUTER_API_KEY", "OR_API_KEY"], {
    baseEnv: ["OPENROUTER_API_BASE"],
    free: "key",
    // Its list of models is for everybody.
    freeAt: {
      at: "/key",
      reads: "json",
      conditions: [
        {
          field: "data.limit_remaining",
          is: "positive",
          otherwise: "billing",
          text: "the key's credit limit is used up",
        },
      ],
    },
    options: { site: { env: ["OR_SITE_URL"] }, app: { env: ["OR_APP_NAME"] } },
    sendsHeaders: { "http-referer": "site", "x-title": "app" },
  }),
  perplexity: compatible(
    "https://api.perplexity.ai",
    ["PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"],
    {
      baseEnv: ["PERPLEXITY_API_BASE"],
      free: "none",
      // A search costs more than the probe itself.
      sends: { chat: { disable_search: true } },
    },
  ),
  xai: compatible("https://api.x.ai/v1", ["XAI_API_KEY"], {
    baseEnv: ["XAI_API_BASE"],
    free: "model",
  }),
  nvidia_nim: compatible("https://integrate.api.nvidia.com/v1", ["NVIDIA_NIM_API_KEY"], {
    baseEnv: ["NVIDIA_NIM_API_BASE"],
    free: "public",
    freeElsewhere: readyAt("^/v1/health/ready"),
    paths: {
      rerank: {
        own: "https://ai.api.nvidia.com/v1/retrieval/{model}/reranking",
        elsewhere: "/ranking",
      },
    },
    sends: { embedding: { input_type: "query" } },
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
    free: "key",
    freeAt: { at: "^/v1/me/rate_limit", reads: "json" },
    paths: { rerank: "^/v1/inference/{model}" },
  }),
  anyscale: compatible("https://api.endpoints.anyscale.com/v1", ["ANYSCALE_API_KEY"], {
    baseEnv: ["ANYSCALE_API_BASE"],
  }),
  lambda_ai: compatible("https://api.lambda.ai/v1", ["LAMBDA_API_KEY"], {
    baseEnv: ["LAMBDA_API_BASE"],
  }),
  moonshot: compatible("https://api.moonshot.ai/v1", ["MOONSHOT_API_KEY"], {
    baseEnv: ["MOONSHOT_API_BASE"],
    free: "list",
  }),
  dashscope: compatible(
    "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    ["DASHSCOPE_API_KEY"],
    {
      baseEnv: ["DASHSCOPE_API_BASE"],
      // The open ones that may think do so in streams only.
      sendsByName: [[/^qwen3-\d+(?:\.\d+)?b(?:-a\d+b)?$/, { enable_thinking: false }]],
    },
  ),
  volcengine: compatible(
    "https://ark.cn-beijing.volces.com/api/v3",
    ["VOLCENGINE_API_KEY", "ARK_API_KEY"],
    { baseEnv: ["VOLCENGINE_API_BASE"] },
  ),
  zai: compatible("https://api.z.ai/api/paas/v4", ["ZAI_API_KEY"], {
    baseEnv: ["ZAI_API_BASE"],
    free: "none",
  }),
  minimax: compatible("https://api.minimax.io/v1", ["MINIMAX_API_KEY"], {
    baseEnv: ["MINIMAX_API_BASE"],
    free: "none",
  }),
  nebius: compatible("https://api.studio.nebius.ai/v1", ["NEBIUS_API_KEY"], {
    baseEnv: ["NEBIUS_API_BASE"],
    free: "list",
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
    { baseEnv: ["FRIENDLI_API_BASE"], free: "none" },
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
    free: "public",
    freeAt: listAt("^/catalog/models"),
    // Of some models there are eight requests a day.
    paidIntervalMs: 6 * 3_600_000,
    tokenField: "by_model",
  }),
  baseten: compatible("https://inference.baseten.co/v1", ["BASETEN_API_KEY"], {
    baseEnv: ["BASETEN_API_BASE"],
  }),
  aiml: compatible("https://api.aimlapi.com/v1", ["AIML_API_KEY", "AIMLAPI_KEY"], {
    baseEnv: ["AIML_API_BASE"],
    free: "public",
  }),
  vercel_ai_gateway: compatible(
    "https://ai-gateway.vercel.sh/v1",
    ["VERCEL_AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"],
    {
      baseEnv: ["VERCEL_AI_GATEWAY_API_BASE"],
      free: "key",
      freeAt: {
        at: "/credits",
        reads: "json",
        conditions: [
          { field: "balance", is: "positive", otherwise: "billing", text: "no credits are left" },
        ],
      },
    },
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
  ovhcloud: compatible("https://oai.endpoints.kepler.ai.cloud.ovh.net/v1", ["OVHCLOUD_API_KEY"], {
    baseEnv: ["OVHCLOUD_API_BASE"],
    free: "public",
  }),
  clarifai: compatible("https://api.clarifai.com/v2/ext/openai/v1", ["CLARIFAI_API_KEY"], {
    baseEnv: ["CLARIFAI_API_BASE"],
    free: "none",
  }),
  compactifai: compatible("https://api.compactif.ai/v1", ["COMPACTIFAI_API_KEY"], { free: "none" }),
  gradient_ai: compatible("https://inference.do-ai.run/v1", ["GRADIENT_AI_API_KEY"], {
    baseEnv: ["GRADIENT_AI_AGENT_ENDPOINT"],
    // Of an agent, which has an address of its own.
    basePath: "/api/v1",
  }),
  heroku: compatible(null, ["HEROKU_API_KEY"], {
    baseEnv: ["HEROKU_API_BASE"],
    free: "none",
    basePath: "/v1",
  }),
  datarobot: compatible("https://app.datarobot.com/api/v2/genai/llmgw", ["DATAROBOT_API_TOKEN"], {
    baseEnv: ["DATAROBOT_ENDPOINT"],
    free: "none",
    basePath: "/api/v2/genai/llmgw",
    basePathUnless: "/api/v2/deployments/",
    paths: { chat: "/chat/completions/" },
  }),
  galadriel: compatible("https://api.galadriel.com/v1", ["GALADRIEL_API_KEY"], { free: "none" }),
  empower: compatible("https://app.empower.dev/api/v1", ["EMPOWER_API_KEY"], { free: "none" }),
  amazon_nova: compatible("https://api.nova.amazon.com/v1", ["AMAZON_NOVA_API_KEY"], {
    free: "none",
  }),
  huggingface: compatible("https://router.huggingface.co/v1", ["HUGGINGFACE_API_KEY", "HF_TOKEN"], {
    baseEnv: ["HF_API_BASE", "HUGGINGFACE_API_BASE"],
    free: "key",
    freeAt: { at: "https://huggingface.co/api/whoami-v2", reads: "json" },
    // Endpoints of one's own are text-generation-inference or text-embeddings-inference.
    freeElsewhere: readyAt("^/health"),
    basePath: "/v1",
    paths: {
      embedding: {
        own: "^/hf-inference/models/{model}/pipeline/feature-extraction",
        elsewhere: "^/",
      },
      rerank: "^/rerank",
    },
  }),
  voyage: compatible(
    "https://api.voyageai.com/v1",
    ["VOYAGE_API_KEY", "VOYAGE_AI_API_KEY", "VOYAGE_AI_TOKEN"],
    {
      baseEnv: ["VOYAGE_API_BASE"],
      free: "none",
      pathsByName: [[/^voyage-context-/, { embedding: "/contextualizedembeddings" }]],
    },
  ),
  jina_ai: compatible("https://api.jina.ai/v1", ["JINA_AI_API_KEY", "JINA_AI_TOKEN"], {
    baseEnv: ["JINA_AI_API_BASE"],
    free: "none",
  }),
  ragflow: compatible(null, ["RAGFLOW_API_KEY"], { baseEnv: ["RAGFLOW_API_BASE"], free: "none" }),
  litellm_proxy: compatible(null, ["LITELLM_PROXY_API_KEY"], {
    baseEnv: ["LITELLM_PROXY_API_BASE"],
    free: "list",
  }),
};
