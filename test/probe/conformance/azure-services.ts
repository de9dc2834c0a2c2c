// Azure's older services behind LiteLLM's prefixes: they are asked what is free.
// (learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech and …/speech-services-private-link)

import type { Mode } from "../../../src/registry/deployment.ts";
import { type ConformanceCase, key, oneExchange } from "./case.ts";

const headers = { "ocp-apim-subscription-key": key, "api-key": null, authorization: null };

/** Where somebody's address leads to. */
const speech: readonly (readonly [mode: Mode, about: string, base: string, url: string])[] = [
  [
    "audio_speech",
    "of a region",
    "https://eastus.api.cognitive.microsoft.com",
    "https://eastus.tts.speech.microsoft.com/cognitiveservices/voices/list",
  ],
  [
    "audio_speech",
    "of a government",
    "https://usgovvirginia.api.cognitive.microsoft.us",
    "https://usgovvirginia.tts.speech.azure.us/cognitiveservices/voices/list",
  ],
  [
    "audio_speech",
    "of a resource with a name of its own",
    "https://ours.cognitiveservices.azure.com",
    "https://ours.cognitiveservices.azure.com/tts/cognitiveservices/voices/list",
  ],
  [
    "audio_transcription",
    "at the host that writes down",
    "https://eastus.stt.speech.microsoft.com",
    "https://eastus.tts.speech.microsoft.com/cognitiveservices/voices/list",
  ],
];

export const cases: readonly ConformanceCase[] = [
  ...speech.map(([mode, about, api_base, url]) =>
    oneExchange(
      {
        provider: "azure",
        mode,
        params: { model: "azure/speech/azure-tts", api_base },
        env: { AZURE_API_KEY: key },
      },
      { url, headers },
      [{ ShortName: "en-US-AvaNeural" }],
      { about: `Azure's speech service ${about}, which is asked for its voices`, info: { mode } },
    ),
  ),
  oneExchange(
    {
      provider: "azure_ai",
      mode: "ocr",
      params: { model: "azure_ai/doc-intelligence/prebuilt-layout" },
      env: {
        AZURE_DOCUMENT_INTELLIGENCE_ENDPOINT: "https://ours.cognitiveservices.azure.com",
        AZURE_DOCUMENT_INTELLIGENCE_API_KEY: key,
      },
    },
    {
      url: "https://ours.cognitiveservices.azure.com/documentintelligence/documentModels/prebuilt-layout?api-version=2024-11-30",
      headers,
    },
    { modelId: "prebuilt-layout" },
    { about: "of document intelligence, which is asked for its model" },
  ),
];
