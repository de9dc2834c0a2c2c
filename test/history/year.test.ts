// What a year of a fleet takes on disk: the rows are written, and the README's figures are held against their size.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { agedHistory } from "../../bench/aged-history.ts";
import { settingRows } from "../../src/config/setting-rows.ts";
import type { Batch } from "../../src/history/entries.ts";
import { createPostgresStore } from "../../src/history/postgres-store.ts";
import { parcelOf } from "../../src/history/spool.ts";
import { migrateSqlite, openSqlite } from "../../src/history/sqlite-file.ts";
import { sqliteMigrations } from "../../src/history/sqlite-schema.ts";
import { createSqliteStore } from "../../src/history/sqlite-store.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

const fleetSize = 1000;
/** A part of the fleet is written, and its size is multiplied. */
const sample = 50;
const dayMs = 86_400_000;
const seconds = (name: "keepChecksMs" | "keepMinutesMs" | "keepHoursMs" | "keepTransitionsMs") =>
  Number(settingRows[name].byDefault) * 1000;

const history = () =>
  agedHistory({
    deployments: sample,
    intervalMs: Number(settingRows.intervalMs.byDefault) * 1000,
    transitionsADay: 2,
    nowMs: Date.UTC(2026, 0, 1),
    checksMs: seconds("keepChecksMs"),
    minutesMs: seconds("keepMinutesMs"),
    hoursMs: seconds("keepHoursMs"),
    transitionsMs: Math.min(365 * dayMs, seconds("keepTransitionsMs")),
  });

const folder = temporaryFolder("year");
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

/** Megabytes that the README states for an engine. */
function stated(engine: string): number {
  const readme = readFileSync(join(import.meta.dir, "../../README.md"), "utf8");
  const found = new RegExp(`(\\d+) MB in ${engine}`).exec(readme);
  return Number(found?.[1]);
}

function expectStated(engine: string, bytes: number): void {
  const megabytes = ((bytes / sample) * fleetSize) / 1e6;
  expect(stated(engine)).toBeGreaterThan(megabytes * 0.85);
  expect(stated(engine)).toBeLessThan(megabytes * 1.15);
}

test("1,000 deployments take as much in SQLite after a year as the README says", () => {
  const file = join(folder, "year.sqlite");
  const database = openSqlite(file);
  migrateSqlite(database, sqliteMigrations);
  const store = createSqliteStore(database);
  database.transaction(() => {
    for (const batch of history()) store.write(batch);
  })();
  database.run("pragma wal_checkpoint(truncate)");
  database.close();
  expectStated("SQLite", statSync(file).size);
});

test("1,000 deployments take as much in PostgreSQL after a year as the README says", async () => {
  const node = crypto.randomUUID();
  const store = createPostgresStore({ url: server.url, nodeName: "year", timeoutMs: 20_000 });
  await store.prepare();
  let seq = 0;
  for (const batch of daily()) {
    seq += 1;
    await store.write(parcelOf(batch, seq, node));
  }
  store.stop();
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  const [total] = await sql`
    select sum(pg_total_relation_size(c.oid))::float8 as bytes from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'fleetpulse' where c.relkind = 'r'`;
  await sql.end();
  expectStated("PostgreSQL", Number(total?.["bytes"]));
}, 60_000);

/** One batch a day: a recorder's batches are larger than an hour of so few deployments. */
function* daily(): Generator<Batch> {
  let day: Batch[] = [];
  for (const batch of history()) {
    day.push(batch);
    if (day.length < 24) continue;
    yield merged(day);
    day = [];
  }
  if (day.length > 0) yield merged(day);
}

function merged(batches: readonly Batch[]): Batch {
  return {
    subjects: batches[0]?.subjects ?? [],
    checks: batches.flatMap(({ checks }) => checks),
    transitions: batches.flatMap(({ transitions }) => transitions),
    minutes: batches.flatMap(({ minutes }) => minutes),
    hours: batches.flatMap(({ hours }) => hours),
    litellm: [],
  };
}
