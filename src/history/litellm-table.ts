// Rows in LiteLLM's own table of health checks, so that its page shows what is known here. The table is the proxy's: it is written
// to when it is there and left alone when it is not, and nothing of others in it is touched.

import type { Sql, TransactionSql } from "../connection/postgres-client.ts";

/** What our rows are recognised by. */
export const checkedBy = "fleetpulse";

export const litellmTable = "LiteLLM_HealthCheckTable";

/** `entries` is a batch's entries as JSON; those for LiteLLM are in `litellm`. `table` is quoted, and may have its schema. */
export async function writeLitellm(
  tx: TransactionSql,
  table: string,
  entries: string,
): Promise<void> {
  if (!/"litellm":\[\{/.test(entries)) return;
  const [found] = await tx`select to_regclass(${table}::text) is not null as there`;
  if (found?.["there"] !== true) return;
  await tx`
    insert into ${tx.unsafe(table)} (health_check_id, model_name, model_id, status, healthy_count,
      unhealthy_count, error_message, response_time_ms, checked_by, checked_at, created_at, updated_at)
    select gen_random_uuid()::text, x.model_name, x.model_id, case when x.healthy then 'healthy' else 'unhealthy' end,
      case when x.healthy then 1 else 0 end, case when x.healthy then 0 else 1 end, x.error, x.response_time_ms,
      ${checkedBy}, t.at, t.at, t.at
    from json_to_recordset((${entries}::text)::json -> 'litellm') as x (model_name text, model_id text,
      healthy boolean, error text, response_time_ms float8, at_ms bigint),
    lateral (select to_timestamp(x.at_ms / 1000.0) at time zone 'UTC' as at) t`;
}

/** Takes our own old rows out, a bounded number at a time. */
export async function forgetLitellm(sql: Sql, table: string, beforeMs: number): Promise<void> {
  const [found] = await sql`select to_regclass(${table}::text) is not null as there`;
  if (found?.["there"] !== true) return;
  await sql`
    delete from ${sql.unsafe(table)} where health_check_id in (
      select health_check_id from ${sql.unsafe(table)}
      where checked_by = ${checkedBy} and checked_at < ${new Date(beforeMs).toISOString()}::timestamp
      order by checked_at limit 5000)`;
}
