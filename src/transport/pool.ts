// Connections that nobody uses just now, kept for a while: bounded per key, in all, and in time. The one that was used last is
// taken first, so that what a quiet fleet does not need grows old and ends.

import type { Connection } from "./connection.ts";

export interface PoolLimits {
  /** How long a connection may wait for its next use; 0 keeps none. */
  readonly idleMs: number;
  readonly perKey: number;
  readonly total: number;
  /** The oldest that a connection may become: names move to other addresses, and certificates are renewed. */
  readonly ageMs: number;
}

export interface Pool {
  /** A kept connection to take over, or null. */
  take(key: string): Connection | null;
  /** Keeps a connection on which nothing is under way; or closes it, when there is no room. */
  give(key: string, connection: Connection): void;
  size(): number;
  /** Closes all. */
  clear(): void;
}

export function createPool(limits: PoolLimits, nowMs: () => number): Pool {
  const byKey = new Map<string, Connection[]>();
  /** In the order in which they were given back: the oldest first. */
  const all = new Map<Connection, string>();
  let timer: Timer | null = null;

  function forget(connection: Connection, key: string): void {
    all.delete(connection);
    const kept = byKey.get(key);
    if (kept === undefined) return;
    const at = kept.lastIndexOf(connection);
    if (at >= 0) kept.splice(at, 1);
    if (kept.length === 0) byKey.delete(key);
  }

  /** Ends what has waited too long; what closed by itself is forgotten on the way. */
  function sweep(): void {
    timer = null;
    const oldestMs = nowMs() - limits.idleMs;
    for (const [connection, key] of all) {
      if (connection.isOpen && connection.idleSinceMs > oldestMs) break;
      forget(connection, key);
      connection.close();
    }
    arm();
  }

  function arm(): void {
    const oldest = all.keys().next().value;
    if (timer !== null || oldest === undefined) return;
    timer = setTimeout(sweep, Math.max(1, oldest.idleSinceMs + limits.idleMs - nowMs()));
    timer.unref();
  }

  return {
    take(key) {
      const kept = byKey.get(key);
      if (kept === undefined) return null;
      for (let connection = kept.pop(); connection !== undefined; connection = kept.pop()) {
        all.delete(connection);
        if (connection.isOpen) return connection;
      }
      byKey.delete(key);
      return null;
    },
    give(key, connection) {
      const kept = byKey.get(key) ?? [];
      const old = nowMs() - connection.sinceMs >= limits.ageMs;
      if (limits.idleMs === 0 || old || kept.length >= limits.perKey) return connection.close();
      if (all.size >= limits.total) {
        const [oldest] = all;
        if (oldest === undefined) return connection.close();
        forget(...oldest);
        oldest[0].close();
      }
      if (!byKey.has(key)) byKey.set(key, kept);
      connection.idleSinceMs = nowMs();
      kept.push(connection);
      all.set(connection, key);
      arm();
    },
    size: () => all.size,
    clear() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      for (const connection of all.keys()) connection.close();
      all.clear();
      byKey.clear();
    },
  };
}
