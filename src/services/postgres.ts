// PostgreSQL, asked with SELECT 1 over one connection of its own. After a failure the connection is thrown away: a new one is
// the only way to be sure that a frozen or half-closed link is not what answers. It is also made anew every few rounds: a
// server whose postmaster hangs still answers on old connections, and is of no use to anybody.

import { type PostgresClient, postgresClients } from "../connection/postgres-client.ts";
import type { Resolver } from "../transport/resolver.ts";
import type { Check } from "./check-loop.ts";

/** Rounds that one connection serves. */
const roundsMax = 3;

/** `timeoutMs` bounds the driver's own wait for a connection, as a second line behind the loop's deadline. */
export function postgresCheck(url: string, timeoutMs: number, resolver: Resolver): Check {
  const clients = postgresClients({
    url,
    resolver,
    connectionsMax: 1,
    connectTimeoutMs: timeoutMs,
  });
  let client: PostgresClient | null = null;
  let rounds = 0;

  function drop(): void {
    client?.drop();
    client = null;
    rounds = 0;
  }

  return {
    async open(signal) {
      if (rounds >= roundsMax) drop();
      rounds += 1;
      if (client !== null) return;
      const opened = await clients.open();
      // The round may have been given up meanwhile: then nobody would close what was made now.
      if (signal.aborted) opened.drop();
      signal.throwIfAborted();
      client = opened;
      await ping(client);
    },
    async ask() {
      if (client !== null) await ping(client);
    },
    close() {
      clients.turn();
      drop();
    },
  };
}

/** The simple protocol: one message each way, and no prepared statement that a pooler would have to keep. */
async function ping({ sql }: PostgresClient): Promise<void> {
  await sql`select 1`.simple();
}
