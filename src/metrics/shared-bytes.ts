// Text as UTF-8 in memory that threads share, so that it goes to another thread without a copy.

import { once } from "node:events";
import { createGzip } from "node:zlib";

/** What names and labels repeat is found at the lowest already: 9 MB take 40 ms, and 110 ms at the usual level. */
const gzipLevel = 1;
const encoder = new TextEncoder();

export function sharedBytesOf(text: string): SharedArrayBuffer {
  const bytes = new Uint8Array(new SharedArrayBuffer(Buffer.byteLength(text)));
  encoder.encodeInto(text, bytes);
  return bytes.buffer;
}

/** The same bytes compressed, off this thread. */
export async function gzipped(
  pieces: readonly SharedArrayBuffer[],
): Promise<readonly SharedArrayBuffer[]> {
  const stream = createGzip({ level: gzipLevel });
  const packed: SharedArrayBuffer[] = [];
  stream.on("data", (bytes: Buffer) => {
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    packed.push(shared);
  });
  const ended = once(stream, "end");
  for (const piece of pieces) {
    if (!stream.write(new Uint8Array(piece))) await once(stream, "drain");
  }
  stream.end();
  await ended;
  return packed;
}
