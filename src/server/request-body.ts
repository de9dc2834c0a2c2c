// The body of a POST: JSON that is exactly what a schema says. Elysia would read what it can and drop the rest, and a
// filter with a misspelled name would be no filter: here the first thing that is wrong is named, with 400.

import { getSchemaValidator, type Static, type TSchema } from "elysia";
import type { Held } from "./body-room.ts";
import { Refusal } from "./problem.ts";

export interface BodyReader<Schema extends TSchema> {
  /** The body, or null when there is none. */
  read(request: Request): Promise<Static<Schema> | null>;
}

const nameLengthMax = 100;
/** No body but those of callbacks is worth mentioning. */
const textBytesMax = 64 * 1024;

export function createBodyReader<Schema extends TSchema>(schema: Schema): BodyReader<Schema> {
  const validator = getSchemaValidator(schema, { normalize: false });
  if (validator === undefined) throw new Error("a schema has a validator");
  return {
    async read(request) {
      const { bytes, length } = await readBytes(request, textBytesMax);
      const text = new TextDecoder().decode(new Uint8Array(bytes, 0, length));
      if (text === "") return null;
      // Any other type a page of another site may send without being asked for leave (CORS).
      if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
        throw new Refusal(400, "the body needs the header Content-Type: application/json");
      }
      const value = parse(text);
      if (validator.Check(value)) return value as Static<Schema>;
      const wrong = validator.Errors(value).First();
      const path = wrong?.path.slice(1).replaceAll("/", ".").slice(0, nameLengthMax) ?? "";
      const what = wrong?.message.toLowerCase() ?? "not what this route takes";
      throw new Refusal(400, `${path === "" ? "the body" : `field ${path} of the body`}: ${what}`);
    },
  };
}

export interface BodyBytes {
  /** In memory that threads share, so that it goes to another one without a copy. */
  readonly bytes: SharedArrayBuffer;
  readonly length: number;
}

/** The body as it comes, piece by piece; 413 as soon as it is known to be too large, and what `held` says when it has no room. */
export async function readBytes(
  request: Request,
  bytesMax: number,
  held: Held | null = null,
): Promise<BodyBytes> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  const tooLarge = new Refusal(413, `the body has more than ${bytesMax} bytes`);
  if (declared > bytesMax) throw tooLarge;
  held?.add(declared);
  const pieces: Uint8Array[] = [];
  let bytes = new SharedArrayBuffer(declared);
  let length = 0;
  for await (const piece of piecesOf(request)) {
    if (length + piece.length > bytesMax) throw tooLarge;
    // One whose length was told goes where it belongs at once.
    if (length + piece.length <= declared) new Uint8Array(bytes).set(piece, length);
    else {
      held?.add(piece.length);
      pieces.push(piece);
    }
    length += piece.length;
  }
  if (length > declared) {
    const all = new SharedArrayBuffer(length);
    new Uint8Array(all).set(new Uint8Array(bytes));
    let from = length - pieces.reduce((sum, piece) => sum + piece.length, 0);
    for (const piece of pieces) {
      new Uint8Array(all).set(piece, from);
      from += piece.length;
    }
    bytes = all;
  }
  return { bytes, length };
}

async function* piecesOf({ body, signal }: Request): AsyncGenerator<Uint8Array> {
  try {
    if (body !== null) yield* body;
  } catch (error) {
    // Nobody hears it, but it is no fault of ours.
    if (signal.aborted) throw new Refusal(400, "the connection ended before the body did");
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
}
