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

/** An address without its query, and the query; a fragment is for nobody but a browser. */
export function parted(address: string): { readonly bare: string; readonly query: string } {
  const [whole = ""] = address.split("#", 1);
  const mark = whole.indexOf("?");
  if (mark < 0) return { bare: whole, query: "" };
  return { bare: whole.slice(0, mark).replace(/\/+$/, ""), query: whole.slice(mark + 1) };
}

/** What an operator wrote behind the address goes behind the operation, and to that host only. */
export function withQuery(url: string, { bare, query }: ReturnType<typeof parted>): string {
  if (query === "" || URL.parse(url)?.host !== URL.parse(bare)?.host) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${query}`;
}

/** The base without an operation that the operator wrote into it. */
export function root(base: string, operations: readonly string[]): string {
  const bare = base.replace(/\/+$/, "");
  const operation = operations.find((path) => bare.endsWith(path));
  return operation === undefined ? bare : bare.slice(0, -operation.length);
}
