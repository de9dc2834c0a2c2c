// ElevenLabs: two characters are spoken, or a second of silence is written down. The free question is for the subscription: a used
// up one is no credit. (elevenlabs.io/docs/api-reference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, count, noUsage, parse, passed, readAccount, unexpected } from "../reading.ts";
import { multipart, silentWav } from "../samples.ts";
import { readSound, untilItSounds } from "../speech.ts";
import { textsOf } from "../texts.ts";
import { root } from "../url.ts";

const speech = "ok";

/** Names of OpenAI's voices, as LiteLLM translates them; any other is the id of a voice. */
const voices: Readonly<Record<string, string>> = {
  alloy: "21m00Tcm4TlvDq8ikWAM",
  amber: "5Q0t7uMcjvnagumLfvZi",
  ash: "AZnzlk1XvdvUeBnXmlld",
  august: "D38z5RcWu1voky8WS1ja",
  blue: "2EiwWnXFnvU5JabPnv8n",
  coral: "9BWtsMINqrJLrRacOk9x",
  lily: "EXAVITQu4vr4xnSDxMaL",
  onyx: "29vD33N1CtxCmqQRPOHJ",
  sage: "CwhRBWXzGAHq8TQ4Fs17",
  verse: "CYw3kZ02Hs0563khs1Fj",
};

export const elevenlabs: Family = {
  paid: {
    audio_speech: {
      request(target) {
        const named = target.options["voice"] ?? "alloy";
        const voice = encodeURIComponent(voices[named.toLowerCase()] ?? named);
        const url = `${baseOf(target)}/v1/text-to-speech/${voice}`;
        const headers = headersOf(target, { accept: "audio/mpeg" });
        return untilItSounds(
          post(url, headers, { text: speech, model_id: target.model, ...target.extraBody }),
        );
      },
      read: readWith((_target, response) => {
        const said = Number(response.headers["character-cost"]);
        const pieces = { unit: "character", count: said > 0 ? said : speech.length } as const;
        return readSound(response, { ...noUsage, pieces });
      }),
    },
    audio_transcription: {
      request(target) {
        const { contentType, text } = multipart(
          { model_id: target.model, ...textsOf(target.extraBody) },
          { name: "file", fileName: "silence.wav", type: "audio/wav", text: silentWav },
        );
        return {
          method: "POST",
          url: `${baseOf(target)}/v1/speech-to-text`,
          headers: { ...headersOf(target), "content-type": contentType },
          body: text,
        };
      },
      read: readWith((_target, response) =>
        typeof at(parse(response), "text") === "string"
          ? passed({ ...noUsage, pieces: { unit: "second", count: 1 } })
          : unexpected(response, "no text"),
      ),
    },
  },
  free: {
    request: (target) => get(`${baseOf(target)}/v1/user/subscription`, headersOf(target)),
    read: readSubscription,
  },
  adapt: adaptTarget,
};

function baseOf({ baseUrl }: ProbeTarget): string {
  return root(baseUrl, ["/v1/text-to-speech", "/v1/speech-to-text", "/v1"]);
}

function readSubscription(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  // A key of narrow rights is a key nevertheless.
  if (at(body, "detail", "status") === "missing_permissions") {
    return { ...passed(noUsage), text: "the key is good, and may not read the subscription" };
  }
  const judgement = readAccount(target, response);
  const used = count(at(body, "character_count"));
  const limit = count(at(body, "character_limit"));
  const isSpent = used !== null && limit !== null && limit > 0 && used >= limit;
  const mayExceed = at(body, "can_extend_character_limit") === true;
  return judgement.class === "ok" && isSpent && !mayExceed
    ? { ...judgement, class: "billing", text: `all ${limit} characters of the plan are used` }
    : judgement;
}
