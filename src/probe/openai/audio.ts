// OpenAI's transcriptions: a second of silence is written down. (platform.openai.com/docs/api-reference/audio)

import { at, count, failed, parse, passed, unexpected } from "../reading.ts";
import { multipart, silentWav } from "../samples.ts";
import { type Operation, usageOf } from "./operation.ts";

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
    const seconds = count(at(body, "usage", "seconds"));
    const usage = usageOf(body);
    return passed(
      seconds === null ? usage : { ...usage, pieces: { unit: "second", count: seconds } },
    );
  },
};
