// Google's models that answer with pictures or sound: Gemini by `responseModalities`, Imagen by `:predict`. What they are asked
// for is fixed: of a single word they would make nothing, or refuse. (ai.google.dev/gemini-api/docs/image-generation)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { withExtras } from "../extras.ts";
import type { Judgement } from "../outcome.ts";
import { at, failed, isList, limited, noUsage, parse, passed, unexpected } from "../reading.ts";

const picture = "A plain white square";
const speech = "Say: ok";

export function imageBody(target: ProbeTarget): Readonly<Record<string, unknown>> {
  return withExtras(
    {
      contents: [{ role: "user", parts: [{ text: picture }] }],
      generationConfig: { responseModalities: ["IMAGE"] },
    },
    target,
  );
}

export function imagenBody(target: ProbeTarget): Readonly<Record<string, unknown>> {
  return withExtras(
    {
      instances: [{ prompt: picture }],
      parameters: { sampleCount: 1 },
    },
    target,
  );
}

export function speechBody(target: ProbeTarget): Readonly<Record<string, unknown>> {
  const voiceName = target.options["voice"] ?? "Kore";
  return withExtras(
    {
      contents: [{ role: "user", parts: [{ text: speech }] }],
      generationConfig: {
        responseModalities: ["AUDIO"],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName } } },
      },
    },
    target,
  );
}

/** `judgement` is what the same answer is as a chat. */
export function readImage(response: HttpResponse, judgement: Judgement): Judgement {
  const pieces = { unit: "image", count: 1 } as const;
  if (isCut(response, "inlineData")) return passed({ ...noUsage, pieces, uncounted: true });
  if (judgement.class !== "ok") return judgement;
  return holdsData(response)
    ? { ...judgement, usage: { ...judgement.usage, pieces } }
    : { ...judgement, class: "ok_limited_output", text: "the answer holds no picture" };
}

export function readSpeech(response: HttpResponse, judgement: Judgement): Judgement {
  if (isCut(response, "inlineData")) return passed({ ...noUsage, uncounted: true });
  if (judgement.class !== "ok") return judgement;
  return holdsData(response)
    ? judgement
    : { ...judgement, class: "ok_limited_output", text: "the answer holds no sound" };
}

export function readImagen(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  const made = at(body, "predictions", 0, "bytesBase64Encoded");
  const usage = { ...noUsage, pieces: { unit: "image", count: 1 } } as const;
  if (isCut(response, "bytesBase64Encoded") || (typeof made === "string" && made !== ""))
    return passed(usage);
  // What the filter takes out is missing from the list, without an error.
  const filtered = response.body.trim() === "{}";
  return filtered || at(body, "predictions", 0, "raiFilteredReason") !== undefined
    ? limited("the picture was withheld by a content filter", noUsage)
    : unexpected(response, "no picture");
}

/** Pictures are longer than what is read of an answer; their beginning is proof enough. */
function isCut({ truncated, body }: HttpResponse, key: string): boolean {
  return truncated && body.includes(`"${key}"`);
}

function holdsData(response: HttpResponse): boolean {
  const parts = at(parse(response), "candidates", 0, "content", "parts");
  return isList(parts) && parts.some((part) => at(part, "inlineData", "data") !== undefined);
}
