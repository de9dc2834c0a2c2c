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
  pieces: Iterator<string | Uint8Array>,
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

function streamOf(pieces: Iterator<string | Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        // Whoever waits is answered first.
        await new Promise(setImmediate);
        const { chunk, isLast } = nextChunk(pieces);
        if (chunk.length > 0) {
          controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk.slice());
        }
        if (isLast) controller.close();
      },
    },
    { highWaterMark: 1 },
  );
}

/** Texts are put together; bytes are a chunk each. */
function nextChunk(pieces: Iterator<string | Uint8Array>): {
  chunk: string | Uint8Array;
  isLast: boolean;
} {
  const untilMs = performance.now() + chunkMs;
  let chunk = "";
  for (let count = 1; chunk.length < chunkCharacters; count += 1) {
    const { value, done } = pieces.next();
    if (done === true) return { chunk, isLast: true };
    if (typeof value !== "string") return { chunk: value, isLast: false };
    chunk += value;
    if (count % 16 === 0 && performance.now() > untilMs) break;
  }
  return { chunk, isLast: false };
}
