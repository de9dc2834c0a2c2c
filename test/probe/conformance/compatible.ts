// Providers that speak OpenAI's chat: one line each, as they are documented. What else they serve has cases of its own.

import { type CaseExchange, type ConformanceCase, key, ping } from "./case.ts";

interface Line {
  /** The variable that holds the key; null for servers that want none. */
  readonly variable: string | null;
  /** The documented address of a chat. */
  readonly chat: string;
  /** The model behind the provider's prefix. */
  readonly model: string;
  /** What it is called on the wire, if otherwise. */
  readonly wire?: string;
  /** The limit's field; `max_tokens` when left out. */
  readonly limit?: "max_completion_tokens";
  /** Parameters besides the model. */
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** More of the body. */
  readonly body?: object;
  /** The free question: its address and an answer; null where there is none. */
  readonly free: readonly [url: string, answer: unknown] | null;
  /** The free question is another one elsewhere. */
  readonly freeIsAtItsHostOnly?: true;
}

const listOf = (id: string) => ({ object: "list", data: [{ id, object: "model" }] });
const modelOf = (id: string) => ({ id, object: "model" });
const openWeights = "meta-llama/Llama-3.3-70B-Instruct";

const lines: Readonly<Record<string, Line>> = {
  openai: {
    variable: "OPENAI_API_KEY",
    chat: "https://api.openai.com/v1/chat/completions",
    model: "gpt-4o-mini",
    env: { OPENAI_ORGANIZATION: "org-1" },
    headers: { "openai-organization": "org-1" },
    free: ["https://api.openai.com/v1/models/gpt-4o-mini", modelOf("gpt-4o-mini")],
    freeIsAtItsHostOnly: true,
  },
  mistral: {
    variable: "MISTRAL_API_KEY",
    chat: "https://api.mistral.ai/v1/chat/completions",
    model: "mistral-small-latest",
    free: ["https://api.mistral.ai/v1/models/mistral-small-latest", modelOf("mistral-small-2506")],
    freeIsAtItsHostOnly: true,
  },
  codestral: {
    variable: "CODESTRAL_API_KEY",
    chat: "https://codestral.mistral.ai/v1/chat/completions",
    model: "codestral-latest",
    free: null,
  },
  groq: {
    variable: "GROQ_API_KEY",
    chat: "https://api.groq.com/openai/v1/chat/completions",
    model: "meta-llama/llama-4-scout-17b-16e-instruct",
    limit: "max_completion_tokens",
    free: [
      "https://api.groq.com/openai/v1/models/meta-llama/llama-4-scout-17b-16e-instruct",
      { ...modelOf("meta-llama/llama-4-scout-17b-16e-instruct"), active: true },
    ],
    freeIsAtItsHostOnly: true,
  },
  together_ai: {
    variable: "TOGETHER_API_KEY",
    chat: "https://api.together.xyz/v1/chat/completions",
    model: openWeights,
    // A list without anything around it.
    free: ["https://api.together.xyz/v1/models", [modelOf(openWeights)]],
  },
  fireworks_ai: {
    variable: "FIREWORKS_API_KEY",
    chat: "https://api.fireworks.ai/inference/v1/chat/completions",
    model: "llama-v3p1-8b-instruct",
    wire: "accounts/fireworks/models/llama-v3p1-8b-instruct",
    free: [
      "https://api.fireworks.ai/v1/accounts/fireworks/models/llama-v3p1-8b-instruct",
      { name: "accounts/fireworks/models/llama-v3p1-8b-instruct", state: "READY" },
    ],
    freeIsAtItsHostOnly: true,
  },
  deepseek: {
    variable: "DEEPSEEK_API_KEY",
    chat: "https://api.deepseek.com/beta/chat/completions",
    model: "deepseek-chat",
    free: ["https://api.deepseek.com/models", listOf("deepseek-chat")],
  },
  openrouter: {
    variable: "OPENROUTER_API_KEY",
    chat: "https://openrouter.ai/api/v1/chat/completions",
    model: "anthropic/claude-haiku-4.5",
    env: { OR_SITE_URL: "https://our.example", OR_APP_NAME: "Ours" },
    headers: { "http-referer": "https://our.example", "x-title": "Ours" },
    free: [
      "https://openrouter.ai/api/v1/key",
      { data: { label: "k", usage: 1.5, limit: null, limit_remaining: null } },
    ],
  },
  perplexity: {
    variable: "PERPLEXITYAI_API_KEY",
    chat: "https://api.perplexity.ai/chat/completions",
    model: "sonar",
    body: { disable_search: true },
    free: null,
  },
  xai: {
    variable: "XAI_API_KEY",
    chat: "https://api.x.ai/v1/chat/completions",
    model: "grok-4",
    free: ["https://api.x.ai/v1/models/grok-4", modelOf("grok-4")],
    freeIsAtItsHostOnly: true,
  },
  nvidia_nim: {
    variable: "NVIDIA_NIM_API_KEY",
    chat: "https://integrate.api.nvidia.com/v1/chat/completions",
    model: "meta/llama-3.1-8b-instruct",
    free: ["https://integrate.api.nvidia.com/v1/models", listOf("meta/llama-3.1-8b-instruct")],
    freeIsAtItsHostOnly: true,
  },
  cerebras: {
    variable: "CEREBRAS_API_KEY",
    chat: "https://api.cerebras.ai/v1/chat/completions",
    model: "llama3.1-8b",
    limit: "max_completion_tokens",
    free: ["https://api.cerebras.ai/v1/models/llama3.1-8b", modelOf("llama3.1-8b")],
    freeIsAtItsHostOnly: true,
  },
  sambanova: {
    variable: "SAMBANOVA_API_KEY",
    chat: "https://api.sambanova.ai/v1/chat/completions",
    model: "Meta-Llama-3.1-8B-Instruct",
    free: ["https://api.sambanova.ai/v1/models", listOf("Meta-Llama-3.1-8B-Instruct")],
  },
  deepinfra: {
    variable: "DEEPINFRA_API_KEY",
    chat: "https://api.deepinfra.com/v1/openai/chat/completions",
    model: openWeights,
    free: ["https://api.deepinfra.com/v1/me/rate_limit", { rate_limit: 200 }],
  },
  anyscale: {
    variable: "ANYSCALE_API_KEY",
    chat: "https://api.endpoints.anyscale.com/v1/chat/completions",
    model: openWeights,
    free: ["https://api.endpoints.anyscale.com/v1/models", listOf(openWeights)],
  },
  lambda_ai: {
    variable: "LAMBDA_API_KEY",
    chat: "https://api.lambda.ai/v1/chat/completions",
    model: "llama3.1-8b-instruct",
    free: ["https://api.lambda.ai/v1/models", listOf("llama3.1-8b-instruct")],
  },
  moonshot: {
    variable: "MOONSHOT_API_KEY",
    chat: "https://api.moonshot.ai/v1/chat/completions",
    model: "kimi-k2-0905-preview",
    free: ["https://api.moonshot.ai/v1/models", listOf("kimi-k2-0905-preview")],
  },
  dashscope: {
    variable: "DASHSCOPE_API_KEY",
    chat: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions",
    model: "qwen-plus",
    free: ["https://dashscope-intl.aliyuncs.com/compatible-mode/v1/models", listOf("qwen-plus")],
  },
  volcengine: {
    variable: "ARK_API_KEY",
    chat: "https://ark.cn-beijing.volces.com/api/v3/chat/completions",
    model: "ep-20250101-abcde",
    free: ["https://ark.cn-beijing.volces.com/api/v3/models", listOf("doubao-pro")],
  },
  zai: {
    variable: "ZAI_API_KEY",
    chat: "https://api.z.ai/api/paas/v4/chat/completions",
    model: "glm-4.6",
    free: null,
  },
  minimax: {
    variable: "MINIMAX_API_KEY",
    chat: "https://api.minimax.io/v1/chat/completions",
    model: "MiniMax-M2",
    free: null,
  },
  nebius: {
    variable: "NEBIUS_API_KEY",
    chat: "https://api.studio.nebius.ai/v1/chat/completions",
    model: openWeights,
    free: ["https://api.studio.nebius.ai/v1/models", listOf(openWeights)],
  },
  novita: {
    variable: "NOVITA_API_KEY",
    chat: "https://api.novita.ai/v3/openai/chat/completions",
    model: "deepseek/deepseek-v3.1",
    free: ["https://api.novita.ai/v3/openai/models", listOf("deepseek/deepseek-v3.1")],
  },
  hyperbolic: {
    variable: "HYPERBOLIC_API_KEY",
    chat: "https://api.hyperbolic.xyz/v1/chat/completions",
    model: openWeights,
    free: ["https://api.hyperbolic.xyz/v1/models", listOf(openWeights)],
  },
  friendliai: {
    variable: "FRIENDLI_TOKEN",
    chat: "https://api.friendli.ai/serverless/v1/chat/completions",
    model: "meta-llama-3.1-8b-instruct",
    free: null,
  },
  featherless_ai: {
    variable: "FEATHERLESS_AI_API_KEY",
    chat: "https://api.featherless.ai/v1/chat/completions",
    model: openWeights,
    free: ["https://api.featherless.ai/v1/models", listOf(openWeights)],
  },
  nscale: {
    variable: "NSCALE_API_KEY",
    chat: "https://inference.api.nscale.com/v1/chat/completions",
    model: openWeights,
    free: ["https://inference.api.nscale.com/v1/models", listOf(openWeights)],
  },
  meta_llama: {
    variable: "LLAMA_API_KEY",
    chat: "https://api.llama.com/compat/v1/chat/completions",
    model: "Llama-3.3-8B-Instruct",
    free: ["https://api.llama.com/compat/v1/models", listOf("Llama-3.3-8B-Instruct")],
  },
  ai21: {
    variable: "AI21_API_KEY",
    chat: "https://api.ai21.com/studio/v1/chat/completions",
    model: "maestro",
    free: null,
  },
  ai21_chat: {
    variable: "AI21_API_KEY",
    chat: "https://api.ai21.com/studio/v1/chat/completions",
    model: "jamba-large",
    free: null,
  },
  github: {
    variable: "GITHUB_API_KEY",
    chat: "https://models.github.ai/inference/chat/completions",
    model: "gpt-4.1",
    wire: "openai/gpt-4.1",
    free: ["https://models.github.ai/catalog/models", [modelOf("openai/gpt-4.1")]],
  },
  baseten: {
    variable: "BASETEN_API_KEY",
    chat: "https://inference.baseten.co/v1/chat/completions",
    model: "openai/gpt-oss-120b",
    free: ["https://inference.baseten.co/v1/models", listOf("openai/gpt-oss-120b")],
  },
  aiml: {
    variable: "AIML_API_KEY",
    chat: "https://api.aimlapi.com/v1/chat/completions",
    model: "gpt-4o-mini",
    free: ["https://api.aimlapi.com/v1/models", listOf("gpt-4o-mini")],
  },
  vercel_ai_gateway: {
    variable: "VERCEL_AI_GATEWAY_API_KEY",
    chat: "https://ai-gateway.vercel.sh/v1/chat/completions",
    model: "openai/gpt-4o-mini",
    free: ["https://ai-gateway.vercel.sh/v1/credits", { balance: "95.50", total_used: "4.50" }],
  },
  wandb: {
    variable: "WANDB_API_KEY",
    chat: "https://api.inference.wandb.ai/v1/chat/completions",
    model: openWeights,
    free: ["https://api.inference.wandb.ai/v1/models", listOf(openWeights)],
  },
  v0: {
    variable: "V0_API_KEY",
    chat: "https://api.v0.dev/v1/chat/completions",
    model: "v0-1.5-md",
    free: null,
  },
  morph: {
    variable: "MORPH_API_KEY",
    chat: "https://api.morphllm.com/v1/chat/completions",
    model: "morph-v3-fast",
    free: null,
  },
  cometapi: {
    variable: "COMETAPI_KEY",
    chat: "https://api.cometapi.com/v1/chat/completions",
    model: "gpt-4o-mini",
    free: null,
  },
  ovhcloud: {
    variable: "OVHCLOUD_API_KEY",
    chat: "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1/chat/completions",
    model: "Llama-3.1-8B-Instruct",
    free: [
      "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1/models",
      listOf("Llama-3.1-8B-Instruct"),
    ],
  },
  clarifai: {
    variable: "CLARIFAI_API_KEY",
    chat: "https://api.clarifai.com/v2/ext/openai/v1/chat/completions",
    model: "openai.chat-completion.gpt-4o",
    wire: "https://clarifai.com/openai/chat-completion/models/gpt-4o",
    free: null,
  },
  compactifai: {
    variable: "COMPACTIFAI_API_KEY",
    chat: "https://api.compactif.ai/v1/chat/completions",
    model: "cai-llama-3-1-8b-slim",
    free: null,
  },
  gradient_ai: {
    variable: "GRADIENT_AI_API_KEY",
    chat: "https://inference.do-ai.run/v1/chat/completions",
    model: "llama3.3-70b-instruct",
    free: ["https://inference.do-ai.run/v1/models", listOf("llama3.3-70b-instruct")],
    freeIsAtItsHostOnly: true,
  },
  heroku: {
    variable: "HEROKU_API_KEY",
    env: { HEROKU_API_BASE: "https://us.inference.heroku.com" },
    chat: "https://us.inference.heroku.com/v1/chat/completions",
    model: "claude-4-sonnet",
    free: null,
  },
  datarobot: {
    variable: "DATAROBOT_API_TOKEN",
    chat: "https://app.datarobot.com/api/v2/genai/llmgw/chat/completions/",
    model: "azure/gpt-4o-mini",
    free: null,
  },
  galadriel: {
    variable: "GALADRIEL_API_KEY",
    chat: "https://api.galadriel.com/v1/chat/completions",
    model: "llama3.1",
    free: null,
  },
  empower: {
    variable: "EMPOWER_API_KEY",
    chat: "https://app.empower.dev/api/v1/chat/completions",
    model: "empower-functions",
    free: null,
  },
  amazon_nova: {
    variable: "AMAZON_NOVA_API_KEY",
    chat: "https://api.nova.amazon.com/v1/chat/completions",
    model: "nova-micro-v1",
    free: null,
  },
  databricks: {
    variable: "DATABRICKS_API_KEY",
    env: { DATABRICKS_API_BASE: "https://w.cloud.databricks.com/serving-endpoints" },
    chat: "https://w.cloud.databricks.com/serving-endpoints/chat/completions",
    model: "databricks-meta-llama-3-3-70b-instruct",
    free: [
      "https://w.cloud.databricks.com/api/2.0/serving-endpoints/databricks-meta-llama-3-3-70b-instruct",
      { name: "x", state: { ready: "READY", config_update: "NOT_UPDATING" } },
    ],
  },
  huggingface: {
    variable: "HUGGINGFACE_API_KEY",
    chat: "https://router.huggingface.co/v1/chat/completions",
    model: "together/deepseek-ai/DeepSeek-R1",
    wire: "deepseek-ai/DeepSeek-R1:together",
    free: ["https://huggingface.co/api/whoami-v2", { type: "user", name: "us" }],
    freeIsAtItsHostOnly: true,
  },
  ragflow: {
    variable: "RAGFLOW_API_KEY",
    env: { RAGFLOW_API_BASE: "https://rag.example" },
    chat: "https://rag.example/api/v1/chats_openai/c0ffee/chat/completions",
    model: "chat/c0ffee/gpt-4o",
    wire: "gpt-4o",
    free: null,
  },
  litellm_proxy: {
    variable: "LITELLM_PROXY_API_KEY",
    env: { LITELLM_PROXY_API_BASE: "https://proxy.example/v1" },
    chat: "https://proxy.example/v1/chat/completions",
    model: "our-gpt",
    free: ["https://proxy.example/v1/models", listOf("our-gpt")],
  },

  publicai: {
    variable: "PUBLICAI_API_KEY",
    chat: "https://api.publicai.co/v1/chat/completions",
    model: "swiss-ai/apertus-8b-instruct",
    free: ["https://api.publicai.co/v1/models", listOf("swiss-ai/apertus-8b-instruct")],
  },
  helicone: {
    variable: "HELICONE_API_KEY",
    chat: "https://ai-gateway.helicone.ai/chat/completions",
    model: "gpt-5-mini",
    limit: "max_completion_tokens",
    free: null,
  },
  veniceai: {
    variable: "VENICE_AI_API_KEY",
    chat: "https://api.venice.ai/api/v1/chat/completions",
    model: "llama-3.3-70b",
    free: ["https://api.venice.ai/api/v1/models", listOf("llama-3.3-70b")],
  },
  xiaomi_mimo: {
    variable: "XIAOMI_MIMO_API_KEY",
    chat: "https://api.xiaomimimo.com/v1/chat/completions",
    model: "mimo-v2-flash",
    free: ["https://api.xiaomimimo.com/v1/models", listOf("mimo-v2-flash")],
  },
  scaleway: {
    variable: "SCW_SECRET_KEY",
    chat: "https://api.scaleway.ai/v1/chat/completions",
    model: "llama-3.3-70b-instruct",
    free: ["https://api.scaleway.ai/v1/models", listOf("llama-3.3-70b-instruct")],
  },
  synthetic: {
    variable: "SYNTHETIC_API_KEY",
    chat: "https://api.synthetic.new/openai/v1/chat/completions",
    model: "hf:zai-org/GLM-4.6",
    free: ["https://api.synthetic.new/openai/v1/models", listOf("hf:zai-org/GLM-4.6")],
  },
  apertis: {
    variable: "STIMA_API_KEY",
    chat: "https://api.stima.tech/v1/chat/completions",
    model: "gpt-4o-mini",
    free: ["https://api.stima.tech/v1/models", listOf("gpt-4o-mini")],
  },
  "nano-gpt": {
    variable: "NANOGPT_API_KEY",
    chat: "https://nano-gpt.com/api/v1/chat/completions",
    model: "gpt-5",
    free: ["https://nano-gpt.com/api/v1/models", listOf("gpt-5")],
  },
  poe: {
    variable: "POE_API_KEY",
    chat: "https://api.poe.com/v1/chat/completions",
    model: "Claude-Haiku-4.5",
    free: ["https://api.poe.com/usage/current_balance", { current_point_balance: 295932027 }],
  },
  chutes: {
    variable: "CHUTES_API_KEY",
    chat: "https://llm.chutes.ai/v1/chat/completions",
    model: "deepseek-ai/DeepSeek-V3.1",
    free: ["https://llm.chutes.ai/v1/models", listOf("deepseek-ai/DeepSeek-V3.1")],
  },
  abliteration: {
    variable: "ABLITERATION_API_KEY",
    chat: "https://api.abliteration.ai/v1/chat/completions",
    model: "abliterated-model",
    free: ["https://api.abliteration.ai/v1/models", listOf("abliterated-model")],
  },
  llamagate: {
    variable: "LLAMAGATE_API_KEY",
    chat: "https://api.llamagate.dev/v1/chat/completions",
    model: "llama-3.1-8b",
    free: ["https://api.llamagate.dev/v1/models", listOf("llama-3.1-8b")],
  },
  gmi: {
    variable: "GMI_API_KEY",
    chat: "https://api.gmi-serving.com/v1/chat/completions",
    model: "openai/gpt-5.1",
    limit: "max_completion_tokens",
    free: ["https://api.gmi-serving.com/v1/models", listOf("openai/gpt-5.1")],
  },
  sarvam: {
    variable: "SARVAM_API_KEY",
    chat: "https://api.sarvam.ai/v1/chat/completions",
    model: "sarvam-m",
    headers: { "api-subscription-key": key },
    free: null,
  },
  assemblyai: {
    variable: "ASSEMBLYAI_API_KEY",
    chat: "https://llm-gateway.assemblyai.com/v1/chat/completions",
    model: "claude-sonnet-4-5-20250929",
    free: null,
  },
  charity_engine: {
    variable: "CHARITY_ENGINE_API_KEY",
    chat: "https://api.charityengine.services/remotejobs/v2/inference/chat/completions",
    model: "gemma3:270m",
    free: [
      "https://api.charityengine.services/remotejobs/v2/inference/models",
      listOf("gemma3:270m"),
    ],
  },
  aihubmix: {
    variable: "AIHUBMIX_API_KEY",
    chat: "https://aihubmix.com/v1/chat/completions",
    model: "gpt-4o-mini",
    free: ["https://aihubmix.com/v1/models", listOf("gpt-4o-mini")],
  },
  salad_cloud: {
    variable: "SALAD_CLOUD_API_KEY",
    chat: "https://ai.salad.cloud/v1/chat/completions",
    model: "qwen3.5-35b-a3b",
    free: ["https://ai.salad.cloud/v1/models", listOf("qwen3.5-35b-a3b")],
  },
  crusoe: {
    variable: "CRUSOE_API_KEY",
    chat: "https://managed-inference-api-proxy.crusoecloud.com/v1/chat/completions",
    model: openWeights,
    free: ["https://managed-inference-api-proxy.crusoecloud.com/v1/models", listOf(openWeights)],
  },

  openai_like: {
    variable: "OPENAI_LIKE_API_KEY",
    env: { OPENAI_LIKE_API_BASE: "https://box.example/v1" },
    chat: "https://box.example/v1/chat/completions",
    model: "our-model",
    free: ["https://box.example/v1/models", listOf("our-model")],
  },
  custom_openai: {
    variable: "OPENAI_LIKE_API_KEY",
    params: { api_base: "https://box.example/v1/" },
    chat: "https://box.example/v1/chat/completions",
    model: "our-model",
    free: ["https://box.example/v1/models", listOf("our-model")],
  },
  custom: {
    variable: null,
    params: { api_base: "https://box.example/v1" },
    chat: "https://box.example/v1/chat/completions",
    model: "our-model",
    free: ["https://box.example/v1/models", listOf("our-model")],
  },
  aiohttp_openai: {
    variable: null,
    // Whole, with the operation.
    params: { api_base: "https://box.example/v1/chat/completions" },
    chat: "https://box.example/v1/chat/completions",
    model: "our-model",
    free: ["https://box.example/v1/models", listOf("our-model")],
  },
  hosted_vllm: {
    variable: "HOSTED_VLLM_API_KEY",
    env: { HOSTED_VLLM_API_BASE: "http://gpu.example:8000/v1" },
    chat: "http://gpu.example:8000/v1/chat/completions",
    model: "Qwen/Qwen3-8B",
    free: ["http://gpu.example:8000/health", ""],
  },
  vllm: {
    variable: null,
    env: { VLLM_API_BASE: "http://gpu.example:8000/v1" },
    chat: "http://gpu.example:8000/v1/chat/completions",
    model: "Qwen/Qwen3-8B",
    free: ["http://gpu.example:8000/health", ""],
  },
  lm_studio: {
    variable: "LM_STUDIO_API_KEY",
    env: { LM_STUDIO_API_BASE: "http://desk.example:1234/v1" },
    chat: "http://desk.example:1234/v1/chat/completions",
    model: "qwen2.5-7b",
    free: ["http://desk.example:1234/v1/models", listOf("qwen2.5-7b")],
  },
  llamafile: {
    variable: "LLAMAFILE_API_KEY",
    chat: "http://127.0.0.1:8080/v1/chat/completions",
    model: "mistral-7b",
    free: ["http://127.0.0.1:8080/health", { status: "ok" }],
  },
  xinference: {
    variable: null,
    chat: "http://127.0.0.1:9997/v1/chat/completions",
    model: "qwen2.5-instruct",
    free: ["http://127.0.0.1:9997/v1/models", listOf("qwen2.5-instruct")],
  },
  lemonade: {
    variable: null,
    chat: "http://localhost:8000/api/v1/chat/completions",
    model: "Qwen3-4B-GGUF",
    free: ["http://localhost:8000/api/v1/models", listOf("Qwen3-4B-GGUF")],
  },
  docker_model_runner: {
    variable: null,
    chat: "http://localhost:22088/engines/llama.cpp/v1/chat/completions",
    model: "ai/smollm2",
    free: ["http://localhost:22088/engines/llama.cpp/v1/models", listOf("ai/smollm2")],
  },
};

