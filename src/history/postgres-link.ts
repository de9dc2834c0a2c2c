// Connections to PostgreSQL of one purpose, cut and made anew after every failure that may be theirs. Every piece of work has a deadline
// of ours, because a frozen link leaves the driver waiting for ever: what is late is given up, and its connections are cut.

import {
  type PostgresClient,
  type PostgresClients,
  postgresClients,
  type Sql,
} from "../connection/postgres-client.ts";
import { leavesConnection } from "../connection/postgres-transaction.ts";
import { createResolver } from "../transport/resolver.ts";

export interface PostgresLink {
  /** Runs a piece of work within the deadline; rejects with words that may be shown (after redaction). */
  run<T>(work: Work<T>): Promise<T>;
  /** Cuts every connection, for good. */
  stop(): void;
}

/** `leftMs` is the time until the deadline. */
export type Work<T> = (sql: Sql, leftMs: () => number) => Promise<T>;

export function postgresLink(
  url: string,
  connectionsMax: number,
  deadlineMs: number,
  connectTimeoutMs: number,
): PostgresLink {
  const clients: PostgresClients = postgresClients({
    url,
    resolver: createResolver(),
    connectionsMax,
    connectTimeoutMs,
  });
  /** One for all who ask at the same moment: each of several would keep connections of its own. */
  let client: Promise<PostgresClient> | null = null;
  let stopped = false;

  function cut(): void {
    client?.then(
      ({ drop }) => drop(),
      () => {},
    );
    client = null;
  }

  return {
    async run(work) {
      if (stopped) throw new Error("the service is stopping");
      client ??= clients.open();
      const used = client;
      const endMs = performance.now() + deadlineMs;
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => late.reject(new Error(`the database did not answer within ${deadlineMs} ms`)),
        deadlineMs,
      );
      try {
        const begun = used.then(({ sql }) => work(sql, () => endMs - performance.now()));
        return await Promise.race([begun, late.promise]);
      } catch (error) {
        // Words of the server itself (it has a five-letter code) leave the connection sound.
        if (client === used && (!leavesConnection(error) || isSchemaGone(error))) {
          cut();
          clients.turn();
        }
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
    stop() {
      stopped = true;
      cut();
    },
  };
}

/** A new connection looks for the schema again, and makes it (SQLSTATE: no such schema, no such table). */
function isSchemaGone(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "3F000" || code === "42P01";
}
