// Azure's older services behind LiteLLM's prefixes: speech (`azure/speech/`) and document intelligence (`azure_ai/doc-intelligence/`).
// They are asked what is free: the list of voices, and what is known of one model for documents.
// (learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech, …/rest/api/aiservices/document-models/get-model)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest } from "../../transport/transport.ts";
import { get } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family, Question } from "../family.ts";
import { readMetadata } from "../reading.ts";

const documentsVersion = "2024-11-30";

const voices: Question = {
  request: (target) => get(`${speechOf(target)}/cognitiveservices/voices/list`, headersOf(target)),
  read: (target, response) => readMetadata(target.provider, response, target.model, () => null),
};

const documentModel: Question = {
  request({ baseUrl, model, ...target }) {
    const path = `/documentintelligence/documentModels/${encodeURIComponent(model)}`;
    const url = `${baseUrl}${path}?api-version=${documentsVersion}`;
    return get(url, headersOf({ baseUrl, model, ...target }));
  },
  read: (target, response) => readMetadata(target.provider, response, target.model, null),
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

/** The region's host for speech; Azure's portal shows the one of all its services. */
function speechOf({ baseUrl }: ProbeTarget): string {
  return new URL(baseUrl).origin.replace(
    ".api.cognitive.microsoft.com",
    ".tts.speech.microsoft.com",
  );
}
