// What the demo's deployments are: the models, and the public names that several of them share. The
// configuration is made from these rows, and the simulated provider lists the same models, so that
// both always agree.

export interface Kind {
  /** litellm_params.model */
  readonly model: string;
  readonly group: string;
  /** What follows the deployment's part of the address. */
  readonly suffix: string;
  readonly mode?: string;
  readonly extra?: readonly string[];
}

/** What the demo's deployments are, in turn. */
export const kinds: readonly Kind[] = [
  { model: "openai/gpt-4o", group: "gpt-4o", suffix: "/v1" },
  { model: "azure/gpt-4o-eu", group: "gpt-4o", suffix: "", extra: ["api_version: 2024-10-21"] },
  { model: "anthropic/claude-sonnet-4-5", group: "claude-sonnet", suffix: "" },
  { model: "gemini/gemini-2.5-flash", group: "gemini-flash", suffix: "/v1beta" },
  { model: "openai/gpt-4o-mini", group: "gpt-4o-mini", suffix: "/v1" },
  { model: "hosted_vllm/meta-llama/Llama-3.3-70B-Instruct", group: "llama-70b", suffix: "/v1" },
  { model: "cohere/command-r-08-2024", group: "command-r", suffix: "" },
  { model: "groq/llama-3.3-70b-versatile", group: "llama-70b", suffix: "/v1" },
  { model: "ollama_chat/qwen2.5", group: "qwen-local", suffix: "" },
  { model: "mistral/mistral-small-latest", group: "mistral-small", suffix: "/v1" },
  { model: "openai/text-embedding-3-small", group: "embeddings", suffix: "/v1", mode: "embedding" },
  {
    model: "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo",
    group: "llama-70b",
    suffix: "/v1",
  },
  { model: "deepseek/deepseek-chat", group: "deepseek", suffix: "/v1" },
  { model: "openrouter/anthropic/claude-3.5-haiku", group: "claude-haiku", suffix: "/v1" },
  { model: "xai/grok-3-mini", group: "grok", suffix: "/v1" },
  { model: "fireworks_ai/llama-v3p1-8b-instruct", group: "llama-8b", suffix: "/v1" },
  { model: "gemini/text-embedding-004", group: "embeddings", suffix: "/v1beta", mode: "embedding" },
  {
    model: "text-completion-openai/gpt-3.5-turbo-instruct",
    group: "instruct",
    suffix: "/v1",
    mode: "completion",
  },
];

/** Names of the models on the wire, without the provider's prefix: what model lists hold. */
export const wireModels: readonly string[] = [
  ...new Set(kinds.map(({ model }) => model.slice(model.indexOf("/") + 1))),
];
