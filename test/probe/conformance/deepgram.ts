// Deepgram. (developers.deepgram.com/reference)

import { silentWav } from "../../../src/probe/samples.ts";
import { answersTo, type ConformanceCase, key, piecesOf } from "./case.ts";

const provider = "deepgram";
const env = { DEEPGRAM_API_KEY: key };
const headers = { authorization: `Token ${key}` };
const params = { model: "deepgram/nova-3" };
const listen = {
  url: "https://api.deepgram.com/v1/listen?model=nova-3",
  headers: { ...headers, "content-type": "audio/wav" },
  body: silentWav,
};

const answered = answersTo({ provider, mode: "audio_transcription", params, env }, listen);

function refused(
  status: number,
  code: string,
  outcome: ConformanceCase["verdict"]["class"],
): ConformanceCase {
  const body = { err_code: code, err_msg: "It was refused.", request_id: "r" };
  return answered(`${status} ${code}`, status, body, { class: outcome });
}

export const cases: readonly ConformanceCase[] = [
  answered(
    "a transcript of silence",
    200,
    {
      metadata: {
        duration: 1,
        models: ["m1"],
        model_info: { m1: { name: "2-general-nova", version: "2024", arch: "nova-3" } },
      },
      results: { channels: [{ alternatives: [{ transcript: "", confidence: 0 }] }] },
    },
    {
      class: "ok",
      usage: piecesOf("second", 1),
      servedModel: "nova-3",
    },
  ),
  {
    provider,
    mode: "audio_transcription",
    about: "with parameters of the operator's",
    params: { ...params, extra_body: { language: "de", smart_format: true } },
    env,
    exchanges: [
      {
        asks: {
          ...listen,
          url: "https://api.deepgram.com/v1/listen?model=nova-3&language=de&smart_format=true",
        },
        answer: { body: { results: { channels: [{ alternatives: [] }] } } },
      },
    ],
    verdict: { class: "ok" },
  },
  answered("something else", 200, { ok: true }, { class: "protocol" }),
  {
    provider,
    mode: "audio_speech",
    params: { model: "deepgram/aura-2-thalia-en" },
    env,
    exchanges: [
      {
        asks: {
          url: "https://api.deepgram.com/v1/speak?model=aura-2-thalia-en",
          headers: { ...headers, accept: "*/*" },
          body: { text: "ok" },
        },
        answer: {
          headers: {
            "content-type": "audio/mpeg",
            "dg-char-count": "2",
            "dg-model-name": "aura-2-thalia-en",
          },
          body: "ID3 and so on",
        },
      },
    ],
    verdict: {
      class: "ok",
      usage: piecesOf("character", 2),
      servedModel: "aura-2-thalia-en",
    },
  },
  {
    provider,
    mode: "audio_transcription",
    rung: "metadata",
    params,
    env,
    exchanges: [
      {
        asks: { url: "https://api.deepgram.com/v1/projects", headers },
        answer: { body: { projects: [{ project_id: "p", name: "n" }] } },
      },
    ],
    verdict: { class: "ok" },
  },
  refused(400, "Bad Request", "bad_probe"),
  refused(401, "INVALID_AUTH", "auth"),
  refused(402, "ASR_PAYMENT_REQUIRED", "billing"),
  refused(403, "INSUFFICIENT_PERMISSIONS", "permission"),
  refused(429, "TOO_MANY_REQUESTS", "rate_limited"),
  refused(503, "Service Unavailable", "server_error"),
];
