// PostgreSQL, asked with SELECT 1 over one connection of its own. After a failure the connection is thrown away: a new one is
// the only way to be sure that a frozen or half-closed link is not what answers. It is also made anew every few rounds: a
// server whose postmaster hangs still answers on old connections, and is of no use to anybody.

import type { Sql } from "postgres";
import type { Resolver } from "../probe/resolver.ts";
import { type Addresses, addressesOf } from "./address.ts";
import type { Check } from "./check-loop.ts";
import { type PostgresPlace, readPostgresUrl } from "./postgres-url.ts";
import { dialPostgres } from "./postgres-wire.ts";

/** Rounds that one connection serves. */
const roundsMax = 3;

interface Target {
  readonly place: PostgresPlace;
  readonly addresses: Addresses;
}

/** `timeoutMs` bounds the driver's own wait for a connection, as a second line behind the loop's deadline. */
export function postgresCheck(url: string, timeoutMs: number, resolver: Resolver): Check {
  let target: Target | null = null;
  let client: Sql | null = null;
  let line = new AbortController();
  let rounds = 0;

  function drop(): void {
    line.abort();
    line = new AbortController();
    client?.end({ timeout: 0 }).catch(() => {});
    client = null;
    rounds = 0;
  }

  function read(): Target {
    const place = readPostgresUrl(url);
    return { place, addresses: addressesOf(place.host ?? "", resolver) };
  }

  return {
    async open(signal) {
      if (rounds >= roundsMax) drop();
      rounds += 1;
      if (client !== null) return;
      target ??= read();
      const { default: postgres } = await import("postgres");
      // The round may have been given up meanwhile: then nobody would close what is made now.
      signal.throwIfAborted();
      client = postgres(driverOptions(target, timeoutMs, line.signal));
      await ping(client);
    },
    async ask() {
      if (client !== null) await ping(client);
    },
    close() {
      target?.addresses.turn();
      drop();
    },
  };
}

/** The simple protocol: one message each way, and no prepared statement that a pooler would have to keep. */
async function ping(client: Sql): Promise<void> {
  await client`select 1`.simple();
}

function driverOptions({ place, addresses }: Target, timeoutMs: number, line: AbortSignal) {
  const { host, path, port, user, password, database } = place;
  return {
    // The driver takes a connected socket from here; its types do not list it.
    socket: async () => {
      const endpoint = path === null ? { host: await addresses.current(), port } : { path };
      return await dialPostgres(place, endpoint, line);
    },
    host: host ?? "localhost",
    port,
    user,
    password,
    database,
    ssl: false,
    max: 1,
    // In seconds, and later than the loop's own deadline, whose words are plainer.
    connect_timeout: Math.ceil(timeoutMs / 1000) + 1,
    // The loop asks again by itself; the driver need not.
    backoff: false,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: "fleetpulse" },
  };
}
