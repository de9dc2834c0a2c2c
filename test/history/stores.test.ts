// One suite over both stores: what goes in comes out, whichever engine keeps it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Batch, CheckEntry, RollupEntry, Subject } from "../../src/history/entries.ts";
import { hourMs, keyHashOf, startOf } from "../../src/history/entries.ts";
import { createPostgresStore, type PostgresStore } from "../../src/history/postgres-store.ts";
import { parcelOf } from "../../src/history/spool.ts";
import { migrateSqlite, openSqlite } from "../../src/history/sqlite-file.ts";
import { sqliteMigrations } from "../../src/history/sqlite-schema.ts";
import { createSqliteStore } from "../../src/history/sqlite-store.ts";
import type { HistoryReads, PageQuery, Retention } from "../../src/history/store.ts";
import { outcomeClasses } from "../../src/table/outcome-class.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually } from "../servers/process.ts";

const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2026, 0, 20, 12, 30);

const subjects: readonly Subject[] = ["a", "b", "c"].map((name, index) => ({
  key: `key-${name}`,
  model_id: `id-${name}`,
  model_name: index === 2 ? "other" : "gpt",
  model: `openai/${name}`,
  provider: "openai",
}));

function check(name: string, at_ms: number, changes: Partial<CheckEntry> = {}): CheckEntry {
  return {
    key: `key-${name}`,
    at_ms,
    state: 1,
    class: 0,
    http_status: 200,
    latency_us: 45_600,
    prompt_tokens: 8,
    completion_tokens: 2,
    cost_nano_usd: 2400,
    text: "",
    ...changes,
  };
}

function rollup(name: string, start_ms: number): RollupEntry {
  return {
    key: `key-${name}`,
    start_ms,
    checks: 3,
    passed: 2,
    classes: "0*2 c",
    latency: "5z 1*2",
    prompt_tokens: 24,
    completion_tokens: 6,
    cost_nano_usd: 7200,
    up_ms: 3_000_000,
    down_ms: 600_000,
  };
}

const failed = { class: outcomeClasses.server_error.code, http_status: 500, state: 3 };

function batch(changes: Partial<Batch>): Batch {
  return { subjects, checks: [], transitions: [], minutes: [], hours: [], litellm: [], ...changes };
}

const everything: PageQuery = {
  kind: "checks",
  model: null,
  modelId: null,
  codes: null,
  fromMs: null,
  toMs: null,
  limit: 100,
  offset: 0,
  after: null,
};

const retention: Retention = {
  checksMs: dayMs,
  minutesMs: 3 * dayMs,
  hoursMs: 90 * dayMs,
  transitionsMs: 400 * dayMs,
  checksMax: 1_000_000,
};

interface Kept extends HistoryReads {
  write(batch: Batch): Promise<void>;
  retain(retention: Retention, isSteady?: boolean): Promise<void>;
}

let server: PostgresServer;
let postgres: PostgresStore | null = null;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  postgres?.stop();
  await server.stop();
});

async function inSqlite(database = openSqlite(":memory:")): Promise<Kept> {
  migrateSqlite(database, sqliteMigrations);
  const store = createSqliteStore(database);
  return {
    ...store,
    write: async (one) => database.transaction(() => store.write(one))(),
    async retain(kept, isSteady = true) {
      while (store.retain(kept, nowMs, isSteady)) {
        // A slice at a time.
      }
    },
  };
}

async function inPostgres(): Promise<Kept> {
  postgres?.stop();
  await server.query("drop schema if exists fleetpulse cascade");
  const store = createPostgresStore({
    url: server.url,
    nodeName: "n",
    timeoutMs: 5000,
  });
  postgres = store;
  let seq = 0;
  const node = crypto.randomUUID();
  await store.prepare();
  return {
    ...store,
    async write(one) {
      seq += 1;
      await store.write(parcelOf(one, seq, node));
    },
    async retain(kept, isSteady = true) {
      // The server's own counts of rows come with its statistics.
      await server.query("analyze");
      await store.retain(kept, nowMs, isSteady);
    },
  };
}

