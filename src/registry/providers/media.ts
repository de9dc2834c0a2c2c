// Vendors of speech, pictures and films, one row each. Those of family `account` are asked for the account behind the key only.

import type { ProviderRow } from "./row.ts";

type Own = Omit<ProviderRow, "family" | "base" | "baseEnv" | "keyEnv" | "needsKey" | "tokenField">;

function media(
  family: ProviderRow["family"],
  base: string,
  baseEnv: readonly string[],
  keyEnv: readonly string[],
  own: Own,
): ProviderRow {
  return { family, base, baseEnv, keyEnv, needsKey: true, tokenField: "max_tokens", ...own };
}

export const mediaProviders: Readonly<Record<string, ProviderRow>> = {
  elevenlabs: media(
    "elevenlabs",
    "https://api.elevenlabs.io",
    ["ELEVENLABS_API_BASE"],
    ["ELEVENLABS_API_KEY"],
    {
      auth: "header:xi-api-key",
      free: "key",
      options: {
        voice: {
          params: ["voice", "voice_id"],
          info: ["health_check_voice"],
          fallback: "alloy",
        },
      },
    },
  ),
  deepgram: media(
    "deepgram",
    "https://api.deepgram.com/v1",
    ["DEEPGRAM_API_BASE"],
    ["DEEPGRAM_API_KEY"],
    { auth: "scheme:Token", free: "key" },
  ),
  // Its gateway for chats speaks OpenAI's API; speech is written down elsewhere.
  assemblyai: {
    family: "openai",
    base: "https://llm-gateway.assemblyai.com/v1",
    baseEnv: [],
    keyEnv: ["ASSEMBLYAI_API_KEY"],
    needsKey: true,
    free: "none",
    tokenField: "by_model",
    modes: {
      audio_transcription: {
        family: "account",
        base: "https://api.assemblyai.com/v2",
        auth: "raw",
        free: "key",
      },
    },
  },
  soniox: media("account", "https://api.soniox.com", ["SONIOX_API_BASE"], ["SONIOX_API_KEY"], {
    free: "list",
  }),
  stability: media(
    "account",
    "https://api.stability.ai",
    ["STABILITY_API_BASE"],
    ["STABILITY_API_KEY"],
    { free: "key" },
  ),
  black_forest_labs: media("account", "https://api.bfl.ai", ["BFL_API_BASE"], ["BFL_API_KEY"], {
    auth: "header:x-key",
    free: "key",
  }),
  // Models run at fal.run; what is known of them is told here.
  fal_ai: media(
    "account",
    "https://api.fal.ai",
    ["FAL_AI_API_BASE"],
    ["FAL_AI_API_KEY", "FAL_KEY"],
    { auth: "scheme:Key", free: "list" },
  ),
  runwayml: media(
    "account",
    "https://api.dev.runwayml.com/v1",
    ["RUNWAYML_API_BASE"],
    ["RUNWAYML_API_KEY", "RUNWAYML_API_SECRET"],
    { free: "key" },
  ),
  recraft: media(
    "account",
    "https://external.api.recraft.ai",
    ["RECRAFT_API_BASE"],
    ["RECRAFT_API_KEY"],
    { free: "key" },
  ),
  topaz: media("account", "https://api.topazlabs.com", ["TOPAZ_API_BASE"], ["TOPAZ_API_KEY"], {
    auth: "header:x-api-key",
    free: "key",
  }),
};
