// The mode `realtime`: a WebSocket is opened, the first event tells that there is a session, and it is closed. Nothing is said to
// the model, so no token is spent. Gemini wants to be told first which model the session is with.

import type { ProbeTarget } from "../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../transport/transport.ts";
import { classify } from "./classify.ts";
import type { Judgement } from "./outcome.ts";
import { at, failed, noUsage, parse, passed, unexpected } from "./reading.ts";
import { servedBy } from "./served-model.ts";

/** xAI begins with the conversation. */
const begun: ReadonlySet<unknown> = new Set([
  "session.created",
  "conversation.created",
  "transcription_session.created",
]);

/**
 * Models that only write down what they hear: the address of their sessions says that and names no model, which is refused there
 * (the session is told of it later). Such a session proves the key, and that somebody is there.
 */
export function isTranscription({ model, baseModel }: ProbeTarget): boolean {
  return /transcribe|whisper/i.test(baseModel ?? model);
}

/** `url` as it would be over HTTP; `greeting` is what is said first, as JSON. */
export function openSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
  greeting?: object,
): HttpRequest {
  const body = greeting === undefined ? null : JSON.stringify(greeting);
  return { method: "GET", url: url.replace(/^http/i, "ws"), headers, body };
}

export function readRealtime({ provider }: ProbeTarget, response: HttpResponse): Judgement {
  if (response.closeCode !== undefined) return closed(provider, response, response.closeCode);
  if (response.status !== 101) {
    return response.status < 300
      ? unexpected(response, "a usual answer in place of a WebSocket")
      : failed(provider, response);
  }
  const event = parse(response);
  const type = at(event, "type");
  if (type === "error" || at(event, "error")) return failed(provider, response);
  if (begun.has(type)) return servedBy(at(event, "session", "model"), passed(noUsage));
  if (at(event, "setupComplete") !== undefined) return passed(noUsage);
  return unexpected(response, "a first event that begins no session");
}

/** What the code of a close frame (RFC 6455, 7.4, and the registry of IANA) would be as an HTTP status. */
const statuses: Readonly<Record<number, number>> = {
  1001: 503,
  1007: 400,
  1008: 403,
  1011: 500,
  1012: 503,
  1013: 503,
  3000: 401,
  3003: 403,
  3008: 408,
};

/** Closed in place of a session: judged by the reason's words as an error answer is, then by the code. */
function closed(provider: string, response: HttpResponse, code: number): Judgement {
  // Codes of one's own often have the HTTP status behind a 4.
  const own = code >= 4400 && code < 4600 ? code - 4000 : null;
  const reason = response.body.trim();
  // OpenAI's reasons are codes with dots: invalid_request_error.invalid_api_key
  const codes = /^[\w.]+$/.test(reason) ? reason.split(".") : [];
  const error = { message: reason, type: codes[0] ?? null, code: codes.at(-1) ?? null };
  const judged = classify(provider, {
    status: statuses[code] ?? own ?? response.status,
    headers: {},
    body: JSON.stringify({ error }),
    truncated: false,
  });
  const words = reason === "" ? "" : `: ${reason.replace(/[\s\p{Cc}]+/gu, " ")}`;
  return {
    ...judged,
    text: `the WebSocket was closed before its first message (${code})${words}`,
    usage: noUsage,
  };
}
