// Gemini Live: a WebSocket whose first message is ours, the setup; the answer to it says that there is a session. Nothing is said
// to the model. (ai.google.dev/api/live)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest } from "../../transport/transport.ts";
import { headersOf } from "../auth.ts";
import { openSocket } from "../realtime.ts";

const service = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

export function openGeminiLive(target: ProbeTarget): HttpRequest {
  const base = target.baseUrl.replace(/\/v1(?:alpha|beta)?$/, "");
  return openSocket(`${base}${service}`, headersOf(target), {
    setup: {
      model: `models/${target.model.replace(/^models\//, "")}`,
      generationConfig: { responseModalities: ["AUDIO"] },
      ...target.extraBody,
    },
  });
}
