// What history in PostgreSQL can be asked. Each question is one or two statements with an index for each, in all partitions that its times
// fall into: the newest entries of a deployment are looked for in every one that there is.

import type { TransactionSql } from "../connection/postgres-client.ts";
import { transaction } from "../connection/postgres-transaction.ts";
import type { CheckEntry, RollupEntry, TransitionEntry } from "./entries.ts";
import type { PostgresLink } from "./postgres-link.ts";
import type { HistoryReads, Page, PageQuery, StoredCheck, StoredTransition } from "./store.ts";

/**
 * The part of the time left that a statement may take on the server: it is ended before its deadline here, which would cut the
 * connections of all who ask.
 */
const statementShare = 0.9;

export function createPostgresReads(run: PostgresLink["run"]): HistoryReads {
  return {
    page: (query) =>
      run((sql, leftMs) => transaction(sql, (tx) => pageOf(tx, query, leftMs), "read only")),

    rollups: (key, span, fromMs) =>
      run(async (sql) => {
        const rows = await sql`
          select d.key, round(extract(epoch from r.at) * 1000)::float8 as start_ms, r.checks, r.passed, r.classes,
            r.latency, r.prompt_tokens, r.completion_tokens, r.cost_nano_usd, r.up_ms, r.down_ms
          from ${sql(`fleetpulse.rollup_${span}`)} r join fleetpulse.deployment d on d.id = r.deployment
          where d.key = ${key} and r.at >= to_timestamp(${fromMs}::bigint / 1000.0) order by r.at`;
        return rows.map((row) => numbersIn({ ...row })) as unknown as RollupEntry[];
      }),

    transitions: (key, fromMs, toMs, limit) =>
      run(async (sql) => {
        const rows = await sql`
          select d.key, round(extract(epoch from t.at) * 1000)::float8 as at_ms, t.from_state, t.to_state, t.class,
            t.http_status, coalesce(t.text, '') as text
          from fleetpulse.transition t join fleetpulse.deployment d on d.id = t.deployment
          where d.key = ${key} and t.at >= to_timestamp(${fromMs}::bigint / 1000.0)
            and t.at < to_timestamp(${toMs}::bigint / 1000.0)
          order by t.at desc limit ${limit}`;
        return rows.map((row) => ({ ...row })).reverse() as unknown as TransitionEntry[];
      }),

    checks: (key, limit) =>
      run(async (sql) => {
        const rows = await sql`
          select d.key, round(extract(epoch from o.at) * 1000)::float8 as at_ms, o.state, o.class, o.http_status,
            o.latency_us, o.prompt_tokens, o.completion_tokens, o.cost_nano_usd, coalesce(o.text, '') as text
          from fleetpulse.outcome o join fleetpulse.deployment d on d.id = o.deployment
          where d.key = ${key} order by o.at desc limit ${limit}`;
        return rows.map((row) => numbersIn({ ...row })) as unknown as CheckEntry[];
      }),
  };
}

async function pageOf(sql: TransactionSql, query: PageQuery, leftMs: () => number): Promise<Page> {
  const where = conditionsOf(sql, query);
  const bound = () =>
    sql.unsafe(
      `set local statement_timeout = ${Math.max(1, Math.floor(leftMs() * statementShare))}`,
    );
  await bound();
  const [counted] = await sql`
    select count(*)::float8 as total from ${tableOf(sql, query)} e where ${where}`;
  const after =
    query.after === null
      ? sql`true`
      : sql`(e.at, e.seq) < (to_timestamp(${query.after.atMs}::bigint / 1000.0), ${query.after.seq}::bigint)`;
  await bound();
  const rows = await sql`
    select e.*, round(extract(epoch from e.at) * 1000)::float8 as at_ms, e.seq::float8 as seq,
      coalesce(e.text, '') as text, d.key, d.model_id, d.model_name, d.model, d.provider
    from (select * from ${tableOf(sql, query)} e where ${where} and ${after}
          order by e.at desc, e.seq desc limit ${query.limit} offset ${query.offset}) e
    join fleetpulse.deployment d on d.id = e.deployment order by e.at desc, e.seq desc`;
  const plain = rows.map((row) => numbersIn({ ...row }));
  return {
    total: Number(counted?.["total"] ?? 0),
    checks: query.kind === "checks" ? (plain as unknown as StoredCheck[]) : [],
    transitions: query.kind === "transitions" ? (plain as unknown as StoredTransition[]) : [],
  };
}

function tableOf(sql: TransactionSql, { kind }: PageQuery) {
  return sql(`fleetpulse.${kind === "checks" ? "outcome" : "transition"}`);
}

function conditionsOf(sql: TransactionSql, query: PageQuery) {
  const { modelId, model, codes, fromMs, toMs } = query;
  const code = sql(query.kind === "checks" ? "class" : "to_state");
  const deployment =
    modelId !== null
      ? sql`e.deployment in (select id from fleetpulse.deployment where model_id = ${modelId})`
      : model !== null
        ? sql`e.deployment in (select id from fleetpulse.deployment where model_name = ${model} or model = ${model})`
        : sql`true`;
  const coded = codes === null ? sql`true` : sql`e.${code} in ${sql(codes.map(Number))}`;
  const from = fromMs === null ? sql`true` : sql`e.at >= to_timestamp(${fromMs}::bigint / 1000.0)`;
  const to = toMs === null ? sql`true` : sql`e.at < to_timestamp(${toMs}::bigint / 1000.0)`;
  return sql`${deployment} and ${coded} and ${from} and ${to}`;
}

/** The driver gives bigints as text; ours are all below 2^53. */
function numbersIn(row: Record<string, unknown>): Record<string, unknown> {
  for (const name of ["prompt_tokens", "completion_tokens", "cost_nano_usd"]) {
    const value = row[name];
    if (typeof value === "string") row[name] = Number(value);
  }
  return row;
}
