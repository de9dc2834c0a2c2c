// Replicate. (replicate.com/docs/reference/http)

import { answersTo, type ConformanceCase, key, piecesOf } from "./case.ts";

const provider = "replicate";
const env = { REPLICATE_API_KEY: key };
const headers = { authorization: `Bearer ${key}` };
const patient = { ...headers, prefer: "wait=10", "cancel-after": "30s" };
const base = "https://api.replicate.com/v1";
const params = { model: "replicate/meta/meta-llama-3-8b-instruct" };
const hash = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";
const input = { prompt: "ping", max_tokens: 16 };
const chat = {
  url: `${base}/models/meta/meta-llama-3-8b-instruct/predictions`,
  headers: patient,
  body: { input },
};

const answered = answersTo({ provider, mode: "chat", params, env }, chat);

export const cases: readonly ConformanceCase[] = [
  {
    provider,
    mode: "chat",
    params,
    env: { REPLICATE_API_TOKEN: key },
    exchanges: [
      {
        asks: chat,
        answer: {
          status: 201,
          body: {
            id: "p1",
            model: "meta/meta-llama-3-8b-instruct",
            status: "succeeded",
            output: ["pong"],
            metrics: { input_token_count: 11, output_token_count: 3, predict_time: 0.2 },
          },
        },
      },
    ],
    verdict: {
      class: "ok",
      usage: { promptTokens: 11, completionTokens: 3 },
      servedModel: "meta/meta-llama-3-8b-instruct",
    },
  },
  {
    provider,
    mode: "chat",
    about: "a deployment",
    params: { model: "replicate/deployments/acme/llama" },
    env,
    exchanges: [
      {
        asks: {
          url: `${base}/deployments/acme/llama/predictions`,
          headers: patient,
          body: { input },
        },
        answer: { status: 202, body: { status: "starting" } },
      },
    ],
    verdict: { class: "not_ready", text: "cold" },
  },
  {
    provider,
    mode: "chat",
    about: "a version",
    params: { model: `replicate/acme/llama:${hash}` },
    env,
    exchanges: [
      {
        asks: {
          url: `${base}/predictions`,
          headers: patient,
          body: { version: hash, input },
        },
        answer: { status: 201, body: { status: "succeeded", metrics: { predict_time: 1.5 } } },
      },
    ],
    verdict: {
      class: "ok",
      usage: piecesOf("second", 1.5),
    },
  },
  {
    provider,
    mode: "image_generation",
    params: { model: "replicate/black-forest-labs/flux-schnell" },
    info: { mode: "image_generation" },
    env,
    exchanges: [
      {
        asks: {
          url: `${base}/models/black-forest-labs/flux-schnell/predictions`,
          headers: patient,
          body: { input: { prompt: "A plain white square" } },
        },
        answer: { status: 201, body: { status: "succeeded", output: ["https://x/a.webp"] } },
      },
    ],
    verdict: {
      class: "ok",
      usage: piecesOf("image", 1),
    },
  },
  // What these models are sent differs from one to the next: they are looked up.
  ...(
    [
      ["video_generation", "google/veo-3"],
      ["image_edit", "black-forest-labs/flux-kontext-pro"],
      ["embedding", "beautyyuyanli/multilingual-e5-large"],
      ["rerank", "yxzwayne/bge-reranker-v2-m3"],
      ["audio_transcription", "openai/whisper"],
      ["audio_speech", "minimax/speech-02-turbo"],
    ] as const
  ).map(
    ([mode, model]): ConformanceCase => ({
      provider,
      mode,
      params: { model: `replicate/${model}` },
      info: { mode },
      env,
      exchanges: [
        { asks: { url: `${base}/models/${model}`, headers }, answer: { body: { name: "x" } } },
      ],
      verdict: { class: "ok" },
    }),
  ),
  ...[
    { model: "acme/llama", path: "/models/acme/llama", about: "of a model" },
    { model: "deployments/acme/llama", path: "/deployments/acme/llama", about: "of a deployment" },
    {
      model: `acme/llama:${hash}`,
      path: `/models/acme/llama/versions/${hash}`,
      about: "of a version",
    },
    { model: hash, path: "/account", about: "of a version without a model" },
  ].map(
    ({ model, path, about }): ConformanceCase => ({
      provider,
      mode: "chat",
      rung: "metadata",
      about,
      params: { model: `replicate/${model}` },
      env,
      exchanges: [{ asks: { url: `${base}${path}`, headers }, answer: { body: { name: "x" } } }],
      verdict: { class: "ok" },
    }),
  ),
  answered("at work for longer", 201, { status: "processing" }, { class: "not_ready" }),
  answered(
    "a prediction that failed with a 201",
    201,
    { status: "failed", error: "CUDA out of memory" },
    { class: "server_error", text: "the prediction failed: CUDA out of memory" },
  ),
  answered(
    "a prediction that was canceled",
    201,
    { status: "canceled" },
    { class: "server_error" },
  ),
  answered("a wrong key", 401, { title: "Unauthenticated", detail: "no" }, { class: "auth" }),
  answered(
    "no credit",
    402,
    { title: "Insufficient credit", detail: "You have insufficient credit to run this model." },
    { class: "billing" },
  ),
  answered("an unknown model", 404, { detail: "Not found." }, { class: "model_not_found" }),
  answered("an input that it does not take", 422, { detail: "input.x" }, { class: "bad_probe" }),
  answered(
    "a rate",
    429,
    { detail: "Request was throttled. Expected available in 1 second.", retry_after: 1 },
    { class: "rate_limited" },
  ),
];