for (const [engine, open] of Object.entries({ SQLite: () => inSqlite(), PostgreSQL: inPostgres })) {
  describe(`history in ${engine}`, () => {
    let store: Kept;
    beforeEach(async () => {
      store = await open();
    });
    const ids = async (changes: Partial<PageQuery>) =>
      (await store.page({ ...everything, ...changes })).checks.map(({ model_id }) => model_id);

    test("gives every field of a check back", async () => {
      const one = check("a", nowMs - 1234, { ...failed, text: "boom", cost_nano_usd: null });
      await store.write(batch({ checks: [one] }));
      const { checks, total } = await store.page(everything);
      expect(total).toBe(1);
      expect(checks).toMatchObject([{ ...one, ...subjects[0] }]);
      const [alone] = await store.checks("key-a", 5);
      expect(alone).toMatchObject(one);
    });

    test("gives roll-ups and changes of a deployment back, oldest first", async () => {
      const hours = [rollup("a", nowMs - 3 * hourMs), rollup("a", nowMs - 2 * hourMs)];
      const transition = {
        key: "key-a",
        from_state: 1,
        to_state: 3,
        class: outcomeClasses.server_error.code,
        http_status: 500,
        text: "boom",
      };
      const transitions = [5000, 4000, 3000].map((age) => ({ ...transition, at_ms: nowMs - age }));
      await store.write(batch({ hours: [...hours, rollup("b", nowMs - hourMs)], transitions }));
      await store.write(batch({ minutes: [rollup("a", nowMs - 60_000)] }));
      expect(await store.rollups("key-a", "hour", nowMs - dayMs)).toMatchObject(hours);
      expect(await store.rollups("key-a", "hour", nowMs - 2 * hourMs)).toMatchObject([hours[1]]);
      expect(await store.rollups("key-a", "minute", 0)).toHaveLength(1);
      expect(await store.transitions("key-a", 0, nowMs, 10)).toMatchObject(transitions);
      expect(await store.transitions("key-a", 0, nowMs, 1)).toMatchObject([transitions[2]]);
      expect(await store.transitions("key-a", nowMs - 4000, nowMs - 3000, 9)).toHaveLength(1);
      expect(await store.transitions("key-b", 0, nowMs, 10)).toEqual([]);
    });

    test("tells deployments apart whose keys have the same hash", async () => {
      const twins = ["deployment-76078", "deployment-121675"].map((key) => ({
        ...{ key, model_id: `id of ${key}`, model_name: "gpt" },
        ...{ model: "openai/x", provider: "openai" },
      }));
      expect(new Set(twins.map(({ key }) => keyHashOf(key))).size).toBe(1);
      for (const round of [1, 2]) {
        const checks = twins.map(({ key }) => ({ ...check("", nowMs - round), key }));
        await store.write(batch({ subjects: twins, checks }));
      }
      for (const { key, model_id } of twins) {
        expect(await ids({ modelId: model_id })).toEqual([model_id, model_id]);
        expect(await store.checks(key, 9)).toHaveLength(2);
      }
    });

    test("filters, and counts all that match", async () => {
      await store.write(
        batch({
          checks: [
            check("a", nowMs - 4000),
            check("b", nowMs - 3000, failed),
            check("c", nowMs - 2000),
            check("a", nowMs - 1000, failed),
          ],
        }),
      );
      expect(await ids({})).toEqual(["id-a", "id-c", "id-b", "id-a"]);
      expect(await ids({ model: "gpt" })).toEqual(["id-a", "id-b", "id-a"]);
      expect(await ids({ model: "openai/c" })).toEqual(["id-c"]);
      expect(await ids({ modelId: "id-a" })).toEqual(["id-a", "id-a"]);
      expect(await ids({ codes: [outcomeClasses.server_error.code] })).toEqual(["id-a", "id-b"]);
      expect(await ids({ fromMs: nowMs - 3000, toMs: nowMs - 1000 })).toEqual(["id-c", "id-b"]);
      expect((await store.page({ ...everything, model: "gpt", limit: 1 })).total).toBe(3);
      expect(await ids({ model: "nobody" })).toEqual([]);
    });

    test("is walked through by cursor, each entry once, also while new ones come", async () => {
      const checks = Array.from({ length: 25 }, (_, index) =>
        // Several of one moment.
        check("a", nowMs - 10_000 + Math.floor(index / 5) * 100, { latency_us: index }),
      );
      await store.write(batch({ checks }));
      const walked: number[] = [];
      let after: PageQuery["after"] = null;
      for (;;) {
        const page = await store.page({ ...everything, limit: 4, after });
        walked.push(...page.checks.map(({ latency_us }) => latency_us));
        const last = page.checks.at(-1);
        if (last === undefined) break;
        after = { atMs: last.at_ms, seq: last.seq };
        await store.write(batch({ checks: [check("b", nowMs)] }));
      }
      expect(walked.toSorted((a, b) => a - b)).toEqual(checks.map((_, index) => index));
    });

    test("keeps any text that there is", async () => {
      const text = `NUL gone, "quotes" 'n' \\ back, 日本語, 😀, % _ ; --`;
      await store.write(batch({ checks: [check("a", nowMs, { text })] }));
      expect((await store.checks("key-a", 1))[0]?.text).toBe(text);
    });

    test("knows a deployment by its key when its names change", async () => {
      await store.write(batch({ checks: [check("a", nowMs - 2000)] }));
      const renamed = subjects.map((one) => ({ ...one, model_name: "renamed" }));
      await store.write({ ...batch({ checks: [check("a", nowMs - 1000)] }), subjects: renamed });
      expect(await ids({ model: "renamed" })).toEqual(["id-a", "id-a"]);
      expect(await ids({ model: "gpt" })).toEqual([]);
    });

    test("forgets what is too old, each kind in its time, and nothing else", async () => {
      const ages = [hourMs, 2 * dayMs, 10 * dayMs, 130 * dayMs, 500 * dayMs];
      const times = ages.map((age) => nowMs - age);
      await store.write(
        batch({
          checks: times.map((at) => check("a", at)),
          minutes: times.map((at) => rollup("a", at)),
          hours: times.map((at) => rollup("a", at)),
          transitions: times.map((at_ms) => ({
            key: "key-a",
            at_ms,
            from_state: 1,
            to_state: 3,
            class: 12,
            http_status: 500,
            text: "",
          })),
        }),
      );
      await store.retain(retention);
      expect((await store.page(everything)).total).toBe(1);
      expect(await store.rollups("key-a", "minute", 0)).toHaveLength(2);
      expect(await store.rollups("key-a", "hour", 0)).toHaveLength(3);
      expect(await store.transitions("key-a", 0, nowMs, 10)).toHaveLength(4);
    });

    test("forgets what a clock wrote that was ahead, and what is too old behind it", async () => {
      const minutesAt = (ms: number) => Array.from({ length: 2000 }, () => rollup("a", ms));
      await store.write(batch({ minutes: minutesAt(nowMs + 36_500 * dayMs) }));
      await store.write(batch({ minutes: minutesAt(nowMs - 30 * dayMs) }));
      const kept = [rollup("a", nowMs - hourMs), rollup("a", nowMs + hourMs)];
      await store.write(batch({ minutes: kept }));
      await store.retain(retention);
      expect(await store.rollups("key-a", "minute", 0)).toMatchObject(kept);
    });

    test("keeps what lies ahead of a clock that may be behind", async () => {
      const ahead = [rollup("a", nowMs + 36_500 * dayMs)];
      await store.write(batch({ minutes: ahead }));
      await store.retain(retention, false);
      expect(await store.rollups("key-a", "minute", 0)).toMatchObject(ahead);
    });

    test("keeps no more checks than it may, and drops the oldest", async () => {
      // Hours of history, as partitions are dropped whole.
      const checks = Array.from({ length: 500 }, (_, index) =>
        check("a", nowMs - Math.floor(index / 100) * hourMs, { latency_us: index }),
      );
      await store.write(batch({ checks: checks.toReversed() }));
      await store.retain({ ...retention, checksMax: 250 });
      const { total } = await store.page(everything);
      expect(total).toBeGreaterThanOrEqual(200);
      expect(total).toBeLessThanOrEqual(250);
      const newest = await store.checks("key-a", 1000);
      expect(Math.max(...newest.map(({ latency_us }) => latency_us))).toBeLessThan(250);
    });
  });
}

