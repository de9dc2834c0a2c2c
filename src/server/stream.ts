// A large answer, streamed from the pieces of which it is made: a chunk is put together when the client has taken the one before, and
// other requests are answered in between. So an answer of a hundred thousand entries never holds the thread for longer
// than a chunk takes, and never stands in memory as a whole.

const chunkCharacters = 65_536;
/** A chunk of entries that are rendered for it ends sooner. */
const chunkMs = 1;
/** Entries in an answer that is still kept as a whole. */
export const wholeMax = 2000;

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

/** Text that is put together while it is read. */
export function streamText(pieces: Iterator<string>): ReadableStream<Uint8Array<ArrayBuffer>> {
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
export function nextText(pieces: Iterator<string>): string | null {
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
