// Joining a deployment's address with an operation. An address that already ends with the operation is complete, as
// LiteLLM has it.

/** `base` + `path`, unless the base already ends with that path. */
export function join(base: string, path: string): string {
  const bare = base.replace(/\/+$/, "");
  return bare.endsWith(path) ? bare : `${bare}${path}`;
}

/** The base without an operation that the operator wrote into it. */
export function root(base: string, operations: readonly string[]): string {
  const bare = base.replace(/\/+$/, "");
  const operation = operations.find((path) => bare.endsWith(path));
  return operation === undefined ? bare : bare.slice(0, -operation.length);
}
