// Answers that come as a stream: how one is watched for its first token, and how what came of it is judged.
//
// A stream is judged as the answer that its events are together: each family puts that together and reads it as it reads any
// other. What comes first decides: an error after the first token is not ours to see, because the stream is left there.

import type { ProbeTarget } from "../registry/deployment.ts";
import type { HttpResponse, Sight, Watch } from "../transport/transport.ts";
import type { Judgement } from "./outcome.ts";
import { at, failed, isFilled, type Json, noUsage, parseText, unexpected } from "./reading.ts";
import { createStreamEvents, type Framing } from "./stream-events.ts";

export interface StreamFormat {
  readonly framing: Framing;
  /** Whether the event holds something that the model made: words, thoughts, a call of a tool. */
  readonly isToken: (event: Json) => boolean;
  /** Whether it is the last one. */
  readonly isEnd: (event: Json) => boolean;
  /** The answer that these events are together; `{}` while they are none. */
  readonly whole: (events: readonly Json[]) => Json;
}

interface Meaning {
  readonly event: Json | undefined;
  readonly sight: Sight | "error" | null;
}

export function watchStream(format: StreamFormat): Watch {
  let seen: Sight | null = null;
  const events = createStreamEvents(format.framing, (name, data) => {
    const { sight } = meaningOf(format, name, data);
    seen ??= sight === "error" ? "end" : sight;
  });
  return (more) => {
    events.feed(more);
    return seen;
  };
}

/** The first value that is not empty, of all that stand at this path of the events. */
export function firstFilled(
  events: readonly Json[],
  ...path: readonly (string | number)[]
): Json | undefined {
  return events.map((event) => at(event, ...path)).find(isFilled);
}

/** The last one. */
export function lastFilled(
  events: readonly Json[],
  ...path: readonly (string | number)[]
): Json | undefined {
  return events.map((event) => at(event, ...path)).findLast(isFilled);
}

/** `read` judges a whole answer; it is given one that is none when the server did not stream. */
export function readStream(
  format: StreamFormat,
  target: ProbeTarget,
  response: HttpResponse,
  read: (answer: HttpResponse) => Judgement,
): Judgement {
  const all: Json[] = [];
  let first: Sight | "error" | null = null;
  let ended = !response.truncated;
  let error = "";
  let count = 0;
  const events = createStreamEvents(format.framing, (name, data) => {
    const { event, sight } = meaningOf(format, name, data);
    count += 1;
    first ??= sight;
    if (sight === "error") error ||= data;
    else if (event !== undefined) all.push(event);
    if (sight === "end") ended = true;
  });
  events.feed(response.body);
  if (!response.truncated) events.end();

  if (count === 0) return read(response);
  if ((first as Meaning["sight"]) === "error") {
    return failed(target.provider, withBody(response, error));
  }
  if (first === null && !ended) return unexpected(response, "a stream without any words");
  const body = JSON.stringify(format.whole(all));
  const judgement = read({ ...withBody(response, body), truncated: false });
  // What was counted stands at the end of a stream.
  return ended ? judgement : { ...judgement, usage: { ...noUsage, uncounted: true } };
}

function meaningOf(format: StreamFormat, name: string, data: string): Meaning {
  if (data.trim() === "[DONE]") return { event: undefined, sight: "end" };
  const event = parseText(data);
  if (name === "error" || isError(event)) return { event, sight: "error" };
  if (event === undefined) return { event, sight: null };
  const sight = format.isToken(event) ? "token" : format.isEnd(event) ? "end" : null;
  return { event, sight };
}

/** OpenAI and Google, Anthropic, older vLLM. */
function isError(event: Json | undefined): boolean {
  return (
    Boolean(at(event, "error")) || at(event, "type") === "error" || at(event, "object") === "error"
  );
}

/** The same answer with another body; its headers are not a field of its own. */
function withBody({ status, headers, truncated }: HttpResponse, body: string): HttpResponse {
  return { status, headers, body, truncated };
}
