// History in PostgreSQL. A batch is one transaction with its own number in it: when the answer to a commit was lost, the batch comes
// again and is left out. Entries go to the server as JSON and are taken apart there: one statement a kind, however many.

import type { Sql, TransactionSql } from "../connection/postgres-client.ts";
import { transaction } from "../connection/postgres-transaction.ts";
import { proxyTable } from "../connection/proxy-table.ts";
import { currentRowBytes, scalarOfBytes, zeroCountersOfBytes } from "../table/row-words.ts";
import { fingerprintOf, keyHashOf, type Subject } from "./entries.ts";
import { forgetLitellm, litellmTable, writeLitellm } from "./litellm-table.ts";
import { createPartitions } from "./partitions.ts";
import { postgresLink } from "./postgres-link.ts";
import { createPostgresReads } from "./postgres-reads.ts";
import { migratePostgres } from "./postgres-schema.ts";
import type { Hours, Parcel } from "./spool.ts";
import type { HistoryReads, Retention } from "./store.ts";

export interface PostgresStore extends HistoryReads {
  /** Brings the schema up to date. */
  prepare(): Promise<void>;
  /** Writes a batch unless it is in already, or a later one of the same node; tells whether it did. */
  write(parcel: Parcel): Promise<boolean>;
  /** Rows as bytes, by key. */
  saveStatuses(rows: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** `isSteady`: by this clock it can be told what is ahead (see steady-clock.ts). */
  retain(retention: Retention, nowMs: number, isSteady: boolean): Promise<void>;
  /** Deployments are not followed any more: what is remembered of all is gathered anew. */
  forget(): void;
  /** Cuts every connection. */
  stop(): void;
}

export interface PostgresStoreOptions {
  readonly url: string;
  /** Name for people of those who write. */
  readonly nodeName: string;
  /** Deadline of one call; of a large one several times as much. */
  readonly timeoutMs: number;
}

/** Writing a large batch, and waiting for locks of others, may take longer than a read. */
const writePatience = 5;
const nodeName63 = 63;

export function createPostgresStore(options: PostgresStoreOptions): PostgresStore {
  const { url, timeoutMs } = options;
  const writing = postgresLink(url, 1, timeoutMs * writePatience, timeoutMs);
  const reading = postgresLink(url, 2, timeoutMs, timeoutMs);
  const partitions = createPartitions();
  /** Fingerprints by hash of the key: of two that share one, the one that was written last. */
  const known = new Map<number, number>();
  /** Numbers of those who write, by what they are for ever. */
  const nodes = new Map<string, number>();
  let preparedFor: Sql | null = null;

  /** Another connection may be to another server, or to one that was restored: nothing is taken for known. */
  async function prepare(sql: Sql): Promise<void> {
    if (preparedFor === sql) return;
    known.clear();
    nodes.clear();
    partitions.forget();
    await migratePostgres(sql);
    preparedFor = sql;
  }

  async function numberOf(sql: Sql, node: string): Promise<number> {
    const found = nodes.get(node);
    if (found !== undefined) return found;
    const name = options.nodeName.slice(0, nodeName63);
    const [row] = await sql`
      insert into fleetpulse.node (uuid, name) values (${node}, ${name})
      on conflict (uuid) do update set name = excluded.name, seen_at = now() returning id`;
    const number = Number(row?.["id"]);
    nodes.set(node, number);
    return number;
  }

  async function ensurePartitions(sql: Sql, hours: Hours): Promise<void> {
    await partitions.ensure(sql, "outcome", hours.checks);
    await partitions.ensure(sql, "transition", hours.transitions);
    await partitions.ensure(sql, "rollup_minute", hours.minutes);
    await partitions.ensure(sql, "rollup_hour", hours.hours);
  }

  return {
    prepare: () => writing.run(prepare),

    write: (parcel) =>
      writing.run(async (sql) => {
        await prepare(sql);
        const node = await numberOf(sql, parcel.node);
        const subjects = JSON.parse(parcel.subjects) as readonly Subject[];
        const unknown = subjects.filter(
          (one) => known.get(keyHashOf(one.key)) !== fingerprintOf(one),
        );
        await ensurePartitions(sql, JSON.parse(parcel.hours) as Hours);
        const isNew = await transaction(sql, async (tx) => {
          const [taken] = await tx`
            update fleetpulse.node set last_seq = ${parcel.seq}, seen_at = now()
            where id = ${node} and last_seq < ${parcel.seq} returning id`;
          if (taken === undefined) return false;
          if (unknown.length > 0) await writeSubjects(tx, unknown);
          await writeEntries(tx, node, parcel.entries);
          await writeLitellm(tx, proxyTable(url, litellmTable), parcel.entries);
          return true;
        });
        if (isNew) for (const one of unknown) known.set(keyHashOf(one.key), fingerprintOf(one));
        return isNew;
      }),

    saveStatuses: (saved) =>
      writing.run(async (sql) => {
        await prepare(sql);
        const rows = [...saved].map(([key, row]) => ({
          key,
          row: Buffer.from(row).toString("base64"),
          checked_ms: scalarOfBytes(row, "lastCheckMs"),
        }));
        // Of two replicas the one that looked last is right, unless by a clock that was ahead.
        await sql`
          insert into fleetpulse.status as s (key, row, checked_at)
          select x.key, x.row, to_timestamp(x.checked_ms / 1000.0)
          from json_to_recordset((${JSON.stringify(rows)}::text)::json) as x (key text, row text, checked_ms bigint)
          on conflict (key) do update set row = excluded.row, checked_at = excluded.checked_at
          where s.checked_at <= excluded.checked_at or s.checked_at > now() + interval '1 minute'`;
      }),

    retain: (retention, nowMs, isSteady) =>
      writing.run(async (sql) => {
        await prepare(sql);
        await partitions.retain(sql, retention, nowMs, isSteady);
        await sql`delete from fleetpulse.status where checked_at < ${new Date(nowMs - retention.hoursMs).toISOString()}::timestamptz`;
        await forgetLitellm(sql, proxyTable(url, litellmTable), nowMs - retention.transitionsMs);
      }),

    forget: () => known.clear(),

    stop() {
      writing.stop();
      reading.stop();
    },

    ...createPostgresReads(reading.run),
  };
}

/** Rows that replicas saved, as bytes by deployment key, their counters at zero; rejects when the database does not answer in time. */
export async function savedInPostgres(
  url: string,
  timeoutMs: number,
): Promise<Map<string, Uint8Array>> {
  const reading = postgresLink(url, 1, timeoutMs, timeoutMs);
  try {
    const rows = await reading.run(async (sql) => {
      const [found] = await sql`select to_regclass('fleetpulse.status') is not null as there`;
      return found?.["there"] === true ? await sql`select key, row from fleetpulse.status` : [];
    });
    const entries = rows.flatMap((saved) => {
      const row = currentRowBytes(new Uint8Array(Buffer.from(String(saved["row"]), "base64")));
      if (row === null) return [];
      // Another disk accounts for what they counted: here it would be history a second time.
      zeroCountersOfBytes(row);
      return [[String(saved["key"]), row] as const];
    });
    return new Map(entries);
  } finally {
    reading.stop();
  }
}

async function writeSubjects(tx: TransactionSql, subjects: readonly Subject[]): Promise<void> {
  await tx`
    insert into fleetpulse.deployment as d (key, model_id, model_name, model, provider)
    select * from json_to_recordset((${JSON.stringify(subjects)}::text)::json)
      as x (key text, model_id text, model_name text, model text, provider text)
    order by key
    on conflict (key) do update set model_id = excluded.model_id, model_name = excluded.model_name,
      model = excluded.model, provider = excluded.provider
    where (d.model_id, d.model_name, d.model, d.provider)
      is distinct from (excluded.model_id, excluded.model_name, excluded.model, excluded.provider)`;
}

async function writeEntries(tx: TransactionSql, node: number, entries: string): Promise<void> {
  await tx`
    insert into fleetpulse.outcome (at, deployment, node, state, class, http_status, latency_us, prompt_tokens,
      completion_tokens, cost_nano_usd, text)
    select to_timestamp(x.at_ms / 1000.0), d.id, ${node}, x.state, x.class, x.http_status, x.latency_us,
      x.prompt_tokens, x.completion_tokens, x.cost_nano_usd, nullif(x.text, '')
    from json_to_recordset((${entries}::text)::json -> 'checks') as x (key text, at_ms bigint, state smallint,
      class smallint, http_status smallint, latency_us integer, prompt_tokens integer, completion_tokens integer,
      cost_nano_usd bigint, text text)
    join fleetpulse.deployment d on d.key = x.key`;
  await tx`
    insert into fleetpulse.transition (at, deployment, node, from_state, to_state, class, http_status, text)
    select to_timestamp(x.at_ms / 1000.0), d.id, ${node}, x.from_state, x.to_state, x.class, x.http_status,
      nullif(x.text, '')
    from json_to_recordset((${entries}::text)::json -> 'transitions') as x (key text, at_ms bigint,
      from_state smallint, to_state smallint, class smallint, http_status smallint, text text)
    join fleetpulse.deployment d on d.key = x.key`;
  for (const [kind, table] of [
    ["minutes", "rollup_minute"],
    ["hours", "rollup_hour"],
  ] as const) {
    await tx`
      insert into ${tx(`fleetpulse.${table}`)} (at, deployment, node, checks, passed, classes, latency, prompt_tokens,
        completion_tokens, cost_nano_usd, up_ms, down_ms)
      select to_timestamp(x.start_ms / 1000.0), d.id, ${node}, x.checks, x.passed, x.classes, x.latency,
        x.prompt_tokens, x.completion_tokens, x.cost_nano_usd, x.up_ms, x.down_ms
      from json_to_recordset((${entries}::text)::json -> ${kind}::text) as x (key text, start_ms bigint, checks integer,
        passed integer, classes text, latency text, prompt_tokens bigint, completion_tokens bigint,
        cost_nano_usd bigint, up_ms integer, down_ms integer)
      join fleetpulse.deployment d on d.key = x.key`;
  }
}
