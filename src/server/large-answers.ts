// Answers that are too large to be kept as a whole: streamed as text from the pieces of which they are made, or compressed, in a form
// that is made once for all who ask (see compressed-form.ts). All forms together stay within a bound; beyond it the text is
// streamed, which takes no memory.

import type { Clock } from "../clock.ts";
import { headersOf, negotiate, notModified } from "./body.ts";
import {
  beginForm,
  type CompressedForm,
  type FormEncoding,
  formEncodings,
} from "./compressed-form.ts";
import { streamText } from "./stream.ts";

export interface LargeAnswer {
  /** The same for all who ask for the same. */
  readonly name: string;
  /** Changes whenever the answer may have. */
  readonly revision: string;
  readonly status?: number;
  /** Called when the answer is made, and not when there is one already. */
  readonly pieces: () => Iterator<string>;
}

export interface LargeAnswers {
  respond(request: Request, answer: LargeAnswer): Response;
}

/** What is out of date is still given to those who ask so soon after it was begun, unless a check has ended since (see view.ts). */
const sharedMs = 250;
/** While it is being made, it is joined for longer: so there are few of them at a time. */
const joinedMs = 1000;
const keptMs = 10_000;
const formsMax = 32;
const allBytesMax = 32 * 1024 * 1024;

interface Made {
  readonly etag: string;
  readonly revision: string;
  readonly status: number;
  readonly begunMs: number;
  /** Checks that had ended then. */
  readonly ended: number;
  readonly form: CompressedForm;
}

/** `bytesMax` bounds all forms together: those that are kept, and those that somebody is in the middle of. */
export function createLargeAnswers(
  clock: Clock,
  checksEnded: () => number,
  bytesMax = allBytesMax,
): LargeAnswers {
  /** By name and encoding; the oldest first. */
  const kept = new Map<string, Made>();
  const alive = new Set<Made>();

  function bytesOfAll(): number {
    let bytes = 0;
    for (const { form } of alive) bytes += form.bytes();
    return bytes;
  }

  function forget(name: string, made: Made): void {
    if (kept.get(name) === made) kept.delete(name);
    if (!made.form.isRead()) alive.delete(made);
  }

  function changed(name: string, made: Made): void {
    if (made.form.isWhole() === false || kept.get(name) !== made) forget(name, made);
    for (const [oldest, one] of kept) {
      if (kept.size <= formsMax && bytesOfAll() <= bytesMax) return;
      forget(oldest, one);
    }
  }

  /** The one that there is, when it may be given to who asks now. */
  function known(name: string, revision: string): Made | null {
    const made = kept.get(name);
    if (made === undefined) return null;
    const isMade = made.form.isWhole() !== null;
    // One that nobody reads any more is not finished.
    if (!isMade && !made.form.isRead()) return null;
    if (made.revision === revision) return made;
    if (made.ended !== checksEnded()) return null;
    const ageMs = clock.monotonicMs() - made.begunMs;
    return ageMs <= (isMade ? sharedMs : joinedMs) ? made : null;
  }

  function begin(name: string, encoding: FormEncoding, answer: LargeAnswer): Made {
    const { revision, status = 200 } = answer;
    const onChange = () => changed(name, made);
    const made: Made = {
      etag: etagOf(revision),
      revision,
      status,
      begunMs: clock.monotonicMs(),
      ended: checksEnded(),
      form: beginForm({ encoding, pieces: answer.pieces(), onChange }),
    };
    const before = kept.get(name);
    if (before !== undefined) forget(name, before);
    kept.set(name, made);
    alive.add(made);
    setTimeout(() => forget(name, made), keptMs).unref();
    return made;
  }

  return {
    respond(request, answer) {
      const encoding = negotiate(request.headers.get("accept-encoding"), formEncodings);
      const name = `${encoding} ${answer.name}`;
      let made = encoding === null ? null : known(name, answer.revision);
      const status = made?.status ?? answer.status ?? 200;
      const headers = headersOf(made?.etag ?? etagOf(answer.revision), "application/json");
      const unchanged = notModified(request, headers, status);
      if (unchanged !== null) return unchanged;
      if (request.method === "HEAD") return new Response(null, { status, headers });
      if (encoding === null || (made === null && bytesOfAll() >= bytesMax)) {
        return new Response(streamText(answer.pieces()), { status, headers });
      }
      made ??= begin(name, encoding, answer);
      headers["content-encoding"] = encoding;
      return new Response(made.form.read(request.signal), { status, headers });
    },
  };
}

function etagOf(revision: string): string {
  return `W/"${Bun.hash(revision).toString(36)}"`;
}
