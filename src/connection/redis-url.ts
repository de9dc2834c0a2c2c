// A Redis URL as operators of a LiteLLM proxy write it: redis://, rediss:// (TLS) or unix://, with the parameters of
// redis-py that say which database and how much to trust. Other parameters are redis-py's own affair; the driver would
// take them for its options.

import { bareHost, decoded } from "./connection-url.ts";

export interface RedisPlace {
  /** A name or an address; null for a unix socket. */
  readonly host: string | null;
  readonly port: number;
  /** The unix socket's file; null for TCP. */
  readonly path: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  readonly tls: boolean;
  /** The server's certificate is checked. */
  readonly verifyTls: boolean;
}

/** Reads `redis[s]://user:password@host:port/database`. Throws, without the URL's text, when it is none. */
export function readRedisUrl(url: string): RedisPlace {
  if (!/^(?:rediss?|unix):\/\//i.test(url) || !URL.canParse(url)) {
    throw new Error("this is no Redis URL; write redis://:password@host:6379/0");
  }
  const parsed = new URL(url);
  const parameters = parsed.searchParams;
  const isSocket = parsed.protocol === "unix:";
  const database = Number((isSocket ? "" : parsed.pathname.slice(1)) || parameters.get("db") || 0);
  return {
    host: isSocket ? null : bareHost(parsed.hostname) || "localhost",
    port: Number(parsed.port || 6379),
    path: isSocket ? decoded(parsed.pathname) : null,
    username: decoded(parsed.username) || parameters.get("username"),
    password: decoded(parsed.password) || parameters.get("password"),
    database: Number.isInteger(database) && database >= 0 ? database : 0,
    tls: parsed.protocol === "rediss:",
    verifyTls: parameters.get("ssl_cert_reqs")?.toLowerCase() !== "none",
  };
}

/** Of a URL that may be none. */
export function databaseOf(url: string): number {
  try {
    return readRedisUrl(url).database;
  } catch {
    return 0;
  }
}
