// A client of the driver whose connections are ours to cut: name, TLS and socket are our own (see dial.ts), so that `drop`
// ends everything at once, also when the server is frozen and will never answer a polite goodbye.

import type { Sql, TransactionSql } from "postgres";
import type { Resolver } from "../transport/resolver.ts";
import { addressesOf } from "./address.ts";
import { readPostgresUrl } from "./postgres-url.ts";
import { dialPostgres } from "./postgres-wire.ts";

export type { Sql, TransactionSql };

export interface PostgresClient {
  readonly sql: Sql;
  /** Cuts every connection; what waits for an answer rejects. */
  drop(): void;
}

export interface PostgresClients {
  /** Loads the driver when it is first needed. Rejects when the URL is none. Connects with the first query. */
  open(): Promise<PostgresClient>;
  /** The address last dialled failed: the next client dials another, where there is another. */
  turn(): void;
}

export interface PostgresClientOptions {
  readonly url: string;
  readonly resolver: Resolver;
  readonly connectionsMax: number;
  /** Bounds the driver's own wait for a connection, as a second line behind the caller's deadline. */
  readonly connectTimeoutMs: number;
}

export function postgresClients(options: PostgresClientOptions): PostgresClients {
  const { url, resolver, connectionsMax, connectTimeoutMs } = options;
  let target: ReturnType<typeof read> | null = null;

  function read() {
    const place = readPostgresUrl(url);
    return { place, addresses: addressesOf(place.host ?? "", resolver) };
  }

  return {
    async open() {
      target ??= read();
      const { place, addresses } = target;
      const { default: postgres } = await import("postgres");
      const line = new AbortController();
      const { host, path, port, user, password, database } = place;
      const driverOptions = {
        // The driver takes a connected socket from here; its types do not list it.
        socket: async () => {
          const endpoint = path === null ? { host: await addresses.current(), port } : { path };
          return await dialPostgres(place, endpoint, line.signal);
        },
        host: host ?? "localhost",
        port,
        user,
        password,
        database,
        ssl: false as const,
        max: connectionsMax,
        // In seconds, and later than the caller's own deadline, whose words are plainer.
        connect_timeout: Math.ceil(connectTimeoutMs / 1000) + 1,
        // The caller asks again by itself; the driver need not.
        backoff: false,
        // A pooler between us and the server keeps no statements for anybody.
        prepare: false,
        fetch_types: false,
        onnotice: () => {},
        // No other parameter: a pooler refuses connections that ask for what it does not know.
        connection: { application_name: "fleetpulse" },
      };
      const sql = postgres(driverOptions);
      return {
        sql,
        drop() {
          sql.end({ timeout: 0 }).catch(() => {});
          // The driver first lets go of the socket; one that vanished under it would be an error that nobody can catch.
          setTimeout(() => line.abort(), 0);
        },
      };
    },
    turn: () => target?.addresses.turn(),
  };
}
