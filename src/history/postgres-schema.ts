// History in PostgreSQL, migration by migration. Append, never change: a database somewhere has run them.
// Everything is in a schema of its own, so nothing of the proxy's is touched. Tables of entries are partitioned by time:
// retention drops whole partitions, which costs the same however much is in them.

import type { Sql } from "../connection/postgres-client.ts";
import { transaction } from "../connection/postgres-transaction.ts";

const rollup = `
    at timestamptz not null,
    deployment integer not null,
    node integer not null,
    checks integer not null,
    passed integer not null,
    classes text not null,
    latency text not null,
    prompt_tokens bigint not null,
    completion_tokens bigint not null,
    cost_nano_usd bigint not null,
    up_ms integer not null,
    down_ms integer not null`;

export const postgresMigrations: readonly string[] = [
  `
  create table fleetpulse.node (
    id integer generated always as identity primary key,
    uuid uuid not null unique,
    name text not null,
    -- The last batch that is in: a batch that comes again, after an answer that was lost, is left out.
    last_seq bigint not null default 0,
    seen_at timestamptz not null default now()
  );

  create table fleetpulse.deployment (
    id integer generated always as identity primary key,
    key text not null unique,
    model_id text not null,
    model_name text not null,
    model text not null,
    provider text not null
  );
  create index on fleetpulse.deployment (model_id);
  create index on fleetpulse.deployment (model_name);

  create table fleetpulse.status (
    key text not null primary key,
    row text not null,
    checked_at timestamptz not null
  );

  create sequence fleetpulse.entry_seq;

  create table fleetpulse.outcome (
    at timestamptz not null,
    seq bigint not null default nextval('fleetpulse.entry_seq'),
    deployment integer not null,
    node integer not null,
    state smallint not null,
    class smallint not null,
    http_status smallint not null,
    latency_us integer not null,
    prompt_tokens integer not null,
    completion_tokens integer not null,
    cost_nano_usd bigint,
    text text
  ) partition by range (at);
  create index on fleetpulse.outcome (deployment, at);
  create index on fleetpulse.outcome (at);

  create table fleetpulse.transition (
    at timestamptz not null,
    seq bigint not null default nextval('fleetpulse.entry_seq'),
    deployment integer not null,
    node integer not null,
    from_state smallint not null,
    to_state smallint not null,
    class smallint not null,
    http_status smallint not null,
    text text
  ) partition by range (at);
  create index on fleetpulse.transition (deployment, at);
  create index on fleetpulse.transition (at);

  create table fleetpulse.rollup_minute (${rollup}
  ) partition by range (at);
  create index on fleetpulse.rollup_minute (deployment, at);

  create table fleetpulse.rollup_hour (${rollup}
  ) partition by range (at);
  create index on fleetpulse.rollup_hour (deployment, at);
  `,
];

/** For every change of the schema and its partitions: whoever starts at the same time waits. The number is ours alone. */
export const schemaLock = 0x666c7470;

/**
 * Brings the schema up to the newest version, all or nothing. Rejects when the database is of a newer version, or when
 * the user may not make the schema.
 */
export async function migratePostgres(sql: Sql): Promise<void> {
  await transaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${schemaLock})`;
    const [found] = await tx`select to_regclass('fleetpulse.migration') is not null as there`;
    if (found?.["there"] !== true) {
      await tx.unsafe("create schema if not exists fleetpulse");
      await tx.unsafe(
        "create table fleetpulse.migration (number integer primary key, applied_at timestamptz not null default now())",
      );
    }
    const [newest] =
      await tx`select coalesce(max(number), 0)::integer as number from fleetpulse.migration`;
    const done = Number(newest?.["number"] ?? 0);
    if (done > postgresMigrations.length) {
      throw new Error(
        `the schema fleetpulse is version ${done} and this program knows ${postgresMigrations.length}: run a newer version`,
      );
    }
    for (const [index, migration] of postgresMigrations.entries()) {
      if (index < done) continue;
      await tx.unsafe(migration);
      await tx`insert into fleetpulse.migration (number) values (${index + 1})`;
    }
  });
}
