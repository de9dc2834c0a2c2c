// A large answer, streamed from the pieces of which it is made: a chunk is put together when the client has taken the one before, and
// other requests are answered in between. So an answer of a hundred thousand entries never holds the thread for longer
// than a chunk takes, and never stands in memory as a whole.

import { headersOf, negotiate, notModified } from "./body.ts";

const chunkCharacters = 65_536;
/** A chunk of entries that are rendered for it ends sooner. */
const chunkMs = 1;
/** Entries in an answer that is still kept as a whole. */
export const wholeMax = 2000;

/** `revision` changes whenever the answer may have. */
export function stream(
  request: Request,
  pieces: Iterator<string>,
  revision: string,
  contentType = "application/json",
  status = 200,
): Response {
  const headers = headersOf(`W/"${Bun.hash(revision).toString(36)}"`, contentType);
  const unchanged = notModified(request, headers, status);
  if (unchanged !== null) return unchanged;
  if (request.method === "HEAD") return new Response(null, { status, headers });
  const plain = streamOf(pieces);
  // Of the encodings that are offered elsewhere, the one that every client knows.
  if (negotiate(request.headers.get("accept-encoding"), ["gzip"]) === null) {
    return new Response(plain, { status, headers });
  }
  headers["content-encoding"] = "gzip";
  return new Response(plain.pipeThrough(new CompressionStream("gzip")), { status, headers });
}

/** Bytes that are ready, a chunk each. */
export function streamBytes(
  chunks: Iterator<Uint8Array>,
  headers: Record<string, string>,
): Response {
  const body = chunkStream(() => {
    const { value, done } = chunks.next();
    return done === true ? null : value.slice();
  });
  return new Response(body, { headers });
}

function streamOf(pieces: Iterator<string>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  return chunkStream(() => {
    const text = nextText(pieces);
    return text === null ? null : encoder.encode(text);
  });
}

/** `next` makes a chunk when the one before has been taken; null is the end. */
function chunkStream(
  next: () => Uint8Array<ArrayBuffer> | null,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        // Whoever waits is answered first.
        await new Promise(setImmediate);
        const chunk = next();
        if (chunk === null) controller.close();
        else controller.enqueue(chunk);
      },
    },
    { highWaterMark: 1 },
  );
}

/** Pieces put together to a chunk, or null when there are none any more. */
function nextText(pieces: Iterator<string>): string | null {
  const untilMs = performance.now() + chunkMs;
  let text = "";
  for (let count = 1; text.length < chunkCharacters; count += 1) {
    const { value, done } = pieces.next();
    if (done === true) return text === "" ? null : text;
    text += value;
    if (count % 16 === 0 && performance.now() > untilMs) break;
  }
  return text;
}
