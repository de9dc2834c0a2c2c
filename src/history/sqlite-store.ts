// History in the embedded SQLite file. Everything is synchronous and runs on the recorder's thread only.

import type { Database } from "bun:sqlite";
import {
  type Batch,
  type CheckEntry,
  fingerprintOf,
  keyHashOf,
  type RollupEntry,
  type Subject,
  type TransitionEntry,
} from "./entries.ts";
import { createSqliteRetention, type Retain } from "./sqlite-retention.ts";
import type { HistoryReads, Page, PageQuery, StoredCheck, StoredTransition } from "./store.ts";

export interface SqliteStore extends HistoryReads {
  /** Call within a transaction. Throws when it cannot be written. */
  write(batch: Batch): void;
  /** A transaction was rolled back: what it had made is gone. */
  rolledBack(): void;
  /** Deployments are not followed any more: what is remembered of all is gathered anew. */
  forget(): void;
  readonly retain: Retain;
}

type Value = string | number | null;

/** `database` is open and migrated. */
export function createSqliteStore(database: Database): SqliteStore {
  /** By hash of the key: of two that share one, the one that was written last. */
  const known = new Map<number, { readonly id: number; readonly fingerprint: number }>();
  const subject = database.query<{ id: number }, [string, string, string, string, string]>(
    `insert into deployment (key, model_id, model_name, model, provider) values (?, ?, ?, ?, ?)
     on conflict (key) do update set model_id = excluded.model_id, model_name = excluded.model_name,
       model = excluded.model, provider = excluded.provider
     returning id`,
  );
  const check = database.query<unknown, Value[]>(
    "insert into outcome values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const transition = database.query<unknown, Value[]>(
    "insert into transition values (?, ?, ?, ?, ?, ?, ?)",
  );
  const rollup = {
    minutes: database.query<unknown, Value[]>(
      "insert into rollup_minute values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    hours: database.query<unknown, Value[]>(
      "insert into rollup_hour values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
  };

  function idOf(one: Subject): number {
    const { key, model_id, model_name, model, provider } = one;
    const hash = keyHashOf(key);
    const fingerprint = fingerprintOf(one);
    const before = known.get(hash);
    if (before?.fingerprint === fingerprint) return before.id;
    const row = subject.get(key, model_id, model_name, model, provider);
    if (row === null) throw new Error("a deployment that was written has no number");
    known.set(hash, { id: row.id, fingerprint });
    return row.id;
  }

  return {
    write(batch) {
      const ids = new Map(batch.subjects.map((one) => [one.key, idOf(one)]));
      for (const one of batch.checks) {
        check.run(
          idIn(ids, one.key),
          one.at_ms,
          one.state,
          one.class,
          one.http_status,
          one.latency_us,
          one.prompt_tokens,
          one.completion_tokens,
          one.cost_nano_usd,
          one.text || null,
        );
      }
      for (const one of batch.transitions) {
        transition.run(
          ...[idIn(ids, one.key), one.at_ms, one.from_state, one.to_state, one.class],
          ...[one.http_status, one.text || null],
        );
      }
      for (const span of ["minutes", "hours"] as const) {
        for (const one of batch[span]) {
          rollup[span].run(
            ...[idIn(ids, one.key), one.start_ms, one.checks, one.passed, one.classes, one.latency],
            ...[
              one.prompt_tokens,
              one.completion_tokens,
              one.cost_nano_usd,
              one.up_ms,
              one.down_ms,
            ],
          );
        }
      }
    },

    rolledBack: () => known.clear(),
    forget: () => known.clear(),

    retain: createSqliteRetention(database, () => known.clear()),

    async page(query) {
      return query.kind === "checks" ? checksPage(query) : transitionsPage(query);
    },

    async rollups(key, span, fromMs) {
      return database
        .query<RollupEntry, [string, number]>(
          `select d.key, r.* from rollup_${span} r join deployment d on d.id = r.deployment
           where d.key = ? and r.start_ms >= ? order by r.start_ms`,
        )
        .all(key, fromMs);
    },

    async transitions(key, fromMs, toMs, limit) {
      return database
        .query<TransitionEntry, [string, number, number, number]>(
          `select d.key, t.at_ms, t.from_state, t.to_state, t.class, t.http_status, coalesce(t.text, '') as text
           from transition t join deployment d on d.id = t.deployment
           where d.key = ? and t.at_ms >= ? and t.at_ms < ? order by t.at_ms desc limit ?`,
        )
        .all(key, fromMs, toMs, limit)
        .reverse();
    },

    async checks(key, limit) {
      return database
        .query<CheckEntry, [string, number]>(
          `select d.key, o.at_ms, o.state, o.class, o.http_status, o.latency_us, o.prompt_tokens,
             o.completion_tokens, o.cost_nano_usd, coalesce(o.text, '') as text
           from outcome o join deployment d on d.id = o.deployment
           where d.key = ? order by o.at_ms desc limit ?`,
        )
        .all(key, limit);
    },
  };

  function checksPage(query: PageQuery): Page {
    const { total, rows } = matching<StoredCheck>("outcome", "class", query);
    return { checks: rows, transitions: [], total };
  }

  function transitionsPage(query: PageQuery): Page {
    const { total, rows } = matching<StoredTransition>("transition", "to_state", query);
    return { checks: [], transitions: rows, total };
  }

  function matching<Row>(table: string, codeColumn: string, query: PageQuery) {
    const { where, values } = conditionsOf(query, codeColumn);
    const { total } = database
      .query<{ total: number }, Value[]>(`select count(*) as total from "${table}" e ${where}`)
      .get(...values) ?? { total: 0 };
    // Looking for what is not there would go through the whole table once more.
    if (total <= query.offset) return { total, rows: [] };
    const after =
      query.after === null
        ? ""
        : `${where === "" ? "where" : "and"} (e.at_ms, e.rowid) < (${query.after.atMs}, ${query.after.seq})`;
    const rows = database
      .query<Row, Value[]>(
        `select e.rowid as seq, d.key, d.model_id, d.model_name, d.model, d.provider, e.*, coalesce(e.text, '') as text
         from (select rowid, * from "${table}" e ${where} ${after}
               order by e.at_ms desc, e.rowid desc limit ? offset ?) e
         join deployment d on d.id = e.deployment order by e.at_ms desc, e.rowid desc`,
      )
      .all(...values, query.limit, query.offset);
    return { total, rows };
  }
}

function idIn(ids: ReadonlyMap<string, number>, key: string): number {
  const id = ids.get(key);
  if (id === undefined) throw new Error("an entry of a deployment that its batch does not name");
  return id;
}

/** The deployments are found first: then an index by deployment and time serves. */
function conditionsOf(query: PageQuery, codeColumn: string) {
  const conditions: string[] = [];
  const values: Value[] = [];
  if (query.modelId !== null) {
    conditions.push("e.deployment in (select id from deployment where model_id = ?)");
    values.push(query.modelId);
  } else if (query.model !== null) {
    conditions.push(
      "e.deployment in (select id from deployment where model_name = ? or model = ?)",
    );
    values.push(query.model, query.model);
  }
  if (query.codes !== null) {
    conditions.push(`e.${codeColumn} in (${query.codes.map(Number).join(", ")})`);
  }
  if (query.fromMs !== null) {
    conditions.push("e.at_ms >= ?");
    values.push(query.fromMs);
  }
  if (query.toMs !== null) {
    conditions.push("e.at_ms < ?");
    values.push(query.toMs);
  }
  return { where: conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`, values };
}
