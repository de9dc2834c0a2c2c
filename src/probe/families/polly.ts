// AWS Polly: a word is spoken; the list of voices is free. (docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html)

import type { ProbeTarget } from "../../registry/deployment.ts";
import { adaptTarget } from "../adapt.ts";
import { get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family } from "../family.ts";
import { count, noUsage } from "../reading.ts";
import { readSound } from "../speech.ts";
import { readControl } from "./bedrock-planes.ts";

const engines = ["standard", "neural", "long-form", "generative"];

export const polly: Family = {
  paid: {
    audio_speech: {
      request: (target) =>
        post(`${target.baseUrl}/v1/speech`, headersOf(target, { accept: "*/*" }), {
          Text: target.prompt,
          OutputFormat: "mp3",
          VoiceId: target.options["voice"] ?? "Joanna",
          ...engineOf(target),
          ...target.extraBody,
        }),
      read: readWith(({ prompt }, response) => {
        const charged = count(Number(response.headers["x-amzn-requestcharacters"]));
        const pieces = { unit: "character", count: charged ?? prompt.length } as const;
        return readSound(response, { ...noUsage, pieces });
      }),
    },
  },
  free: {
    request: (target) => get(`${target.baseUrl}/v1/voices`, headersOf(target)),
    read: readControl,
  },
  adapt: adaptTarget,
};

/** The engine stands where other providers have the model. */
function engineOf({ model }: ProbeTarget): { readonly Engine?: string } {
  return engines.includes(model) ? { Engine: model } : {};
}
