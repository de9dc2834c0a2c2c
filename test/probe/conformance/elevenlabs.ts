// ElevenLabs. (elevenlabs.io/docs/api-reference)

import { answersTo, type ConformanceCase, key, piecesOf } from "./case.ts";

const provider = "elevenlabs";
const env = { ELEVENLABS_API_KEY: key };
const headers = { "xi-api-key": key, authorization: null };
const params = { model: "elevenlabs/eleven_multilingual_v2" };
const speak = {
  url: "https://api.elevenlabs.io/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM",
  headers,
  body: { text: "ok", model_id: "eleven_multilingual_v2" },
};
const subscription = { url: "https://api.elevenlabs.io/v1/user/subscription", headers };
const sound = { headers: { "content-type": "audio/mpeg" }, body: "ID3 and so on" };

const spoken = { provider, mode: "audio_speech", params, env } as const;
const answered = answersTo(spoken, speak);
const subscribed = answersTo({ ...spoken, rung: "metadata" }, subscription);

function refused(
  status: number,
  reason: string,
  outcome: ConformanceCase["verdict"]["class"],
): ConformanceCase {
  const detail = { status: reason, message: "It was refused" };
  return answered(`${status} ${reason}`, status, { detail }, { class: outcome });
}

export const cases: readonly ConformanceCase[] = [
  {
    provider,
    mode: "audio_speech",
    params,
    env,
    exchanges: [
      {
        asks: speak,
        answer: { ...sound, headers: { ...sound.headers, "character-cost": "2" } },
      },
    ],
    verdict: {
      class: "ok",
      usage: piecesOf("character", 2),
    },
  },
  {
    provider,
    mode: "audio_speech",
    about: "with a voice of the operator's",
    params: { ...params, voice: "MyVoice1" },
    env,
    exchanges: [
      {
        asks: { ...speak, url: "https://api.elevenlabs.io/v1/text-to-speech/MyVoice1" },
        answer: sound,
      },
    ],
    verdict: { class: "ok" },
  },
  {
    provider,
    mode: "audio_transcription",
    params: { model: "elevenlabs/scribe_v1" },
    env,
    exchanges: [
      {
        asks: {
          url: "https://api.elevenlabs.io/v1/speech-to-text",
          headers,
          body: {
            form: {
              model_id: "scribe_v1",
              file: { fileName: "silence.wav", type: "audio/wav" },
            },
          },
        },
        answer: { body: { language_code: "en", text: "", words: [] } },
      },
    ],
    verdict: { class: "ok" },
  },
  subscribed(
    "with characters left",
    200,
    { status: "active", character_count: 10, character_limit: 10_000 },
    { class: "ok" },
  ),
  subscribed(
    "used up",
    200,
    { status: "active", character_count: 10_000, character_limit: 10_000 },
    { class: "billing" },
  ),
  subscribed(
    "used up, and more is allowed",
    200,
    { character_count: 10_000, character_limit: 10_000, can_extend_character_limit: true },
    { class: "ok" },
  ),
  subscribed(
    "of a key of narrow rights",
    401,
    { detail: { status: "missing_permissions", message: "user_read" } },
    { class: "ok", text: "the key is good" },
  ),
  subscribed(
    "of a wrong key",
    401,
    { detail: { status: "invalid_api_key", message: "Invalid API key" } },
    { class: "auth" },
  ),
  answered("an answer that is no sound", 200, { ok: true }, { class: "protocol" }),
  refused(401, "invalid_api_key", "auth"),
  refused(401, "quota_exceeded", "billing"),
  refused(401, "missing_permissions", "permission"),
  refused(400, "voice_not_found", "bad_probe"),
  refused(422, "value_error", "bad_probe"),
  refused(429, "too_many_concurrent_requests", "rate_limited"),
  refused(429, "system_busy", "overloaded"),
];
