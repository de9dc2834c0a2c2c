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
  ["zstd", { inflate: zstdDecompressSync, unfinished: constants.ZSTD_e_flush }],
]);

/** The text of a body of which `bytes` were read. Throws what the decoder throws. */
export function decodeBody(
  bytes: Buffer,
  encoding: string | undefined,
  bound: number,
  truncated: boolean,
): string {
  const inflater = inflaters.get(encoding?.trim().toLowerCase() ?? "");
  const plain =
    inflater === undefined || bytes.length === 0
      ? bytes
      : inflater.inflate(bytes, {
          maxOutputLength: bound,
          ...(truncated ? { finishFlush: inflater.unfinished } : {}),
        });
  const text = plain.toString("utf8");
  // A byte order mark is not JSON.
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
