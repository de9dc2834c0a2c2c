// Providers of LiteLLM's list of OpenAI-compatible ones, which grows: one line each, as they are documented.

import { key } from "./case.ts";
import { casesOf, listOf, openWeights } from "./chat-lines.ts";

export const cases = casesOf({
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
});
