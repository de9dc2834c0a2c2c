// The proxy's own tables, where they are: Prisma's URLs name a schema, which the server would otherwise look for in its search path.

import { readPostgresUrl } from "./postgres-url.ts";

/** The table's name with its schema, quoted: for statements and for to_regclass. Throws when the URL is none. */
export function proxyTable(url: string, name: string): string {
  const { schema } = readPostgresUrl(url);
  return schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
