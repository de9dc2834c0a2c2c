// Google's models that speak: a Gemini is asked for speech as for a chat, the others by the API of their own, which names no model but a
// voice. (cloud.google.com/text-to-speech/docs/reference/rest, ai.google.dev/gemini-api/docs/speech-generation)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest } from "../../transport/transport.ts";
import { get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Question } from "../family.ts";
import { at, isFilled, noUsage, parse, passed, unexpected } from "../reading.ts";
import { readCandidates } from "./gemini.ts";
import { readSpeech, speechBody } from "./gemini-media.ts";
import { googleHost, vertexMethod } from "./vertex-model.ts";

const host = "texttospeech.googleapis.com";

export function speaksByChat({ model }: ProbeTarget): boolean {
  return /gemini/i.test(model);
}

/** What is free of the others: it proves who asks. */
export function voices(target: ProbeTarget): HttpRequest {
  const url = `${googleHost(target, host)}/v1/voices?languageCode=en-US`;
  return get(url, headersOf(target));
}

const byChat: Question = {
  request: (target) =>
    post(vertexMethod(target, "generateContent"), headersOf(target), speechBody(target)),
  read: readWith((target, response) => readSpeech(response, readCandidates(target, response))),
};

const byVoice: Question = {
  request(target) {
    const voice = target.options["voice"];
    return post(`${googleHost(target, host)}/v1/text:synthesize`, headersOf(target), {
      input: { text: target.prompt },
      voice: { languageCode: "en-US", ...(voice === undefined ? {} : { name: voice }) },
      audioConfig: { audioEncoding: "MP3" },
      ...target.extraBody,
    });
  },
  read: readWith((target, response) => {
    const cut = response.truncated && /"audioContent"\s*:\s*"/.test(response.body);
    if (!isFilled(at(parse(response), "audioContent")) && !cut) {
      return unexpected(response, "no sound");
    }
    return passed({ ...noUsage, pieces: { unit: "character", count: target.prompt.length } });
  }),
};

const questionFor = (target: ProbeTarget) => (speaksByChat(target) ? byChat : byVoice);

export const speech: Question = {
  request: (target) => questionFor(target).request(target),
  read: (target, response) => questionFor(target).read(target, response),
};
