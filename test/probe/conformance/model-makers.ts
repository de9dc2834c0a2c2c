// Makers of models that speak OpenAI's chat: one line each, as they are documented. What else they serve has cases of its own.

import { casesOf, listOf, modelOf } from "./chat-lines.ts";

export const cases = casesOf({
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
  deepseek: {
    variable: "DEEPSEEK_API_KEY",
    chat: "https://api.deepseek.com/beta/chat/completions",
    model: "deepseek-chat",
    free: ["https://api.deepseek.com/models", listOf("deepseek-chat")],
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
    // An endpoint of one's own is in no list.
    free: [
      "https://ark.cn-beijing.volces.com/api/v3/models",
      listOf("doubao-pro"),
      "does not name this model",
    ],
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
  amazon_nova: {
    variable: "AMAZON_NOVA_API_KEY",
    chat: "https://api.nova.amazon.com/v1/chat/completions",
    model: "nova-micro-v1",
    free: null,
  },
});
