// Vendors of language models with a wire format of their own, one row each.

import type { ProviderRow } from "./row.ts";

const cohere: ProviderRow = {
  family: "cohere",
  base: "https://api.cohere.com",
  baseEnv: ["COHERE_API_BASE"],
  keyEnv: ["COHERE_API_KEY", "CO_API_KEY"],
  needsKey: true,
  free: "model",
  tokenField: "max_tokens",
  options: { inputType: { params: ["input_type"], fallback: "search_query" } },
};

const ollama: ProviderRow = {
  family: "ollama",
  base: "http://localhost:11434",
  baseEnv: ["OLLAMA_API_BASE"],
  keyEnv: ["OLLAMA_API_KEY"],
  needsKey: false,
  free: "model",
  // A chat loads the model into memory.
  paidIntervalMs: null,
  tokenField: "max_tokens",
};

export const vendorProviders: Readonly<Record<string, ProviderRow>> = {
  anthropic: {
    family: "anthropic",
    auth: "header:x-api-key",
    base: "https://api.anthropic.com",
    baseEnv: ["ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"],
    keyEnv: ["ANTHROPIC_API_KEY"],
    needsKey: true,
    free: "model",
    tokenField: "max_tokens",
  },
  gemini: {
    family: "gemini",
    auth: "header:x-goog-api-key",
    base: "https://generativelanguage.googleapis.com/v1beta",
    baseEnv: ["GEMINI_API_BASE"],
    keyEnv: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    needsKey: true,
    free: "model",
    tokenField: "max_tokens",
    options: { voice: { params: ["voice"], info: ["health_check_voice"], fallback: "Kore" } },
  },
  cohere,
  cohere_chat: cohere,
  ollama,
  ollama_chat: ollama,
  replicate: {
    family: "replicate",
    base: "https://api.replicate.com/v1",
    baseEnv: ["REPLICATE_API_BASE"],
    keyEnv: ["REPLICATE_API_KEY", "REPLICATE_API_TOKEN"],
    needsKey: true,
    free: "model",
    tokenField: "max_tokens",
  },
  predibase: {
    family: "tgi",
    base: "https://serving.app.predibase.com",
    baseEnv: ["PREDIBASE_API_BASE"],
    keyEnv: ["PREDIBASE_API_KEY"],
    needsKey: true,
    free: "none",
    tokenField: "max_tokens",
    options: {
      tenant: {
        params: ["tenant_id", "predibase_tenant_id"],
        env: ["PREDIBASE_TENANT_ID"],
        inBase: /\/([^/]+)\/deployments\//,
        required: true,
      },
    },
  },
  triton: {
    family: "triton",
    base: null,
    baseEnv: ["TRITON_API_BASE"],
    keyEnv: ["TRITON_API_KEY"],
    needsKey: false,
    free: "model",
    tokenField: "max_tokens",
  },
  cloudflare: {
    family: "cloudflare",
    base: "https://api.cloudflare.com/client/v4",
    baseEnv: ["CLOUDFLARE_API_BASE"],
    keyEnv: ["CLOUDFLARE_API_KEY"],
    needsKey: true,
    free: "list",
    tokenField: "max_tokens",
    options: {
      account: {
        params: ["account_id"],
        env: ["CLOUDFLARE_ACCOUNT_ID"],
        inBase: /\/accounts\/([^/]+)/,
        required: true,
      },
    },
  },
  nlp_cloud: {
    family: "nlp_cloud",
    auth: "scheme:Token",
    base: "https://api.nlpcloud.io/v1/gpu",
    baseEnv: ["NLP_CLOUD_API_BASE"],
    keyEnv: ["NLP_CLOUD_API_KEY"],
    needsKey: true,
    free: "none",
    tokenField: "max_tokens",
  },
};
