// Requests as the families make them: JSON to an address, and the same for a stream that is watched for its first token.

import type { ProbeTarget } from "../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../transport/transport.ts";
import type { Judgement } from "./outcome.ts";
import { failed, isSuccess } from "./reading.ts";
import { readStream, type StreamFormat, watchStream } from "./stream.ts";

type Headers = Readonly<Record<string, string>>;

export function get(url: string, headers: Headers): HttpRequest {
  return { method: "GET", url, headers, body: null };
}

export function post(url: string, headers: Headers, body: object): HttpRequest {
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** The paid question; where it is for a stream, the answer is watched for its first token. */
export function ask(
  target: ProbeTarget,
  format: StreamFormat | undefined,
  url: string,
  headers: Headers,
  body: object,
): HttpRequest {
  const request = post(url, headers, body);
  return target.stream && format !== undefined
    ? { ...request, watch: () => watchStream(format) }
    : request;
}

/** Reads a success, in one piece or as a stream; all else is an error of the provider's. */
export function readWith(
  read: (target: ProbeTarget, response: HttpResponse) => Judgement,
  format?: StreamFormat,
): (target: ProbeTarget, response: HttpResponse) => Judgement {
  return (target, response) => {
    if (!isSuccess(response)) return failed(target.provider, response);
    return format !== undefined && target.stream
      ? readStream(format, target, response, (answer) => read(target, answer))
      : read(target, response);
  };
}
