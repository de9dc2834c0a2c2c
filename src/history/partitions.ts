// Partitions of the tables in PostgreSQL: made before they are written to, dropped when all in them is too old.

import type { Sql } from "../connection/postgres-client.ts";
import { transaction } from "../connection/postgres-transaction.ts";
import { hourMs } from "./entries.ts";
import { schemaLock } from "./postgres-schema.ts";
import { aheadMaxMs, type Retention } from "./store.ts";

const dayMs = 24 * hourMs;

/** How much time one partition holds. Part of the schema: partitions must not overlap. */
const spanMs = {
  outcome: hourMs,
  transition: 30 * dayMs,
  rollup_minute: dayMs,
  rollup_hour: 30 * dayMs,
} as const;

export type PartitionedTable = keyof typeof spanMs;

export interface Partitions {
  /** Makes those that these times (milliseconds) fall into, unless they are there. */
  ensure(sql: Sql, table: PartitionedTable, times: readonly number[]): Promise<void>;
  /** Drops what is too old or too far ahead, and the oldest outcomes beyond the bound on rows. */
  retain(sql: Sql, retention: Retention, nowMs: number, isSteady: boolean): Promise<void>;
  /** What is known of the database may not be so any more: another server answers. */
  forget(): void;
}

/** Nobody waits long for a lock: what could not be done now is done at the next round. */
const lockTimeoutMs = 2000;

export function createPartitions(): Partitions {
  const known = new Set<string>();

  return {
    async ensure(sql, table, times) {
      const span = spanMs[table];
      const starts = new Set(times.map((time) => Math.floor(time / span) * span));
      const missing = [...starts].filter((start) => !known.has(nameOf(table, start)));
      if (missing.length === 0) return;
      await transaction(sql, async (tx) => {
        await tx.unsafe(`set local lock_timeout = ${lockTimeoutMs}`);
        await tx`select pg_advisory_xact_lock(${schemaLock})`;
        for (const start of missing) {
          await tx.unsafe(
            `create table if not exists fleetpulse.${nameOf(table, start)} partition of fleetpulse.${table}
             for values from ('${timeOf(start)}') to ('${timeOf(start + span)}')`,
          );
        }
      });
      for (const start of missing) known.add(nameOf(table, start));
    },

    async retain(sql, retention, nowMs, isSteady) {
      const keptMs = {
        outcome: retention.checksMs,
        transition: retention.transitionsMs,
        rollup_minute: retention.minutesMs,
        rollup_hour: retention.hoursMs,
      };
      const rows = await sql`
        select parent.relname as parent, child.relname as name,
          coalesce(pg_stat_get_live_tuples(child.oid), 0)::float8 as rows,
          extract(epoch from now())::float8 * 1000 as now_ms
        from pg_inherits i
        join pg_class parent on parent.oid = i.inhparent
        join pg_class child on child.oid = i.inhrelid
        join pg_namespace n on n.oid = parent.relnamespace and n.nspname = 'fleetpulse'
        where parent.relkind = 'p'`;
      const found = rows.flatMap((row) => {
        const table = String(row["parent"]) as PartitionedTable;
        const name = String(row["name"]);
        const start = Number(name.slice(table.length + 1)) * 1000;
        return table in spanMs && Number.isFinite(start)
          ? [{ table, name, start, rows: Number(row["rows"]) }]
          : [];
      });
      // Several write here, each by its own clock: what lies ahead must lie ahead of the server's clock too.
      const serverMs = Number(rows[0]?.["now_ms"] ?? Infinity);
      const aheadMs = isSteady ? Math.max(nowMs, serverMs) + aheadMaxMs : Infinity;
      const old = found.filter(
        ({ table, start }) => start + spanMs[table] <= nowMs - keptMs[table] || start > aheadMs,
      );
      const outcomes = found
        .filter((one) => one.table === "outcome" && !old.includes(one))
        .sort((a, b) => b.start - a.start);
      let kept = 0;
      for (const [place, one] of outcomes.entries()) {
        kept += one.rows;
        // The newest one is being written to.
        if (kept > retention.checksMax && place > 0) old.push(one);
      }
      for (const { name } of old) {
        await transaction(sql, async (tx) => {
          await tx.unsafe(`set local lock_timeout = ${lockTimeoutMs}`);
          await tx`select pg_advisory_xact_lock(${schemaLock})`;
          await tx.unsafe(`drop table if exists fleetpulse."${name}"`);
        });
        known.delete(name);
      }
    },

    forget: () => known.clear(),
  };
}

/** The name says when it begins, in seconds since the epoch. */
function nameOf(table: PartitionedTable, startMs: number): string {
  return `${table}_${startMs / 1000}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
