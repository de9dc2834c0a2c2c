// A PostgreSQL URL as operators of a LiteLLM proxy write it. The proxy's own client takes parameters in it (schema,
// connection_limit, pool_timeout…) that are not for the server: the driver would send them on, and the server would
// refuse the connection. So the URL is read here, and only what is known here is taken from it.

import { bareHost, decoded } from "./connection-url.ts";

/** How a connection is secured; the names are those of libpq's `sslmode`. */
export type TlsMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

export interface PostgresPlace {
  /** A name or an address; null for a unix socket. */
  readonly host: string | null;
  readonly port: number;
  /** The unix socket's file; null for TCP. */
  readonly path: string | null;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Prisma's: where the proxy's tables are; null leaves it to the server. */
  readonly schema: string | null;
  readonly tls: TlsMode;
  /** File of the certificates to trust; null for those of the system. */
  readonly rootCertificateFile: string | null;
}

const tlsModes: Readonly<Record<string, TlsMode>> = {
  disable: "disable",
  false: "disable",
  allow: "prefer",
  prefer: "prefer",
  require: "require",
  true: "require",
  "verify-ca": "verify-ca",
  "verify-full": "verify-full",
};

/** Reads `postgresql://user:password@host:port/database?…`. Throws, without the URL's text, when it is none. */
export function readPostgresUrl(url: string): PostgresPlace {
  // libpq takes an empty host after user info, the URL standard does not.
  const spelled = URL.canParse(url) ? url : url.replace("@/", "@localhost/");
  if (!/^postgres(?:ql)?:\/\//i.test(url) || !URL.canParse(spelled)) throw notPostgresUrl();
  const parsed = new URL(spelled);
  const parameters = parsed.searchParams;
  const host = bareHost(parameters.get("host") ?? decoded(parsed.hostname)) || "localhost";
  const port = Number(parsed.port || parameters.get("port") || 5432);
  const isSocket = host.startsWith("/");
  const user = decoded(parsed.username) || "postgres";
  return {
    host: isSocket ? null : host,
    port,
    path: isSocket ? `${host}/.s.PGSQL.${port}` : null,
    user,
    password: decoded(parsed.password),
    database: decoded(parsed.pathname.slice(1)) || user,
    schema: parameters.get("schema") || null,
    tls: isSocket ? "disable" : tlsOf(parameters),
    rootCertificateFile: rootOf(parameters),
  };
}

/** Without a word about it TLS is taken where it is offered; `require` with certificates to trust checks against them. */
function tlsOf(parameters: URLSearchParams): TlsMode {
  // Prisma's word for full verification.
  if (parameters.get("sslaccept") === "strict") return "verify-full";
  const asked = parameters.get("sslmode") ?? parameters.get("ssl") ?? "prefer";
  // An unknown word must not mean less security than the strictest that needs no certificates.
  const mode = tlsModes[asked] ?? "require";
  return mode === "require" && rootOf(parameters) !== null ? "verify-ca" : mode;
}

function rootOf(parameters: URLSearchParams): string | null {
  const file = parameters.get("sslrootcert");
  return file === "system" ? null : file;
}

function notPostgresUrl(): Error {
  return new Error(
    "this is no PostgreSQL URL; write postgresql://user:password@host:5432/database",
  );
}
