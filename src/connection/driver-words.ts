// What an error says: drivers put it into the message, into a code, or into the errors of several addresses.

/** `otherwise` is said where the error says nothing. */
export function wordsOfDriver(error: unknown, otherwise: string): string {
  const { code, message, errors } = (error ?? {}) as Record<string, unknown>;
  if (Array.isArray(errors) && errors.length > 0) return wordsOfDriver(errors[0], otherwise);
  const words = typeof message === "string" && message !== "" ? message : otherwise;
  return typeof code === "string" && !words.includes(code) ? `${code}: ${words}` : words;
}
