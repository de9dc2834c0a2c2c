// A transaction that may break off. The driver rolls back whatever fails, also on a connection that is gone: it then writes to a
// socket that it has let go of, an error which nobody can catch and which ends the thread. So it is told of failures that leave
// the connection only.

import type { Sql, TransactionSql } from "postgres";

/**
 * Runs the work between begin and commit. What fails by a word of the server is rolled back; after any other failure the caller
 * has to drop the client.
 */
export async function transaction<T>(
  sql: Sql,
  work: (tx: TransactionSql) => Promise<T>,
  kind: "" | "read only" = "",
): Promise<T> {
  const broken = Promise.withResolvers<never>();
  // Without a kind the default of the server holds: an operator may have made it read-only.
  const done = sql.begin(kind, async (tx) => {
    try {
      return { result: await work(tx) };
    } catch (error) {
      if (leavesConnection(error)) throw error;
      broken.reject(error);
      return await new Promise<never>(() => {});
    }
  });
  const { result } = await Promise.race([done, broken.promise]);
  return result as T;
}

/**
 * The server refused a statement (SQLSTATE), and the connection is as good as before. Not so classes 08 and 57P, with
 * which the connection ends.
 */
export function leavesConnection(error: unknown): boolean {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  if (severity === "FATAL" || severity === "PANIC") return false;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !/^(?:08|57P)/.test(code);
}