function casesOf(provider: string, line: Line): ConformanceCase[] {
  const { variable, model, free, headers } = line;
  const shared = {
    provider,
    mode: "chat",
    params: { model: `${provider}/${model}`, ...line.params },
    env: { ...line.env, ...(variable === null ? {} : { [variable]: key }) },
  } as const;
  const sent = { authorization: variable === null ? null : `Bearer ${key}`, ...headers };
  const wire = line.wire ?? model;
  const paid: CaseExchange = {
    asks: {
      url: line.chat,
      headers: sent,
      body: { model: wire, messages: ping, [line.limit ?? "max_tokens"]: 16, ...line.body },
    },
    answer: {
      body: {
        id: "1",
        object: "chat.completion",
        model: `${wire}-served`,
        choices: [
          { index: 0, message: { role: "assistant", content: "pong" }, finish_reason: "stop" },
        ],
        usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
      },
    },
  };
  const asked: ConformanceCase = {
    ...shared,
    exchanges: [paid],
    verdict: {
      class: "ok",
      usage: { promptTokens: 8, completionTokens: 2 },
      servedModel: `${wire}-served`,
    },
  };
  if (free === null) return [asked];
  const [url, body] = free;
  return [
    asked,
    {
      ...shared,
      rung: "metadata",
      exchanges: [{ asks: { url, headers: sent }, answer: { body } }],
      verdict: { class: "ok" },
      ...(line.freeIsAtItsHostOnly === undefined ? {} : { onlyAtItsOwnHost: true }),
    },
  ];
}

export const cases: readonly ConformanceCase[] = Object.entries(lines).flatMap(([name, line]) =>
  casesOf(name, line),
);
