// The body of a POST: JSON that is exactly what a schema says. Elysia would read what it can and drop the rest, and a
// filter with a misspelled name would be no filter: here the first thing that is wrong is named, with 400.

import { getSchemaValidator, type Static, type TSchema } from "elysia";
import { Refusal } from "./problem.ts";

export interface BodyReader<Schema extends TSchema> {
  /** The body, or null when there is none. */
  read(request: Request): Promise<Static<Schema> | null>;
}

const nameLengthMax = 100;

export function createBodyReader<Schema extends TSchema>(schema: Schema): BodyReader<Schema> {
  const validator = getSchemaValidator(schema, { normalize: false });
  if (validator === undefined) throw new Error("a schema has a validator");
  return {
    async read(request) {
      const text = await request.text();
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
}
