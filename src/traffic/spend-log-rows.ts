// What is asked of LiteLLM_SpendLogs. The table has an index on "startTime" (newer proxies on "startTime", request_id too), its primary key
// is request_id, and it can be of any size: ids are read by these indexes in order, and whole rows by their ids, only where they are
// new. Prompts and answers are never asked for. A role that may SELECT is enough.

import type { Sql } from "../connection/postgres-client.ts";
import { type Entry, healthCheckTag } from "./entry.ts";
import { failureClassOf } from "./traffic-class.ts";

/** A place in the order of the table. */
export interface LogPlace {
  /** Time without a zone (it is UTC), to the microsecond. */
  readonly at: string;
  readonly id: string;
}

/** Before all rows of this time. */
export function placeAt(ms: number): LogPlace {
  return { at: new Date(ms).toISOString().replace("Z", ""), id: "" };
}

export function msOf({ at }: LogPlace): number {
  return Date.parse(`${at}Z`);
}

/** The table in the database to which a client is connected. */
export interface SpendLogTable {
  readonly sql: Sql;
  /** With its schema, quoted. */
  readonly name: string;
}

export async function hasSpendLogs({ sql, name }: SpendLogTable): Promise<boolean> {
  const [row] = await sql`select to_regclass(${name}::text) is not null as there`;
  return row?.["there"] === true;
}

/** The next places after this one, in order. */
export async function placesAfter(
  { sql, name }: SpendLogTable,
  { at, id }: LogPlace,
  limit: number,
): Promise<LogPlace[]> {
  const rows = await sql`
    select to_char("startTime", 'YYYY-MM-DD"T"HH24:MI:SS.US') as at, request_id as id
    from ${sql.unsafe(name)}
    where "startTime" >= ${at}::timestamp and ("startTime", request_id) > (${at}::timestamp, ${id}::text)
    order by "startTime", request_id limit ${limit}`;
  return rows.map((row) => ({ at: String(row["at"]), id: String(row["id"]) }));
}

/** The rows at these places, as entries. */
export async function entriesAt(
  { sql, name }: SpendLogTable,
  places: readonly LogPlace[],
): Promise<Entry[]> {
  const first = places[0];
  const last = places.at(-1);
  if (first === undefined || last === undefined) return [];
  const rows = await sql`
    select request_id, extract(epoch from "startTime")::float8 * 1000 as start_ms,
      extract(epoch from "endTime")::float8 * 1000 as end_ms,
      extract(epoch from "completionStartTime")::float8 * 1000 as first_ms,
      spend, prompt_tokens, completion_tokens, left(model_id, 4096) as model_id,
      left(model_group, 4096) as model_group, left(api_base, 4096) as api_base,
      left(custom_llm_provider, 4096) as provider, cache_hit,
      request_tags::text like ${`%${healthCheckTag}%`} as health_check, metadata ->> 'status' as status,
      left(metadata -> 'error_information' ->> 'error_code', 100) as error_code,
      left(metadata -> 'error_information' ->> 'error_class', 400) as error_class,
      left(metadata -> 'error_information' ->> 'error_rate_limit_category', 100) as limit_category,
      left(metadata -> 'error_information' ->> 'normalized_error', 100) as normalized,
      left(coalesce(nullif(metadata ->> 'user_api_key_team_alias', ''), team_id), 400) as team,
      left(metadata ->> 'user_api_key_alias', 400) as key_alias
    from ${sql.unsafe(name)}
    where request_id = any (array(select json_array_elements_text((${JSON.stringify(
      places.map(({ id }) => id),
    )}::text)::json)))
      and "startTime" between ${first.at}::timestamp and ${last.at}::timestamp`;
  return rows.map(entryOf);
}

function entryOf(row: Readonly<Record<string, unknown>>): Entry {
  const text = (name: string) => (typeof row[name] === "string" ? row[name] : "");
  const number = (name: string) => Math.max(0, Number(row[name])) || 0;
  const startMs = number("start_ms");
  const endMs = Math.max(startMs, number("end_ms"));
  const firstMs = number("first_ms");
  return {
    id: text("request_id"),
    class:
      text("status") === "failure"
        ? failureClassOf(text("error_class"), text("error_code"), {
            rateLimitCategory: text("limit_category"),
            normalized: text("normalized"),
          })
        : "ok",
    startMs,
    endMs,
    // Where nothing was streamed, LiteLLM writes the end of the request there.
    firstTokenMs: firstMs > startMs && firstMs < endMs ? firstMs - startMs : null,
    overheadMs: 0,
    modelId: text("model_id") === "" ? null : text("model_id"),
    modelName: text("model_group"),
    apiBase: text("api_base"),
    provider: text("provider"),
    team: text("team"),
    keyAlias: text("key_alias"),
    promptTokens: number("prompt_tokens"),
    completionTokens: number("completion_tokens"),
    costUsd: number("spend"),
    cacheHit: text("cache_hit") === "True",
    healthCheck: row["health_check"] === true,
  };
}
