// Deepgram: two characters are spoken, or a second of silence is written down; the model stands in the address. The free question
// lists the projects of the key. (developers.deepgram.com/reference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, isList, noUsage, parse, passed, readAccount, unexpected } from "../reading.ts";
import { silentWav } from "../samples.ts";
import { servedBy } from "../served-model.ts";
import { readSound, untilItSounds } from "../speech.ts";
import { textsOf } from "../texts.ts";
import { root } from "../url.ts";

const speech = "ok";

export const deepgram: Family = {
  paid: {
    audio_speech: {
      request: (target) =>
        untilItSounds(
          post(urlOf(target, "speak"), headersOf(target, { accept: "*/*" }), { text: speech }),
        ),
      read: readWith((_target, response) => {
        const said = Number(response.headers["dg-char-count"]);
        const pieces = { unit: "character", count: said > 0 ? said : speech.length } as const;
        const judgement = readSound(response, { ...noUsage, pieces });
        return servedBy(response.headers["dg-model-name"], judgement);
      }),
    },
    audio_transcription: {
      request: (target) => ({
        method: "POST",
        url: urlOf(target, "listen"),
        headers: { ...headersOf(target), "content-type": "audio/wav" },
        body: silentWav,
      }),
      read: readWith(readTranscript),
    },
  },
  free: {
    request: (target) => get(`${baseOf(target)}/projects`, headersOf(target)),
    read: readAccount,
  },
  adapt: adaptTarget,
};

function baseOf({ baseUrl }: ProbeTarget): string {
  return root(baseUrl, ["/listen", "/speak"]);
}

/** The operator's own parameters (a language, a tier) stand in the address too. */
function urlOf(target: ProbeTarget, operation: "listen" | "speak"): string {
  const asked = new URLSearchParams({ model: target.model, ...textsOf(target.extraBody) });
  return `${baseOf(target)}/${operation}?${asked}`;
}

function readTranscript(_target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  const said = at(body, "results", "channels", 0, "alternatives");
  if (!isList(said)) return unexpected(response, "no transcript");
  const seconds = at(body, "metadata", "duration");
  const usage =
    typeof seconds === "number"
      ? ({ ...noUsage, pieces: { unit: "second", count: seconds } } as const)
      : noUsage;
  const models = at(body, "metadata", "model_info");
  const [first] = typeof models === "object" && models !== null ? Object.values(models) : [];
  return servedBy(at(first, "arch"), passed(usage));
}
