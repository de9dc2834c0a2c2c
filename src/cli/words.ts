// What is said of an error that ends a command, on standard error.

import { redact } from "../config/secret.ts";
import { ConfigError } from "../errors.ts";

/** A message for a person: no stack, which could show what must not be seen. Problems of a configuration hold no value that is secret. */
export function wordsOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  return redact(error instanceof Error ? error.message : String(error), []);
}
