// OpenAI's audio: a second of silence is written down, and two letters are spoken. (platform.openai.com/docs/api-reference/audio)

import { at, count, failed, noUsage, parse, unexpected } from "../reading.ts";
import { multipart, silentWav } from "../samples.ts";
import { firstSound, readSound } from "../speech.ts";
import { answered, type Operation, usageOf } from "./operation.ts";

const sentSeconds = 1;

export const audioTranscription: Operation = {
  path: "/audio/transcriptions",
  body: (target) => ({ model: target.model, response_format: "json", ...target.extraBody }),
  form: (fields) =>
    multipart(fields, {
      name: "file",
      fileName: "silence.wav",
      type: "audio/wav",
      text: silentWav,
    }),
  read(target, response) {
    const body = parse(response);
    if (at(body, "error")) return failed(target.provider, response);
    // Of silence the text is empty.
    if (typeof at(body, "text") !== "string") return unexpected(response, "no text");
    const usage = usageOf(body);
    // Who counts neither tokens nor seconds is paid for the second that was sent.
    const seconds =
      count(at(body, "usage", "seconds")) ?? (usage.promptTokens === null ? sentSeconds : null);
    return answered(
      body,
      seconds === null ? usage : { ...usage, pieces: { unit: "second", count: seconds } },
    );
  },
};

const spoken = "ok";

export const audioSpeech: Operation = {
  path: "/audio/speech",
  body: (target) => ({
    model: target.model,
    input: spoken,
    voice: target.options["voice"] ?? "alloy",
    response_format: "mp3",
    ...target.extraBody,
  }),
  watch: () => firstSound,
  read(target, response) {
    const pieces = { unit: "character", count: spoken.length } as const;
    return at(parse(response), "error")
      ? failed(target.provider, response)
      : readSound(response, { ...noUsage, pieces });
  },
};
