// Joining a deployment's address with an operation. An address that already ends with the operation is complete, as
// LiteLLM has it.

/** `base` + `path` (which may have a query), unless the base already ends with that path. */
export function join(base: string, path: string): string {
  const bare = base.replace(/\/+$/, "");
  const [tail = "", query] = path.split("?");
  const closing = tail.endsWith("/") ? "/" : "";
  const operation = tail.replace(/\/+$/, "");
  const whole = bare.endsWith(operation) ? bare : `${bare}${operation}`;
  return `${whole}${closing}${query === undefined ? "" : `?${query}`}`;
}

/** The base without an operation that the operator wrote into it. */
export function root(base: string, operations: readonly string[]): string {
  const bare = base.replace(/\/+$/, "");
  const operation = operations.find((path) => bare.endsWith(path));
  return operation === undefined ? bare : bare.slice(0, -operation.length);
}
