// Providers that give a token first: Azure by Entra, Databricks; and Snowflake, whose token says what it is.

import { type CaseExchange, type ConformanceCase, key, ping } from "./case.ts";

const token = "conformance-access-token";
const form = { "content-type": "application/x-www-form-urlencoded" };
const given = { body: { access_token: token, expires_in: 3600 } };
const bearer = { authorization: `Bearer ${token}`, "api-key": null };
const choices = {
  choices: [{ message: { content: "pong" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 2 },
};
const tokens = { class: "ok", usage: { promptTokens: 8, completionTokens: 2 } } as const;
const ok = { class: "ok" } as const;

const entra = (scope: string): CaseExchange => ({
  asks: {
    url: "https://login.microsoftonline.com/the-tenant/oauth2/v2.0/token",
    headers: form,
    body: `client_id=the-client&scope=${encodeURIComponent(scope)}&grant_type=client_credentials&client_secret=the-client-secret`,
  },
  answer: given,
});
const principal = {
  tenant_id: "the-tenant",
  client_id: "the-client",
  client_secret: "the-client-secret",
};

const azure: ConformanceCase[] = [
  {
    provider: "azure",
    mode: "chat",
    about: "by Entra, although the environment has a key",
    params: { model: "azure/gpt-4o", api_base: "https://res.openai.azure.com", ...principal },
    env: { AZURE_API_KEY: key },
    exchanges: [
      entra("https://cognitiveservices.azure.com/.default"),
      {
        asks: {
          url: "https://res.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2025-02-01-preview",
          headers: bearer,
          body: { messages: ping, max_tokens: 16 },
        },
        answer: { body: choices },
      },
    ],
    verdict: tokens,
  },
  {
    provider: "azure_ai",
    mode: "chat",
    about: "by Entra",
    params: { model: "azure_ai/deepseek-v3", api_base: "https://res.services.ai.azure.com" },
    env: {
      AZURE_TENANT_ID: "the-tenant",
      AZURE_CLIENT_ID: "the-client",
      AZURE_CLIENT_SECRET: "the-client-secret",
    },
    exchanges: [
      entra("https://ai.azure.com/.default"),
      {
        asks: {
          url: "https://res.services.ai.azure.com/models/chat/completions",
          headers: bearer,
          body: { model: "deepseek-v3", messages: ping, max_tokens: 16 },
        },
        answer: { body: choices },
      },
    ],
    verdict: tokens,
  },
];

const workspace = "https://dbc.cloud.databricks.com";
const databricks: ConformanceCase[] = [
  {
    provider: "databricks",
    mode: "chat",
    about: "by OAuth",
    params: {
      model: "databricks/my-llama",
      client_id: "the-client",
      client_secret: "the-client-secret",
    },
    env: { DATABRICKS_API_BASE: workspace },
    exchanges: [
      {
        asks: {
          url: `${workspace}/oidc/v1/token`,
          headers: { ...form, authorization: `Basic ${btoa("the-client:the-client-secret")}` },
          body: "grant_type=client_credentials&scope=all-apis",
        },
        answer: given,
      },
      {
        asks: {
          url: `${workspace}/serving-endpoints/chat/completions`,
          headers: bearer,
          body: { model: "my-llama", messages: ping, max_tokens: 16 },
        },
        answer: { body: choices },
      },
    ],
    verdict: tokens,
  },
  {
    provider: "databricks",
    mode: "embedding",
    about: "by a token of one's own",
    params: { model: "databricks/bge-large" },
    env: { DATABRICKS_API_BASE: `${workspace}/serving-endpoints`, DATABRICKS_API_KEY: key },
    exchanges: [
      {
        asks: {
          url: `${workspace}/serving-endpoints/embeddings`,
          headers: { authorization: `Bearer ${key}` },
          body: { model: "bge-large", input: ["ping"] },
        },
        answer: { body: { data: [{ embedding: [0.1] }] } },
      },
    ],
    verdict: ok,
  },
  ...(
    [
      ["READY", "ok"],
      ["NOT_READY", "not_ready"],
    ] as const
  ).map(
    ([ready, expected]): ConformanceCase => ({
      provider: "databricks",
      mode: "chat",
      rung: "metadata",
      about: ready,
      params: { model: "databricks/my-llama" },
      env: { DATABRICKS_API_BASE: `${workspace}/serving-endpoints`, DATABRICKS_API_KEY: key },
      exchanges: [
        {
          asks: {
            url: `${workspace}/api/2.0/serving-endpoints/my-llama`,
            headers: { authorization: `Bearer ${key}` },
          },
          answer: { body: { name: "my-llama", state: { ready } } },
        },
      ],
      verdict: { class: expected },
    }),
  ),
];

const cortex = "https://org-acct.snowflakecomputing.com/api/v2/cortex";
const snowflake: ConformanceCase[] = (
  [
    ["eyJh.eyJi.c", "eyJh.eyJi.c", "KEYPAIR_JWT"],
    ["pat/the-access-token", "the-access-token", "PROGRAMMATIC_ACCESS_TOKEN"],
    ["ver:1-hint:1-the-token", "ver:1-hint:1-the-token", "OAUTH"],
  ] as const
).map(
  ([jwt, sent, kind]): ConformanceCase => ({
    provider: "snowflake",
    mode: "chat",
    about: kind,
    params: { model: "snowflake/llama3.1-8b" },
    env: { SNOWFLAKE_ACCOUNT_ID: "org-acct", SNOWFLAKE_JWT: jwt },
    exchanges: [
      {
        asks: {
          url: `${cortex}/inference:complete`,
          headers: {
            authorization: `Bearer ${sent}`,
            "x-snowflake-authorization-token-type": kind,
          },
          body: { model: "llama3.1-8b", messages: ping, max_tokens: 16, stream: false },
        },
        answer: { body: choices },
      },
    ],
    verdict: tokens,
  }),
);

export const cases: readonly ConformanceCase[] = [
  ...azure,
  ...databricks,
  ...snowflake,
  {
    provider: "snowflake",
    mode: "embedding",
    params: {
      model: "snowflake/snowflake-arctic-embed-m",
      api_base: `${cortex}/inference:complete`,
    },
    env: { SNOWFLAKE_JWT: key },
    exchanges: [
      {
        asks: {
          url: `${cortex}/inference:embed`,
          body: { model: "snowflake-arctic-embed-m", text: ["ping"] },
        },
        answer: { body: { data: [{ embedding: [[0.1]], index: 0 }], usage: { total_tokens: 3 } } },
      },
    ],
    verdict: { class: "ok", usage: { promptTokens: 3, completionTokens: null } },
  },
];
