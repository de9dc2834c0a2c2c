// Google's live sessions, of the Gemini API and of Vertex AI: a WebSocket whose first message is ours, the setup; the answer to it says
// that there is a session. Nothing is said to the model. (ai.google.dev/api/live, cloud.google.com/vertex-ai/generative-ai/docs/live-api)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest } from "../../transport/transport.ts";
import { headersOf } from "../auth.ts";
import { withExtras } from "../extras.ts";
import { openSocket } from "../realtime.ts";
import { vertexModelOf, vertexPath } from "./vertex-model.ts";

const geminiService =
  "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
const vertexService = "/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent";

export function openGeminiLive(target: ProbeTarget): HttpRequest {
  const base = target.baseUrl.replace(/\/v1(?:alpha|beta)?$/, "");
  const model = `models/${target.model.replace(/^models\//, "")}`;
  return open(target, `${base}${geminiService}`, model);
}

export function openVertexLive(target: ProbeTarget): HttpRequest {
  const { publisher, name } = vertexModelOf(target);
  const model = `${vertexPath(target)}/publishers/${publisher}/models/${name}`;
  return open(target, `${target.baseUrl}${vertexService}`, model);
}

function open(target: ProbeTarget, url: string, model: string): HttpRequest {
  return openSocket(url, headersOf(target), {
    setup: withExtras({ model, generationConfig: { responseModalities: ["AUDIO"] } }, target),
  });
}
