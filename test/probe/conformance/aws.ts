// AWS: Bedrock's OpenAI-compatible endpoint, SageMaker and Polly. (docs.aws.amazon.com)

import { type ConformanceCase, key, piecesOf, ping } from "./case.ts";
import { env, signed } from "./signing.ts";

const inChat = { choices: [{ message: { content: "pong" }, finish_reason: "stop" }] };
const chatOk = { class: "ok", usage: { promptTokens: 8, completionTokens: 2 } } as const;
const mantle = "https://bedrock-mantle.us-east-1.api.aws/v1";
const platform = "https://aws-external-anthropic.us-east-1.api.aws";
const message = {
  type: "message",
  content: [{ type: "text", text: "pong" }],
  usage: { input_tokens: 8, output_tokens: 2 },
};
const sagemaker = "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/my-ep/invocations";
const described = {
  url: "https://api.sagemaker.us-east-1.amazonaws.com/",
  headers: {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "SageMaker.DescribeEndpoint",
    authorization: signed("sagemaker", "us-east-1", ";x-amz-target"),
  },
  body: { EndpointName: "my-ep" },
} as const;

export const cases: readonly ConformanceCase[] = [
  {
    provider: "bedrock_mantle",
    mode: "chat",
    params: { model: "bedrock_mantle/openai.gpt-oss-120b" },
    env,
    exchanges: [
      {
        asks: {
          url: `${mantle}/chat/completions`,
          headers: { authorization: signed("bedrock-mantle") },
          body: { model: "openai.gpt-oss-120b", messages: ping, max_tokens: 16 },
        },
        answer: { body: inChat },
      },
    ],
    verdict: { class: "ok" },
    onlyAtItsOwnHost: true,
  },
  {
    provider: "bedrock_mantle",
    mode: "chat",
    rung: "metadata",
    params: { model: "bedrock_mantle/openai.gpt-oss-120b" },
    env: { ...env, BEDROCK_MANTLE_API_KEY: key },
    exchanges: [
      {
        asks: { url: `${mantle}/models`, headers: { authorization: `Bearer ${key}` } },
        answer: { body: { data: [{ id: "openai.gpt-oss-120b" }] } },
      },
    ],
    verdict: { class: "ok" },
    onlyAtItsOwnHost: true,
  },
  {
    provider: "bedrock_claude_platform",
    mode: "chat",
    params: { model: "bedrock/claude_platform/claude-sonnet-4-5", workspace_id: "ws-1" },
    env,
    exchanges: [
      {
        asks: {
          url: `${platform}/v1/messages`,
          headers: {
            authorization: signed("aws-external-anthropic"),
            "anthropic-version": "2023-06-01",
            "anthropic-workspace-id": "ws-1",
          },
          body: { model: "claude-sonnet-4-5", messages: ping, max_tokens: 16 },
        },
        answer: { body: message },
      },
    ],
    verdict: chatOk,
    onlyAtItsOwnHost: true,
  },
  {
    provider: "bedrock_claude_platform",
    mode: "chat",
    about: "with a key of its own",
    rung: "metadata",
    params: { model: "bedrock/claude_platform/claude-sonnet-4-5" },
    env: { ...env, ANTHROPIC_AWS_API_KEY: key, ANTHROPIC_AWS_WORKSPACE_ID: "ws-2" },
    exchanges: [
      {
        asks: {
          url: `${platform}/v1/messages/count_tokens`,
          headers: { "x-api-key": key, authorization: null, "anthropic-workspace-id": "ws-2" },
          body: { model: "claude-sonnet-4-5", messages: ping },
        },
        answer: { body: { input_tokens: 8 } },
      },
    ],
    verdict: { class: "ok" },
    onlyAtItsOwnHost: true,
  },
  {
    provider: "sagemaker",
    mode: "chat",
    params: { model: "sagemaker/my-ep", model_id: "my-component" },
    env,
    exchanges: [
      {
        asks: {
          url: sagemaker,
          headers: {
            authorization: signed("sagemaker"),
            "x-amzn-sagemaker-inference-component": "my-component",
          },
          body: { inputs: "ping", parameters: { max_new_tokens: 16 } },
        },
        answer: { body: [{ generated_text: "pong", details: { generated_tokens: 2 } }] },
      },
    ],
    verdict: { class: "ok", usage: { promptTokens: null, completionTokens: 2 } },
  },
  {
    provider: "sagemaker",
    mode: "embedding",
    params: { model: "sagemaker/my-ep" },
    info: { mode: "embedding" },
    env,
    exchanges: [
      { asks: { url: sagemaker, body: { inputs: ["ping"] } }, answer: { body: [[0.1]] } },
    ],
    verdict: { class: "ok" },
  },
  {
    provider: "sagemaker",
    mode: "chat",
    rung: "metadata",
    params: { model: "sagemaker/my-ep" },
    env,
    exchanges: [{ asks: described, answer: { body: { EndpointStatus: "InService" } } }],
    verdict: { class: "ok" },
  },
  {
    provider: "sagemaker_chat",
    mode: "chat",
    params: { model: "sagemaker_chat/my-ep" },
    env,
    exchanges: [
      {
        asks: {
          url: sagemaker,
          headers: { authorization: signed("sagemaker") },
          body: { model: "my-ep", messages: ping, max_tokens: 16 },
        },
        answer: { body: { ...inChat, usage: { prompt_tokens: 8, completion_tokens: 2 } } },
      },
    ],
    verdict: chatOk,
  },
  ...(
    [
      ["Creating", "not_ready"],
      ["Updating", "ok"],
      ["Failed", "server_error"],
    ] as const
  ).map(
    ([status, expected]): ConformanceCase => ({
      provider: "sagemaker_chat",
      mode: "chat",
      rung: "metadata",
      about: `an endpoint that is ${status}`,
      params: { model: "sagemaker_chat/my-ep" },
      env,
      exchanges: [{ asks: described, answer: { body: { EndpointStatus: status } } }],
      verdict: { class: expected, text: `the endpoint is ${status}` },
    }),
  ),
  {
    provider: "aws_polly",
    mode: "audio_speech",
    params: { model: "aws_polly/neural" },
    info: { health_check_voice: "Matthew" },
    env,
    exchanges: [
      {
        asks: {
          url: "https://polly.us-east-1.amazonaws.com/v1/speech",
          headers: { authorization: signed("polly") },
          body: { Text: "ping", OutputFormat: "mp3", VoiceId: "Matthew", Engine: "neural" },
        },
        answer: {
          body: "ID3",
          headers: { "content-type": "audio/mpeg", "x-amzn-requestcharacters": "4" },
        },
      },
    ],
    verdict: {
      class: "ok",
      usage: piecesOf("character", 4),
    },
  },
  {
    provider: "aws_polly",
    mode: "audio_speech",
    rung: "metadata",
    params: { model: "aws_polly/standard" },
    env,
    exchanges: [
      {
        asks: {
          url: "https://polly.us-east-1.amazonaws.com/v1/voices",
          headers: { authorization: signed("polly") },
        },
        answer: { body: { Voices: [{ Id: "Joanna" }] } },
      },
    ],
    verdict: { class: "ok" },
  },
];
