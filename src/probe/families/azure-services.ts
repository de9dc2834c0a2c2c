// Azure's older services behind LiteLLM's prefixes: speech (`azure/speech/`) and document intelligence (`azure_ai/doc-intelligence/`).
// They are asked what is free: the list of voices, and what is known of one model for documents.
// (learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech, …/rest/api/aiservices/document-models/get-model)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest } from "../../transport/transport.ts";
import { get } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family, Question } from "../family.ts";
import { readAccount, readModel } from "../reading.ts";

const documentsVersion = "2024-11-30";

const voices: Question = {
  request: (target) => get(`${speechOf(target)}/cognitiveservices/voices/list`, headersOf(target)),
  read: readAccount,
};

const documentModel: Question = {
  request({ baseUrl, model, ...target }) {
    const path = `/documentintelligence/documentModels/${encodeURIComponent(model)}`;
    const url = `${baseUrl}${path}?api-version=${documentsVersion}`;
    return get(url, headersOf({ baseUrl, model, ...target }));
  },
  read: readModel,
};

const questionFor = ({ mode }: ProbeTarget) => (mode === "ocr" ? documentModel : voices);

export const azureServices: Family = {
  paid: { audio_speech: voices, audio_transcription: voices, ocr: documentModel },
  free: {
    request: (target): HttpRequest => questionFor(target).request(target),
    read: (target, response) => questionFor(target).read(target, response),
  },
  adapt: () => null,
};

/** Azure's clouds: the host of all services of a region, which the portal shows, and the one for speech. */
const hosts: readonly (readonly [ofAll: string, ofSpeech: string])[] = [
  [".api.cognitive.microsoft.com", ".tts.speech.microsoft.com"],
  [".api.cognitive.microsoft.us", ".tts.speech.azure.us"],
  [".api.cognitive.azure.cn", ".tts.speech.azure.cn"],
  // Where speech is written down no voices are listed.
  [".stt.speech.", ".tts.speech."],
];

/** The region's host for speech, or the place for speech at a resource's own. */
function speechOf({ baseUrl }: ProbeTarget): string {
  const { origin, hostname } = new URL(baseUrl);
  return hostname.includes(".cognitiveservices.azure.")
    ? `${origin}/tts`
    : hosts.reduce((host, [ofAll, ofSpeech]) => host.replace(ofAll, ofSpeech), origin);
}
