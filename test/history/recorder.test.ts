// The recorder over its embedded file, when that cannot be opened or written.

import { Database } from "bun:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { cpSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hourMs, minuteMs, startOf } from "../../src/history/entries.ts";
import { createJournal } from "../../src/history/journal.ts";
import { createOutbox } from "../../src/history/outbox.ts";
import { type Recorder, startRecorder } from "../../src/history/recorder.ts";
import { migrateSqlite, openSqlite } from "../../src/history/sqlite-file.ts";
import { sqliteMigrations } from "../../src/history/sqlite-schema.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";
import { rowOfBytes } from "../../src/table/row-words.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";
import { answer, membersIn, settingsOf } from "./outcomes.ts";

const deployments = 3;
/** No minute and no hour ends in a test. */
const wallMs = startOf(Date.now(), hourMs) + 30.5 * minuteMs;

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

let folder: string;
let file: string;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = temporaryFolder("recorder");
  file = join(folder, "place", "history.sqlite");
  await server.query("drop schema if exists fleetpulse cascade");
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  removeFolder(folder);
});

/** A file stands where the folder belongs: the database cannot be opened until `mend`. */
function breakPlace() {
  const place = join(folder, "place");
  writeFileSync(place, "in the way");
  return { mend: () => renameSync(place, `${place}.away`) };
}

function recording(rows: readonly Row[], databaseUrl: string | null) {
  const table = createTable(deployments);
  const writer = createWriter(table);
  for (const [slot, row] of rows.entries()) writer.claim(slot, slot + 1, row);
  const notices: string[] = [];
  let aheadMs = 0;
  const recorder = startRecorder({
    table,
    clock: { wallMs: () => wallMs, monotonicMs: () => performance.now() + aheadMs },
    onNotice: (text) => notices.push(text),
    settings: settingsOf(file, { databaseUrl, timeoutMs: 2000 }),
  });
  recorder.follow(membersIn(deployments));
  stops.push(() => recorder.stop(5000));
  return {
    ...{ recorder, notices },
    /** What is tried again now and then is tried now. */
    later: () => {
      aheadMs += 60_000;
    },
    round() {
      for (const [slot, row] of rows.entries()) {
        answer(row, false);
        writer.write(slot, row);
      }
    },
  };
}

/** Rows of deployments that were asked before the recorder began. */
function askedRows(times: number): Row[] {
  return Array.from({ length: deployments }, () => {
    const row = emptyRow();
    for (let time = 0; time < times; time += 1) answer(row, false);
    return row;
  });
}

const countOf = (row: Row) => row.classCounts.reduce((sum, count) => sum + count, 0);

/** What the statuses in the file count, and what is in their open minutes, by deployment. */
function statusesIn(path: string) {
  try {
    const database = new Database(path, { readonly: true });
    const found = database
      .query<{ row: Uint8Array; open: string }, []>("select row, open from status order by key")
      .all();
    database.close();
    return found.map(({ row, open }) => ({
      counted: countOf(rowOfBytes(row) ?? emptyRow()),
      open: open === "" ? 0 : (JSON.parse(open) as { hour: { checks: number } }).hour.checks,
    }));
  } catch {
    return [];
  }
}

function isWritten(recorder: Recorder, checks: number): boolean {
  const { written, waiting } = recorder.state();
  return waiting === 0 && written >= checks;
}

for (const engine of ["SQLite", "PostgreSQL"] as const) {
  test(`history in ${engine} whose embedded file cannot be opened at first opens it later, and counts nothing twice`, async () => {
    const place = breakPlace();
    const url = engine === "SQLite" ? null : server.url;
    const one = recording(askedRows(7), url);
    one.round();
    await eventually("it has said so", () => one.notices.length > 0);
    place.mend();
    one.later();
    await eventually("the file is open", () => one.notices.includes(`${file} is open`));
    one.round();
    // The seven of before may be in history already: two are new.
    await eventually("it is in the file", () => {
      const statuses = statusesIn(file);
      return (
        statuses.length === deployments &&
        statuses.every(({ counted, open }) => counted === 9 && open === 2)
      );
    });
    await eventually("all is written", () => one.recorder.state().waiting === 0);
    const page = JSON.parse(
      await one.recorder.ask({
        type: "page",
        query: {
          ...{ kind: "checks", model: null, modelId: null, codes: null, fromMs: null, toMs: null },
          ...{ limit: 10, offset: 0, after: null },
        },
      }),
    ) as { total_records: number };
    expect(page.total_records).toBe(2 * deployments);
  });
}

