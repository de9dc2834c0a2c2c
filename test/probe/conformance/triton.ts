// Triton Inference Server. (docs.nvidia.com/deeplearning/triton-inference-server)

import { answersTo, type ConformanceCase, key } from "./case.ts";

const provider = "triton";
const generateUrl = "https://triton.example/v2/models/ensemble/generate";
const inferUrl = "https://triton.example/v2/models/embedder/infer";
const generateBody = {
  text_input: "ping",
  parameters: { max_tokens: 16, bad_words: [""], stop_words: [""] },
  stream: false,
};
const params = { model: "triton/ensemble", api_base: generateUrl };
const asks = { url: generateUrl, headers: { authorization: null }, body: generateBody };

const answered = answersTo({ provider, mode: "chat", params }, asks);

function ready(
  about: string,
  apiBase: string,
  url: string,
  answer: ConformanceCase["exchanges"][number]["answer"],
  verdict: ConformanceCase["verdict"],
): ConformanceCase {
  return {
    provider,
    mode: "chat",
    rung: "metadata",
    about,
    params: { model: "triton/ensemble", api_base: apiBase },
    exchanges: [{ asks: { url }, answer }],
    verdict,
  };
}

const readyUrl = "https://triton.example/v2/models/ensemble/ready";

export const cases: readonly ConformanceCase[] = [
  answered(
    "generate",
    200,
    { model_name: "ensemble", text_output: "pong" },
    { class: "ok", servedModel: "ensemble" },
  ),
  {
    provider,
    mode: "chat",
    about: "infer",
    params: { model: "triton/llama", api_base: "https://triton.example/v2/models/llama/infer" },
    exchanges: [
      {
        asks: {
          url: "https://triton.example/v2/models/llama/infer",
          body: {
            inputs: [
              { name: "text_input", shape: [1], datatype: "BYTES", data: ["ping"] },
              { name: "max_tokens", shape: [1], datatype: "INT32", data: [16] },
            ],
          },
        },
        answer: {
          body: { outputs: [{ name: "text_output", datatype: "BYTES", data: ["pong"] }] },
        },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider,
    mode: "chat",
    about: "an address without the operation, and a key",
    params: { model: "triton/ensemble", api_base: "https://triton.example" },
    env: { TRITON_API_KEY: key },
    exchanges: [
      {
        asks: { ...asks, headers: { authorization: `Bearer ${key}` } },
        answer: { body: { text_output: "pong" } },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider,
    mode: "embedding",
    params: { model: "triton/embedder", api_base: inferUrl },
    info: { mode: "embedding" },
    exchanges: [
      {
        asks: {
          url: inferUrl,
          body: {
            inputs: [{ name: "input_text", shape: [1], datatype: "BYTES", data: ["ping"] }],
          },
        },
        answer: {
          body: { outputs: [{ name: "embedding", shape: [1, 2], data: [0.1, 0.2] }] },
        },
      },
    ],
    verdict: { class: "ok" },
  },
  ready("by generate", generateUrl, readyUrl, { body: "" }, { class: "ok" }),
  ready("by the root", "https://triton.example", readyUrl, { body: "" }, { class: "ok" }),
  ready(
    "of a model that loads",
    generateUrl,
    readyUrl,
    { status: 400, body: "" },
    { class: "not_ready" },
  ),
  answered(
    "an unknown model",
    400,
    { error: "Request for unknown model: 'ensemble' is not found" },
    { class: "model_not_found" },
  ),
  answered("another input", 400, { error: "unexpected inference input" }, { class: "bad_probe" }),
  answered("not ready", 503, { error: "server is not ready" }, { class: "server_error" }),
];
