// Text as UTF-8 in memory that threads share, so that it goes to another thread without a copy.

const encoder = new TextEncoder();

export function sharedBytesOf(text: string): SharedArrayBuffer {
  const bytes = new Uint8Array(new SharedArrayBuffer(Buffer.byteLength(text)));
  encoder.encodeInto(text, bytes);
  return bytes.buffer;
}
