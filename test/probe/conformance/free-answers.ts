// What the free question is answered with where not all is well, or where it says nothing of the model; and where it goes at a gateway,
// of which only the list of models is certain.

import type { Mode } from "../../../src/registry/deployment.ts";
import { answersTo, type CaseVerdict, type ConformanceCase, key } from "./case.ts";

interface Row {
  readonly provider: string;
  /** A chat when left out. */
  readonly mode?: Mode;
  readonly model: string;
  readonly env: Readonly<Record<string, string>>;
  readonly base?: string;
  /** The key as Bearer when left out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly about: string;
  readonly url: string;
  readonly status?: number;
  readonly answer: unknown;
  readonly verdict: CaseVerdict;
}

const loading = { error: { code: 503, message: "Loading model", type: "unavailable_error" } };
/** OpenAI's words for a key that may use models and not look at them. */
const scopeless = {
  error: {
    message:
      "You have insufficient permissions for this operation. Missing scopes: api.model.read. Check that you have the correct role in your organization.",
    type: "invalid_request_error",
    param: null,
    code: null,
  },
};
const noSuchQuestion: CaseVerdict = {
  class: "bad_probe",
  text: "does not answer the free question",
};

const unwell: readonly Row[] = [
  {
    provider: "openrouter",
    model: "a/b",
    env: { OPENROUTER_API_KEY: key },
    about: "a key whose limit is used up",
    url: "https://openrouter.ai/api/v1/key",
    answer: { data: { limit: 5, limit_remaining: 0 } },
    verdict: { class: "billing" },
  },
  {
    provider: "vercel_ai_gateway",
    model: "a/b",
    env: { VERCEL_OIDC_TOKEN: key },
    about: "an account without credits",
    url: "https://ai-gateway.vercel.sh/v1/credits",
    answer: { balance: "0.00" },
    verdict: { class: "billing" },
  },
  {
    provider: "poe",
    model: "x",
    env: { POE_API_KEY: key },
    about: "an account without points",
    url: "https://api.poe.com/usage/current_balance",
    answer: { current_point_balance: 0 },
    verdict: { class: "billing" },
  },
  {
    provider: "llamafile",
    model: "x",
    env: {},
    headers: { authorization: null },
    about: "while its model is loading",
    url: "http://127.0.0.1:8080/health",
    status: 503,
    answer: loading,
    verdict: { class: "not_ready" },
  },
  {
    provider: "openai",
    model: "gpt-4o-mini",
    env: { OPENAI_API_KEY: key },
    about: "a key that may use models and not look at them",
    url: "https://api.openai.com/v1/models/gpt-4o-mini",
    status: 403,
    answer: scopeless,
    verdict: { class: "bad_probe", text: "the scope api.model.read" },
  },
  {
    provider: "openai",
    model: "gpt-4o-mini",
    env: { OPENAI_API_KEY: key },
    about: "a key that lacks a scope, by its code",
    url: "https://api.openai.com/v1/models/gpt-4o-mini",
    status: 401,
    answer: { error: { message: "No.", type: "invalid_request_error", code: "missing_scope" } },
    verdict: { class: "bad_probe", text: "a scope" },
  },
];

/** Containers and endpoints of one's own tell whether they are ready. */
const ofOnesOwn: readonly Row[] = [
  {
    provider: "nvidia_nim",
    model: "meta/llama",
    env: { NVIDIA_NIM_API_KEY: key, NVIDIA_NIM_API_BASE: "http://nim.example:8000/v1" },
    about: "in a container of one's own",
    url: "http://nim.example:8000/v1/health/ready",
    answer: { message: "Service is ready." },
    verdict: { class: "ok" },
  },
  {
    provider: "huggingface",
    model: "tgi",
    env: { HF_TOKEN: key, HF_API_BASE: "https://tgi.example" },
    about: "at an endpoint of one's own",
    url: "https://tgi.example/health",
    answer: "",
    verdict: { class: "ok" },
  },
];

const bearer = { authorization: `Bearer ${key}` };
const notThere: readonly Row[] = (
  [
    ["deepinfra", "chat", "DEEPINFRA_API_KEY", "v1/openai", "v1/me/rate_limit", bearer],
    [
      "deepgram",
      "audio_transcription",
      "DEEPGRAM_API_KEY",
      "v1",
      "v1/projects",
      { authorization: `Token ${key}` },
    ],
    [
      "elevenlabs",
      "audio_speech",
      "ELEVENLABS_API_KEY",
      "v1",
      "v1/user/subscription",
      { "xi-api-key": key, authorization: null },
    ],
    ["stability", "image_generation", "STABILITY_API_KEY", "v2beta", "v1/user/balance", bearer],
    ["soniox", "audio_transcription", "SONIOX_API_KEY", "v1", "v1/models", bearer],
  ] as const
).map(([provider, mode, variable, base, place, headers]) => ({
  provider,
  mode,
  model: "x",
  env: { [variable]: key },
  base: `https://gw.example/${base}`,
  headers,
  about: "a gateway that does not know it",
  url: `https://gw.example/${place}`,
  status: 404,
  answer: { error: { message: "no such route" } },
  verdict: noSuchQuestion,
}));

const atGateways: readonly Row[] = (
  [
    ["groq", "x", "GROQ_API_KEY", "groq/v1", "groq/v1/models"],
    [
      "fireworks_ai",
      "accounts/fireworks/models/x",
      "FIREWORKS_AI_TOKEN",
      "fw/inference/v1",
      "fw/inference/v1/models",
    ],
    ["openrouter", "a/x", "OR_API_KEY", "or/api/v1", "or/api/v1/key"],
    ["deepinfra", "x", "DEEPINFRA_API_KEY", "di/v1/openai", "di/v1/me/rate_limit"],
    ["hosted_vllm", "x", "HOSTED_VLLM_API_KEY", "vllm/v1", "vllm/health"],
  ] as const
).map(([provider, model, variable, base, place]) => ({
  provider,
  model,
  env: { [variable]: key },
  base: `https://gw.example/${base}`,
  about: "at a gateway",
  url: `https://gw.example/${place}`,
  answer: { data: [{ id: model }] },
  verdict: { class: "ok" },
}));

export const cases: readonly ConformanceCase[] = [
  ...unwell,
  ...ofOnesOwn,
  ...notThere,
  ...atGateways,
].map(({ provider, mode = "chat", model, env, base, headers = bearer, url, ...row }) => ({
  ...answersTo(
    {
      provider,
      mode,
      rung: "metadata",
      params: {
        model: `${provider}/${model}`,
        ...(base === undefined ? {} : { api_base: base }),
      },
      env,
    },
    { url, headers },
  )(row.about, row.status ?? 200, row.answer, row.verdict),
  // Elsewhere they are asked another question.
  ...(["openai", "nvidia_nim", "huggingface"].includes(provider)
    ? { onlyAtItsOwnHost: true as const }
    : {}),
}));
