// Vendors that are asked for the account behind the key only, from their documentation.

import type { Mode } from "../../../src/registry/deployment.ts";
import { type CaseAnswer, type ConformanceCase, key } from "./case.ts";

interface Vendor {
  readonly provider: string;
  readonly mode: Mode;
  readonly model: string;
  readonly variable: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: unknown;
  /** An answer of an account without credit. */
  readonly empty?: unknown;
  /** What a wrong key is answered with. */
  readonly refused: CaseAnswer;
}

const bearer = { authorization: `Bearer ${key}` };

const vendors: readonly Vendor[] = [
  {
    provider: "assemblyai",
    mode: "audio_transcription",
    model: "best",
    variable: "ASSEMBLYAI_API_KEY",
    url: "https://api.assemblyai.com/v2/transcript?limit=1",
    headers: { authorization: key },
    body: { page_details: { limit: 1, result_count: 0 }, transcripts: [] },
    refused: { status: 401, body: { error: "Authentication error, API token missing/invalid" } },
  },
  {
    provider: "soniox",
    mode: "audio_transcription",
    model: "stt-async-v4",
    variable: "SONIOX_API_KEY",
    url: "https://api.soniox.com/v1/models",
    headers: bearer,
    body: { models: [{ id: "stt-async-v4", name: "Speech-to-Text Async v4" }] },
    refused: {
      status: 401,
      body: { status_code: 401, error_type: "unauthenticated", message: "Invalid API key" },
    },
  },
  {
    provider: "stability",
    mode: "image_generation",
    model: "sd3.5-large",
    variable: "STABILITY_API_KEY",
    url: "https://api.stability.ai/v1/user/balance",
    headers: bearer,
    body: { credits: 0.63 },
    empty: { credits: 0 },
    refused: { status: 401, body: { name: "unauthorized", message: "missing authorization" } },
  },
  {
    provider: "black_forest_labs",
    mode: "image_generation",
    model: "flux-pro-1.1",
    variable: "BFL_API_KEY",
    url: "https://api.bfl.ai/v1/credits",
    headers: { "x-key": key, authorization: null },
    body: { credits: 940.5 },
    empty: { credits: -3 },
    refused: { status: 403, body: { detail: "Not authenticated - Invalid Authentication" } },
  },
  {
    provider: "fal_ai",
    mode: "image_generation",
    model: "fal-ai/flux/dev",
    variable: "FAL_AI_API_KEY",
    url: "https://api.fal.ai/v1/models/pricing?endpoint_id=fal-ai%2Fflux%2Fdev",
    headers: { authorization: `Key ${key}` },
    body: { prices: [{ endpoint_id: "fal-ai/flux/dev", unit_price: 0.025, unit: "image" }] },
    refused: {
      status: 401,
      body: { error: { type: "authorization_error", message: "Authentication required" } },
    },
  },
  {
    provider: "runwayml",
    mode: "video_generation",
    model: "gen4_turbo",
    variable: "RUNWAYML_API_SECRET",
    url: "https://api.dev.runwayml.com/v1/organization",
    headers: { ...bearer, "x-runway-version": "2024-11-06" },
    body: { tier: { maxMonthlyCreditSpend: 10_000 }, creditBalance: 1000, usage: { models: {} } },
    empty: { tier: {}, creditBalance: 0 },
    refused: { status: 401, body: { error: "The API key you provided is not valid" } },
  },
  {
    provider: "recraft",
    mode: "image_generation",
    model: "recraftv3",
    variable: "RECRAFT_API_KEY",
    url: "https://external.api.recraft.ai/v1/users/me",
    headers: bearer,
    body: { id: "u", credits: 1000, email: "a@b.example" },
    empty: { id: "u", credits: 0 },
    refused: { status: 401, body: { code: "unauthorized", message: "invalid token" } },
  },
  {
    provider: "topaz",
    mode: "image_edit",
    model: "Standard V2",
    variable: "TOPAZ_API_KEY",
    url: "https://api.topazlabs.com/account/v1/credits/balance",
    headers: { "x-api-key": key, authorization: null },
    body: { available_credits: 50, reserved_credits: 0, total_credits: 50 },
    empty: { available_credits: 0, reserved_credits: 0, total_credits: 0 },
    refused: { status: 401, body: { message: "Unauthorized" } },
  },
];

function casesOf(vendor: Vendor): ConformanceCase[] {
  const { provider, mode, model, variable, url, headers, body, empty, refused } = vendor;
  const one = (
    about: string,
    answer: CaseAnswer,
    outcome: ConformanceCase["verdict"]["class"],
    rung: ConformanceCase["rung"] = "completion",
  ): ConformanceCase => ({
    provider,
    mode,
    rung,
    about,
    params: { model: `${provider}/${model}` },
    env: { [variable]: key },
    exchanges: [{ asks: { url, headers }, answer }],
    verdict: { class: outcome },
    ...(provider === "assemblyai" ? { onlyAtItsOwnHost: true } : {}),
  });
  return [
    one("an account", { body }, "ok"),
    one("an account", { body }, "ok", "metadata"),
    ...(empty === undefined ? [] : [one("an account without credit", { body: empty }, "billing")]),
    one("a wrong key", refused, "auth"),
  ];
}

const falLocked: CaseAnswer = {
  status: 403,
  body: { detail: "User is locked. Reason: Exhausted balance. Top up your balance." },
};

export const cases: readonly ConformanceCase[] = [
  ...vendors.flatMap(casesOf),
  {
    provider: "fal_ai",
    mode: "image_generation",
    about: "an address where its models run, and an empty account",
    params: { model: "fal_ai/fal-ai/flux/dev", api_base: "https://fal.run" },
    env: { FAL_KEY: key },
    exchanges: [
      {
        asks: { url: "https://api.fal.ai/v1/models/pricing?endpoint_id=fal-ai%2Fflux%2Fdev" },
        answer: falLocked,
      },
    ],
    verdict: { class: "billing" },
  },
  {
    provider: "runwayml",
    mode: "audio_speech",
    params: { model: "runwayml/eleven_multilingual_v2" },
    info: { mode: "audio_speech" },
    env: { RUNWAYML_API_KEY: key },
    exchanges: [
      {
        asks: {
          url: "https://api.dev.runwayml.com/v1/organization",
          headers: { ...bearer, "x-runway-version": "2024-11-06" },
        },
        answer: { body: { tier: {}, creditBalance: 1000 } },
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider: "assemblyai",
    mode: "chat",
    about: "its gateway for chats",
    params: { model: "assemblyai/claude-sonnet-4-5" },
    env: { ASSEMBLYAI_API_KEY: key },
    exchanges: [
      {
        asks: {
          url: "https://llm-gateway.assemblyai.com/v1/chat/completions",
          headers: bearer,
          body: {
            model: "claude-sonnet-4-5",
            messages: [{ role: "user", content: "ping" }],
            max_tokens: 16,
          },
        },
        answer: { body: { choices: [{ message: { content: "pong" } }] } },
      },
    ],
    verdict: { class: "ok" },
  },
];
