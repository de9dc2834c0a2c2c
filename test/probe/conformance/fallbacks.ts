// Modes that a provider does not serve, or not in the words of that model's family: they are asked as a chat, as LiteLLM does.

import { type CaseRequest, type ConformanceCase, key, oneExchange, ping } from "./case.ts";

type Row = readonly [
  provider: string,
  mode: "completion" | "responses",
  model: string,
  env: Readonly<Record<string, string>>,
  url: string,
  asks: Pick<CaseRequest, "headers"> & { readonly body: object },
];

const bearer = { authorization: `Bearer ${key}` };
const foundry = "https://ours.services.ai.azure.com";
const foundryEnv = { AZURE_AI_API_KEY: key, AZURE_AI_API_BASE: foundry };
const workspace = "https://dbc.cloud.databricks.com/serving-endpoints";
const pong = { choices: [{ message: { content: "pong" } }] };

const rows: readonly Row[] = [
  [
    "groq",
    "responses",
    "llama-3.1-8b-instant",
    { GROQ_API_KEY: key },
    "https://api.groq.com/openai/v1/chat/completions",
    { headers: bearer, body: { max_completion_tokens: 16 } },
  ],
  [
    "perplexity",
    "responses",
    "sonar",
    { PERPLEXITYAI_API_KEY: key },
    "https://api.perplexity.ai/chat/completions",
    { headers: bearer, body: { max_tokens: 16, disable_search: true } },
  ],
  [
    "databricks",
    "completion",
    "our-llama",
    { DATABRICKS_API_BASE: workspace, DATABRICKS_API_KEY: key },
    `${workspace}/chat/completions`,
    { headers: bearer, body: { max_tokens: 16 } },
  ],
  [
    "azure_ai",
    "completion",
    "Llama-3.3-70B-Instruct",
    foundryEnv,
    `${foundry}/models/chat/completions`,
    { headers: { "api-key": key }, body: { max_tokens: 16 } },
  ],
  [
    "azure_ai",
    "responses",
    "grok-3",
    foundryEnv,
    `${foundry}/models/chat/completions`,
    { headers: { "api-key": key }, body: { max_tokens: 16 } },
  ],
];

export const cases: readonly ConformanceCase[] = rows.map(
  ([provider, mode, model, env, url, { body, ...asks }]) =>
    oneExchange(
      { provider, mode, params: { model: `${provider}/${model}` }, env },
      { url, ...asks, body: { model, messages: ping, ...body } },
      pong,
      { about: "which it does not serve, so it is a chat", info: { mode } },
    ),
);
