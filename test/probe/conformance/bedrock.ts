// AWS Bedrock: chats by converse, all else by invoke, and the control plane. (docs.aws.amazon.com/bedrock/latest/APIReference)

import { type ConformanceCase, key } from "./case.ts";
import { env, signed } from "./signing.ts";

const runtime = "https://bedrock-runtime.us-east-1.amazonaws.com";
const converse = {
  messages: [{ role: "user", content: [{ text: "ping" }] }],
  inferenceConfig: { maxTokens: 16 },
};
const pong = {
  output: { message: { role: "assistant", content: [{ text: "pong" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 8, outputTokens: 2, totalTokens: 10 },
};
const chatOk = { class: "ok", usage: { promptTokens: 8, completionTokens: 2 } } as const;

/** Names of Bedrock's models, and what of them is on the wire. */
const names: readonly (readonly [about: string, model: string, url: string, region?: string])[] = [
  [
    "by its name",
    "anthropic.claude-3-haiku-20240307-v1:0",
    `${runtime}/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse`,
  ],
  [
    "of several regions",
    "us.amazon.nova-lite-v1:0",
    `${runtime}/model/us.amazon.nova-lite-v1%3A0/converse`,
  ],
  [
    "with a route",
    "invoke/anthropic.claude-3-haiku-20240307-v1:0",
    `${runtime}/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse`,
  ],
  [
    "with a region in its name",
    "eu-west-1/anthropic.claude-v2",
    "https://bedrock-runtime.eu-west-1.amazonaws.com/model/anthropic.claude-v2/converse",
    "eu-west-1",
  ],
  [
    "by an ARN, which tells the region",
    "converse/arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc",
    "https://bedrock-runtime.eu-central-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Aapplication-inference-profile%2Fabc/converse",
    "eu-central-1",
  ],
  [
    "in China",
    "cn-north-1/deepseek.v3",
    "https://bedrock-runtime.cn-north-1.amazonaws.com.cn/model/deepseek.v3/converse",
    "cn-north-1",
  ],
];

const vector = [0.1, 0.2];
/** Embeddings by vendor: body, answer and headers of the answer. */
const embeddings: readonly (readonly [
  model: string,
  body: object,
  answer: object,
  headers: Record<string, string>,
])[] = [
  [
    "amazon.titan-embed-text-v2:0",
    { inputText: "ping" },
    { embedding: vector, inputTextTokenCount: 3 },
    {},
  ],
  [
    "cohere.embed-english-v3",
    { texts: ["ping"], input_type: "search_query" },
    { embeddings: [vector] },
    { "x-amzn-bedrock-input-token-count": "3" },
  ],
  [
    "amazon.nova-2-multimodal-embeddings-v1:0",
    {
      taskType: "SINGLE_EMBEDDING",
      singleEmbeddingParams: {
        embeddingPurpose: "GENERIC_INDEX",
        embeddingDimension: 256,
        text: { truncationMode: "END", value: "ping" },
      },
    },
    { embeddings: [{ embedding: vector }] },
    { "x-amzn-bedrock-input-token-count": "3" },
  ],
  [
    "twelvelabs.marengo-embed-2-7-v1:0",
    { inputType: "text", inputText: "ping" },
    { data: [{ embedding: vector }] },
    { "x-amzn-bedrock-input-token-count": "3" },
  ],
];

const control = "https://bedrock.us-east-1.amazonaws.com";
/** Kinds of ids, and where the control plane tells of them. */
const resources: readonly (readonly [model: string, path: string])[] = [
  ["amazon.nova-lite-v1:0", "/foundation-models/amazon.nova-lite-v1%3A0"],
  ["us.amazon.nova-lite-v1:0", "/inference-profiles/us.amazon.nova-lite-v1%3A0"],
  [
    "arn:aws:bedrock:us-east-1:1:inference-profile/us.x",
    "/inference-profiles/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.x",
  ],
  [
    "arn:aws:bedrock:us-east-1:1:provisioned-model/x",
    "/provisioned-model-throughput/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aprovisioned-model%2Fx",
  ],
  [
    "llama/arn:aws:bedrock:us-east-1:1:imported-model/x",
    "/imported-models/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aimported-model%2Fx",
  ],
];

export const cases: readonly ConformanceCase[] = [
  ...names.map(
    ([about, model, url, region]): ConformanceCase => ({
      provider: "bedrock",
      mode: "chat",
      about: `a model ${about}`,
      params: { model: `bedrock/${model}` },
      env,
      exchanges: [
        {
          asks: { url, headers: { authorization: signed("bedrock", region) }, body: converse },
          answer: { body: pong },
        },
      ],
      verdict: chatOk,
    }),
  ),
  {
    provider: "bedrock",
    mode: "chat",
    about: "an id that stands elsewhere",
    params: {
      model: "bedrock/anthropic.claude-v2",
      model_id: "arn:aws:bedrock:us-east-1:1:provisioned-model/x",
      aws_access_key_id: "AKIDEXAMPLE",
      aws_secret_access_key: "secret-of-the-config",
      aws_session_token: "session-of-the-config",
      aws_region_name: "us-east-1",
    },
    exchanges: [
      {
        asks: {
          url: `${runtime}/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aprovisioned-model%2Fx/converse`,
          headers: {
            authorization: signed("bedrock", "us-east-1", ";x-amz-security-token"),
            "x-amz-security-token": "session-of-the-config",
          },
          body: converse,
        },
        answer: { body: pong },
      },
    ],
    verdict: chatOk,
  },
  {
    provider: "bedrock",
    mode: "chat",
    about: "a bearer key",
    params: { model: "bedrock/amazon.nova-lite-v1:0" },
    env: { ...env, AWS_BEARER_TOKEN_BEDROCK: key },
    exchanges: [
      {
        asks: {
          url: `${runtime}/model/amazon.nova-lite-v1%3A0/converse`,
          headers: { authorization: `Bearer ${key}`, "x-amz-date": null },
          body: converse,
        },
        answer: { body: { ...pong, stopReason: "guardrail_intervened" } },
      },
    ],
    verdict: { ...chatOk, class: "ok_limited_output" },
  },
  {
    provider: "bedrock",
    mode: "chat",
    about: "an imported model",
    params: { model: "bedrock/llama/arn:aws:bedrock:us-east-1:1:imported-model/x" },
    env,
    exchanges: [
      {
        asks: {
          url: `${runtime}/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aimported-model%2Fx/invoke`,
          body: { prompt: "ping", max_gen_len: 16 },
        },
        answer: { body: { generation: "pong" } },
      },
    ],
    verdict: { class: "ok" },
  },
  ...embeddings.map(
    ([model, body, answer, headers]): ConformanceCase => ({
      provider: "bedrock",
      mode: "embedding",
      about: model,
      params: { model: `bedrock/${model}` },
      env,
      exchanges: [
        {
          asks: {
            url: `${runtime}/model/${encodeURIComponent(model)}/invoke`,
            headers: { authorization: signed("bedrock") },
            body,
          },
          answer: { body: answer, headers },
        },
      ],
      verdict: { class: "ok", usage: { promptTokens: 3, completionTokens: null } },
    }),
  ),
  {
    provider: "bedrock",
    mode: "rerank",
    params: { model: "bedrock/amazon.rerank-v1:0" },
    env,
    exchanges: [
      {
        asks: {
          url: "https://bedrock-agent-runtime.us-east-1.amazonaws.com/rerank",
          headers: { authorization: signed("bedrock") },
          body: {
            queries: [{ type: "TEXT", textQuery: { text: "ping" } }],
            sources: [
              {
                type: "INLINE",
                inlineDocumentSource: { type: "TEXT", textDocument: { text: "ping" } },
              },
            ],
            rerankingConfiguration: {
              type: "BEDROCK_RERANKING_MODEL",
              bedrockRerankingConfiguration: {
                modelConfiguration: {
                  modelArn: "arn:aws:bedrock:us-east-1::foundation-model/amazon.rerank-v1:0",
                },
                numberOfResults: 1,
              },
            },
          },
        },
        answer: { body: { results: [{ index: 0, relevanceScore: 0.9 }] } },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider: "bedrock",
    mode: "batch",
    params: { model: "bedrock/anthropic.claude-v2" },
    info: { mode: "batch" },
    env,
    exchanges: [
      {
        asks: {
          url: `${control}/model-invocation-jobs?maxResults=1`,
          headers: { authorization: signed("bedrock") },
        },
        answer: { body: { invocationJobSummaries: [] } },
      },
    ],
    verdict: { class: "ok" },
  },
  ...resources.map(
    ([model, path]): ConformanceCase => ({
      provider: "bedrock",
      mode: "chat",
      rung: "metadata",
      about: model,
      params: { model: `bedrock/${model}` },
      env,
      exchanges: [
        {
          asks: { url: `${control}${path}`, headers: { authorization: signed("bedrock") } },
          answer: { body: { modelDetails: { modelLifecycle: { status: "ACTIVE" } } } },
        },
      ],
      verdict: { class: "ok" },
    }),
  ),
];