test("minutes and hours that were open in a file which opens late are in history once", async () => {
  const rows = askedRows(0);
  const before = recording(rows, null);
  before.round();
  await eventually("it is in the file", () => statusesIn(file).length === deployments);
  await before.recorder.stop(5000);
  const away = join(folder, "away");
  renameSync(join(folder, "place"), away);
  const place = breakPlace();
  const one = recording(rows, null);
  one.round();
  await eventually("it has said so", () => one.notices.length > 0);
  place.mend();
  renameSync(away, join(folder, "place"));
  one.later();
  one.round();
  await eventually("the file is open", () => one.notices.includes(`${file} is open`));
  await eventually("it is in the file", () => statusesIn(file)[0]?.counted === 3);
  const answered = JSON.parse(
    await one.recorder.ask({ type: "deployment", key: "deployment-0" }),
  ) as { windows: Record<"1h" | "24h", { checks: number }> };
  expect([answered.windows["1h"].checks, answered.windows["24h"].checks]).toEqual([3, 3]);
});

test("what an older state of the embedded file writes is in the database too", async () => {
  const rows = askedRows(0);
  const first = recording(rows, server.url);
  first.round();
  await eventually("it is written", () => isWritten(first.recorder, deployments));
  await first.recorder.stop(5000);
  const snapshot = join(folder, "snapshot");
  cpSync(join(folder, "place"), snapshot, { recursive: true });
  const then = rows.map((row) => structuredClone(row));
  const second = recording(rows, server.url);
  for (const round of [1, 2, 3]) {
    second.round();
    await eventually("it is written", () => isWritten(second.recorder, round * deployments));
  }
  await second.recorder.stop(5000);
  renameSync(join(folder, "place"), join(folder, "away"));
  renameSync(snapshot, join(folder, "place"));
  const restored = recording(then, server.url);
  for (const round of [1, 2]) {
    restored.round();
    await eventually("it is written", () => isWritten(restored.recorder, round * deployments));
  }
  const [kept] = await server.query("select count(*)::int as count from fleetpulse.outcome");
  expect(kept).toEqual({ count: 6 * deployments });
  expect(restored.notices).toEqual([
    "another process writes history under the identity of this one, which takes a new one",
  ]);
});

test("a disk that takes nothing any more keeps nothing from the database, and nothing comes twice when it does again", async () => {
  const rows = askedRows(0);
  const one = recording(rows, server.url);
  one.round();
  await eventually("it is written", () => isWritten(one.recorder, 2 * deployments));
  const disk = new Database(file);
  const refused = [
    ["insert", "spool"],
    ["delete", "spool"],
    ["insert", "status"],
    ["update", "status"],
  ] as const;
  for (const [what, table] of refused) {
    disk.run(`create trigger no_${what}_${table} before ${what} on ${table}
      begin select raise(abort, 'the disk is full'); end`);
  }
  for (const round of [2, 3]) {
    one.round();
    await eventually("it is written", () => isWritten(one.recorder, (1 + round) * deployments));
  }
  expect(one.recorder.state().error).toBeNull();
  expect(statusesIn(file).map(({ counted }) => counted)).toEqual([1, 1, 1]);
  for (const [what, table] of refused) disk.run(`drop trigger no_${what}_${table}`);
  disk.close();
  one.round();
  await eventually("it is saved", () =>
    statusesIn(file).every(({ counted, open }) => counted === 4 && open === 4),
  );
  await eventually("it is written", () => isWritten(one.recorder, 5 * deployments));
  const [kept] = await server.query("select count(*)::int as count from fleetpulse.outcome");
  expect(kept).toEqual({ count: 4 * deployments });
});

test("a batch that is in the database and cannot be taken off the disk holds up none of the next", () => {
  const database = openSqlite(":memory:");
  migrateSqlite(database, sqliteMigrations);
  const { spool } = createJournal(database);
  const outbox = createOutbox();
  outbox.attach(spool);
  const empty = { subjects: [], checks: [], transitions: [], minutes: [], hours: [], litellm: [] };
  for (let count = 0; count < 3; count += 1) spool.push(empty);
  const next = () => {
    const parcel = outbox.first();
    if (parcel !== null) outbox.drop(parcel);
    return parcel?.seq ?? null;
  };
  database.run(`create trigger full before delete on spool
    begin select raise(abort, 'the disk is full'); end`);
  expect([next(), next()]).toEqual([1, 2]);
  expect(spool.first(0)?.seq).toBe(1);
  database.run("drop trigger full");
  expect(next()).toBe(3);
  expect(spool.first(0)).toBeNull();
});
