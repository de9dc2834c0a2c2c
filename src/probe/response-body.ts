// Reading the body of an answer to a bound: what comes after it is not read, and the connection is closed by whoever called.
// Servers that compress although they were asked not to are understood within the same bound, so that a
// compressed bomb is an error and not a heap.

import type { IncomingMessage } from "node:http";
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";
import type { ProbeResponse } from "./outcome.ts";

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

/** Calls one of the two once: with the answer, or with why it could not be read. */
export function readBody(
  message: IncomingMessage,
  bytesMax: number,
  onError: (error: unknown) => void,
  onDone: (response: ProbeResponse) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let ended = false;
  const end = (truncated: boolean): void => {
    if (ended) return;
    ended = true;
    const headers = plainHeaders(message.headers);
    try {
      const body = decoded(Buffer.concat(chunks), headers["content-encoding"], bytesMax, truncated);
      onDone({ status: message.statusCode ?? 0, headers, body, truncated });
    } catch (error) {
      onError(error);
    }
  };
  const fail = (error: unknown): void => {
    if (ended) return;
    ended = true;
    onError(error);
  };
  message.on("data", (chunk: Buffer) => {
    if (ended) return;
    const room = bytesMax - bytes;
    bytes += chunk.length;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    if (bytes > bytesMax) end(true);
  });
  message.on("end", () => end(false));
  message.on("error", fail);
  message.on("aborted", () =>
    fail(Object.assign(new Error("the answer was cut off"), { code: "ECONNRESET" })),
  );
}

function decoded(
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

function plainHeaders(headers: IncomingMessage["headers"]): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return plain;
}
