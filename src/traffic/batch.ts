// The body of a callback: one payload, an array of them, or one a line (LiteLLM says application/json of all three), compressed or
// not. What cannot be read in it costs its own entry only: an array that is no JSON as a whole is taken apart and read element by
// element. Python writes numbers that JSON has no word for (NaN, Infinity: a cost, or a probability in an answer): they are null.

import { gunzipSync, inflateSync } from "node:zlib";

export type Encoding = "identity" | "gzip" | "deflate";

/** A parsed entry, or why there is none. */
export type Piece = { readonly value: unknown } | { readonly error: string };

/** A body that is not taken at all. */
export class BatchError extends Error {
  readonly code = "BATCH";
  readonly tooLarge: boolean;

  constructor(message: string, tooLarge = false) {
    super(message);
    this.name = "BatchError";
    this.tooLarge = tooLarge;
  }
}

export interface BatchBounds {
  /** Bytes of what it unpacks to. */
  readonly bytesMax: number;
  readonly entriesMax: number;
}

export function readBatch(bytes: Uint8Array, encoding: Encoding, bounds: BatchBounds): Piece[] {
  const text = new TextDecoder().decode(unpacked(bytes, encoding, bounds.bytesMax)).trim();
  return piecesOf(text, bounds.entriesMax);
}

function unpacked(bytes: Uint8Array, encoding: Encoding, bytesMax: number): Uint8Array {
  if (encoding === "identity") return bytes;
  try {
    const unpack = encoding === "gzip" ? gunzipSync : inflateSync;
    return unpack(bytes, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") {
      throw new BatchError(`the body unpacks to more than ${bytesMax} bytes`, true);
    }
    throw new BatchError(`the body is not ${encoding}`);
  }
}

function piecesOf(text: string, entriesMax: number): Piece[] {
  if (text === "") throw new BatchError("the body is empty");
  const whole = plain(text);
  if (whole !== null) {
    if (!Array.isArray(whole.value)) return [whole];
    return bounded(whole.value, entriesMax).map((value) => ({ value }));
  }
  if (text.startsWith("[")) return bounded(elementsOf(text), entriesMax).map(parsed);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const pieces = bounded(lines, entriesMax).map(parsed);
  if (pieces.length === 1 && pieces.some((piece) => "error" in piece)) {
    throw new BatchError("the body is not JSON");
  }
  return pieces;
}

function bounded<T>(entries: readonly T[], entriesMax: number): readonly T[] {
  if (entries.length <= entriesMax) return entries;
  throw new BatchError(`more than ${entriesMax} entries in one body`, true);
}

function plain(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function parsed(text: string): Piece {
  const mended = () =>
    plain(text.replace(stringOrNumber, (found) => (found[0] === '"' ? found : "null")));
  return plain(text) ?? mended() ?? { error: "this is not JSON" };
}

/** A text, so that nothing within it is taken for a number; or a number that only Python writes. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b/g;

const codes = { quote: 34, comma: 44, backslash: 92, open: [91, 123], close: [93, 125] } as const;

/** The texts between the commas of the outermost array, whatever else is wrong with them. */
function elementsOf(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 1;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === codes.backslash) index += 1;
      else if (code === codes.quote) quoted = false;
    } else if (code === codes.quote) quoted = true;
    else if (code === codes.open[0] || code === codes.open[1]) depth += 1;
    else if (code === codes.close[0] || code === codes.close[1]) {
      depth -= 1;
      if (depth > 0) continue;
      found.push(text.slice(start, index));
      return found;
    } else if (code === codes.comma && depth === 1) {
      found.push(text.slice(start, index));
      start = index + 1;
    }
  }
  found.push(text.slice(start));
  return found;
}