test("history in SQLite forgets a deployment when nothing is kept of it, and takes it again when it comes again", async () => {
  const database = openSqlite(":memory:");
  const store = await inSqlite(database);
  const known = () =>
    database.query<{ key: string }, []>("select key from deployment order by key").values().flat();
  const entries = { checks: [check("a", nowMs)], hours: [rollup("b", nowMs - 200 * dayMs)] };
  await store.write(batch(entries));
  await store.retain(retention);
  expect(known()).toEqual(["key-a"]);
  await store.write(batch({ checks: [check("b", nowMs)] }));
  expect((await store.checks("key-b", 9)).map(({ key }) => key)).toEqual(["key-b"]);
});

describe("history in PostgreSQL", () => {
  let store: Kept;
  beforeEach(async () => {
    store = await inPostgres();
  });

  test("keeps what lies ahead of one clock and not of the server's", async () => {
    const minutes = [rollup("a", startOf(Date.now(), hourMs))];
    await store.write(batch({ minutes }));
    // The clock of these tests is behind for ever.
    await store.retain(retention);
    expect(await store.rollups("key-a", "minute", 0)).toMatchObject(minutes);
  });

  test("takes a batch once, however often it comes", async () => {
    const parcel = parcelOf(batch({ checks: [check("a", nowMs)] }), 7, crypto.randomUUID());
    const again = createPostgresStore({ url: server.url, nodeName: "n", timeoutMs: 5000 });
    for (let times = 0; times < 3; times += 1) await again.write(parcel);
    again.stop();
    expect((await store.page(everything)).total).toBe(1);
  });

  test("is asked over two connections and written over one, however many ask at the same moment", async () => {
    await Promise.all(Array.from({ length: 8 }, () => store.checks("key-a", 1)));
    // Connections of the tests before go as soon as the server notices.
    await eventually("there are three connections", async () => {
      const [open] = await server.query(
        "select count(*)::integer as count from pg_stat_activity where application_name = 'fleetpulse'",
      );
      return open?.["count"] === 3;
    });
  });

  test("has the server end a count that takes too long, before the connection would be cut", async () => {
    const transition = { key: "key-a", from_state: 1, to_state: 3, class: 12, http_status: 500 };
    await store.write(batch({ transitions: [{ ...transition, at_ms: nowMs, text: "" }] }));
    await server.query("alter table fleetpulse.transition rename to transition_kept");
    await server.query(`create view fleetpulse.transition as select t.*
      from (select 1 from pg_sleep(60) offset 0) slow cross join fleetpulse.transition_kept t`);
    const hurried = createPostgresStore({
      ...{ url: server.url, nodeName: "n", timeoutMs: 1000 },
    });
    await expect(hurried.page({ ...everything, kind: "transitions" })).rejects.toThrow(
      "canceling statement due to statement timeout",
    );
    hurried.stop();
  });

  test("takes batches of several nodes side by side, which start at the same moment", async () => {
    await server.query("drop schema fleetpulse cascade");
    const nodes = Array.from({ length: 4 }, () =>
      createPostgresStore({
        url: server.url,
        nodeName: "n",
        timeoutMs: 10_000,
      }),
    );
    await Promise.all(
      nodes.map(async (one, index) => {
        await one.prepare();
        await one.write(
          parcelOf(batch({ checks: [check("a", nowMs - index)] }), 1, crypto.randomUUID()),
        );
      }),
    );
    for (const one of nodes) one.stop();
    expect((await store.page(everything)).total).toBe(4);
  });

  test("is made anew when somebody drops it", async () => {
    await store.write(batch({ checks: [check("a", nowMs)] }));
    await server.query("drop schema fleetpulse cascade");
    await expect(store.write(batch({ checks: [check("b", nowMs)] }))).rejects.toThrow(
      "does not exist",
    );
    await store.write(batch({ checks: [check("b", nowMs)] }));
    expect((await store.page(everything)).checks.map(({ key }) => key)).toEqual(["key-b"]);
  });

  test("of a newer version is refused in words", async () => {
    await server.query("insert into fleetpulse.migration (number) values (999)");
    const older = createPostgresStore({
      url: server.url,
      nodeName: "n",
      timeoutMs: 5000,
    });
    await expect(older.prepare()).rejects.toThrow(/version 999 .* run a newer version/);
    older.stop();
  });

  describe("with the proxy's own table", () => {
    const litellm = [
      {
        model_name: "gpt",
        model_id: "id-a",
        healthy: false,
        error: "boom",
        response_time_ms: 45.6,
        at_ms: nowMs,
      },
    ];

    test("writes rows that its page understands, and leaves those of others alone", async () => {
      await server.query(`create table "LiteLLM_HealthCheckTable" (
        health_check_id text primary key, model_name text not null, model_id text, status text not null,
        healthy_count integer not null default 0, unhealthy_count integer not null default 0, error_message text,
        response_time_ms double precision, details jsonb, checked_by text, checked_at timestamp(3) not null default now(),
        created_at timestamp(3) not null default now(), updated_at timestamp(3) not null)`);
      await server.query(`insert into "LiteLLM_HealthCheckTable" (health_check_id, model_name, status, checked_at, updated_at)
        values ('theirs', 'x', 'healthy', '2020-01-01', '2020-01-01')`);
      await store.write(
        batch({ litellm: [...litellm, { ...litellm[0], at_ms: nowMs - 500 * dayMs } as never] }),
      );
      await store.retain(retention);
      const rows = await server.query(
        `select model_name, model_id, status, healthy_count, unhealthy_count, error_message, response_time_ms,
           checked_by, checked_at::text from "LiteLLM_HealthCheckTable" order by checked_at`,
      );
      expect(rows.map((row) => row["model_name"])).toEqual(["x", "gpt"]);
      expect(rows[1]).toEqual({
        model_name: "gpt",
        model_id: "id-a",
        status: "unhealthy",
        healthy_count: 0,
        unhealthy_count: 1,
        error_message: "boom",
        response_time_ms: 45.6,
        checked_by: "fleetpulse",
        checked_at: "2026-01-20 12:30:00",
      });
      await server.query('drop table "LiteLLM_HealthCheckTable"');
    });

    test("finds it in the schema that Prisma's URL names", async () => {
      await server.query("create schema proxy");
      await server.query(`create table proxy."LiteLLM_HealthCheckTable" (
        health_check_id text primary key, model_name text not null, model_id text, status text not null,
        healthy_count integer, unhealthy_count integer, error_message text, response_time_ms double precision,
        checked_by text, checked_at timestamp(3), created_at timestamp(3), updated_at timestamp(3))`);
      const other = createPostgresStore({
        url: `${server.url}?schema=proxy`,
        nodeName: "n",
        timeoutMs: 5000,
      });
      const rowsToWrite = [...litellm, { ...litellm[0], at_ms: nowMs - 500 * dayMs } as never];
      await other.write(parcelOf(batch({ litellm: rowsToWrite }), 1, crypto.randomUUID()));
      await other.retain(retention, nowMs, true);
      const rows = await server.query('select model_id from proxy."LiteLLM_HealthCheckTable"');
      expect(rows).toEqual([{ model_id: "id-a" }]);
      other.stop();
      await server.query("drop schema proxy cascade");
    });

    test("goes on without it when it is not there", async () => {
      await store.write(batch({ litellm, checks: [check("a", nowMs)] }));
      expect((await store.page(everything)).total).toBe(1);
    });
  });
});
