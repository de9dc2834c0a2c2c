// Answers that are sound: the first bytes of it are proof enough, and the rest is not waited for.

import type { HttpRequest, HttpResponse, Watch } from "../transport/transport.ts";
import type { Judgement, Usage } from "./outcome.ts";
import { passed, unexpected } from "./reading.ts";

/** A sound is a sound from its first byte on. */
export const firstSound: Watch = (more) => (more === "" ? null : "token");

/** The request, with its answer left at the first bytes. */
export function untilItSounds(request: HttpRequest): HttpRequest {
  return { ...request, watch: () => firstSound };
}

export function readSound(response: HttpResponse, usage: Usage): Judgement {
  const type = response.headers["content-type"] ?? "";
  if (!/^(?:audio\/|application\/octet-stream|binary\/)/i.test(type)) {
    return unexpected(response, "something that is not sound");
  }
  return response.body === "" ? unexpected(response, "") : passed(usage);
}
