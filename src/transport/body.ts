// The body of an answer as text. Servers that compress although they were asked not to are understood within the bound of what is
// read, so that a compressed bomb is an error and not a heap.

import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";

type Inflate = (
  bytes: Buffer,
  options: { maxOutputLength: number; finishFlush?: number },
) => Buffer;

interface Inflater {
  readonly inflate: Inflate;
  /** The flush with which an unfinished stream gives out what it holds. */
  readonly unfinished: number;
}

const gzip: Inflater = { inflate: gunzipSync, unfinished: constants.Z_SYNC_FLUSH };
const inflaters = new Map<string, Inflater>([
  ["gzip", gzip],
  ["x-gzip", gzip],
  ["deflate", { inflate: inflateSync, unfinished: constants.Z_SYNC_FLUSH }],
  ["br", { inflate: brotliDecompressSync, unfinished: constants.BROTLI_OPERATION_FLUSH }],
  // Of a frame without an end it gives out what came, as of one that was cut: such JSON is none.
  ["zstd", { inflate: zstdDecompressSync, unfinished: constants.ZSTD_e_flush }],
]);

/** Whether a body can be watched: one that is compressed although nobody asked for it is read as a whole. */
export function isPlain(encoding: string | undefined): boolean {
  return (encoding ?? "identity").trim().toLowerCase() === "identity";
}

/** A part of these bytes, in UTF-8, as text. */
export function textOf(bytes: Buffer, from: number, to: number): string {
  return withoutMark(bytes.toString("utf8", from, to));
}

/** A byte order mark is not JSON. */
function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The bytes of a body as they come; one piece, the usual case, is not copied. */
export class BodyBytes {
  #bytes: Buffer | null = null;
  #from = 0;
  #to = 0;
  #more: Buffer[] | null = null;

  add(bytes: Buffer, from: number, to: number): void {
    if (this.#bytes === null) {
      this.#bytes = bytes;
      this.#from = from;
      this.#to = to;
      return;
    }
    this.#more ??= [this.#bytes.subarray(this.#from, this.#to)];
    this.#more.push(bytes.subarray(from, to));
  }

  /** All of it as text; `truncated` when it was cut. Throws what the decoder throws. */
  text(encoding: string | undefined, bound: number, truncated: boolean): string {
    const inflater =
      encoding === undefined ? undefined : inflaters.get(encoding.trim().toLowerCase());
    const text =
      inflater === undefined || this.#bytes === null
        ? this.#plainText()
        : inflater
            .inflate(this.#all(), {
              maxOutputLength: bound,
              ...(truncated ? { finishFlush: inflater.unfinished } : {}),
            })
            .toString("utf8");
    return withoutMark(text);
  }

  #plainText(): string {
    if (this.#more !== null) return Buffer.concat(this.#more).toString("utf8");
    return this.#bytes?.toString("utf8", this.#from, this.#to) ?? "";
  }

  #all(): Buffer {
    if (this.#more !== null) return Buffer.concat(this.#more);
    return this.#bytes?.subarray(this.#from, this.#to) ?? Buffer.alloc(0);
  }
}
