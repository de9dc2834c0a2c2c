// IBM watsonx: a token for the key first, then the question. (cloud.ibm.com/apidocs/watsonx-ai)

import {
  afterLogin,
  type CaseExchange,
  type CaseRequest,
  type ConformanceCase,
  key,
  oneExchange,
} from "./case.ts";

const token = "conformance-access-token";
const bearer = { authorization: `Bearer ${token}` };
const login: CaseExchange = {
  asks: {
    url: "https://iam.cloud.ibm.com/identity/token",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: `grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=${key}`,
  },
  answer: { body: { access_token: token, expires_in: 3600, expiration: 1 } },
};
const base = "https://us-south.ml.cloud.ibm.com";
const env = { WATSONX_APIKEY: key, WATSONX_URL: base, WATSONX_PROJECT_ID: "the-project" };
const text = `${base}/ml/v1/text`;
const version = "?version=2024-03-13";
const granite = { model_id: "ibm/granite-4", project_id: "the-project" };
const said = [{ role: "user", content: [{ type: "text", text: "ping" }] }];
const chat = {
  url: `${text}/chat${version}`,
  headers: bearer,
  body: { ...granite, messages: said, max_tokens: 16 },
};
const choices = {
  choices: [{ message: { content: "pong" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 2 },
};
const counted = (promptTokens: number, completionTokens: number | null) =>
  ({ class: "ok", usage: { promptTokens, completionTokens } }) as const;

/** After the exchange of the key. */
function one(
  provider: "watsonx" | "watsonx_text",
  mode: ConformanceCase["mode"],
  model: string,
  asks: CaseRequest,
  body: unknown,
  more: Partial<ConformanceCase> = {},
): ConformanceCase {
  const params = { model: `${provider}/${model}` };
  const asked = { headers: bearer, ...asks };
  return afterLogin(login, oneExchange({ provider, mode, params, env }, asked, body, more));
}

export const cases: readonly ConformanceCase[] = [
  one("watsonx", "chat", "ibm/granite-4", chat, choices, { verdict: counted(8, 2) }),
  one(
    "watsonx",
    "chat",
    "deployment/the-deployment",
    {
      url: `${base}/ml/v1/deployments/the-deployment/text/chat${version}`,
      body: { messages: said, max_tokens: 16 },
    },
    choices,
    {
      about: "a deployment, which knows its model",
      params: { model: "watsonx/deployment/the-deployment", space_id: "the-space" },
      verdict: counted(8, 2),
    },
  ),
  oneExchange(
    {
      provider: "watsonx",
      mode: "chat",
      params: {
        model: "watsonx/ibm/granite-4",
        token,
        project_id: "the-project",
        api_base: base,
      },
    },
    chat,
    choices,
    { about: "a token that is used as it is", verdict: counted(8, 2) },
  ),
  oneExchange(
    {
      provider: "watsonx",
      mode: "chat",
      params: { model: "watsonx/ibm/granite-4", api_base: "https://cpd.example" },
      env: { WATSONX_ZENAPIKEY: "dXNlcjprZXk=", WATSONX_SPACE_ID: "the-space" },
    },
    {
      url: `https://cpd.example/ml/v1/text/chat${version}`,
      headers: { authorization: "ZenApiKey dXNlcjprZXk=" },
      body: { model_id: "ibm/granite-4", space_id: "the-space", messages: said, max_tokens: 16 },
    },
    choices,
    { about: "on premises", verdict: counted(8, 2) },
  ),
  one(
    "watsonx",
    "embedding",
    "ibm/slate-embed",
    {
      url: `${text}/embeddings${version}`,
      body: { model_id: "ibm/slate-embed", project_id: "the-project", inputs: ["ping"] },
    },
    { results: [{ embedding: [0.1] }], input_token_count: 2 },
    { verdict: counted(2, null) },
  ),
  one(
    "watsonx",
    "rerank",
    "cross-encoder/rerank",
    {
      url: `${text}/rerank${version}`,
      body: {
        model_id: "cross-encoder/rerank",
        project_id: "the-project",
        query: "ping",
        inputs: [{ text: "ping" }],
      },
    },
    { results: [{ index: 0, score: 0.9 }], input_token_count: 4 },
    { verdict: counted(4, null) },
  ),
  one(
    "watsonx_text",
    "chat",
    "ibm/granite-4",
    {
      url: `${text}/generation${version}`,
      body: { ...granite, input: "ping", parameters: { max_new_tokens: 16 } },
    },
    { results: [{ generated_text: "pong", input_token_count: 8, generated_token_count: 2 }] },
    { verdict: counted(8, 2) },
  ),
  ...(["watsonx", "watsonx_text"] as const).map((provider) =>
    one(
      provider,
      "chat",
      "ibm/granite-4",
      { url: `${base}/ml/v1/foundation_model_specs${version}&limit=200` },
      { resources: [{ model_id: "ibm/granite-4" }] },
      { rung: "metadata", verdict: { class: "ok" } },
    ),
  ),
];
