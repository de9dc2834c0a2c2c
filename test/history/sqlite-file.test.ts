import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createJournal, savedRows } from "../../src/history/journal.ts";
import { migrateSqlite, openSqlite } from "../../src/history/sqlite-file.ts";
import { sqliteMigrations } from "../../src/history/sqlite-schema.ts";
import { startRecording } from "../faults/recording.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = temporaryFolder("sqlite-file");
  file = join(folder, "history.sqlite");
});
afterEach(() => {
  chmodSync(folder, 0o700);
  removeFolder(folder);
});

function versionOf(database: Database): number | undefined {
  return database.query<{ user_version: number }, []>("pragma user_version").get()?.user_version;
}

function opened(): Database {
  const database = openSqlite(file);
  migrateSqlite(database, sqliteMigrations);
  return database;
}

describe("the embedded file", () => {
  test("is brought up to date by several processes at the same moment", async () => {
    const startMs = Date.now() + 300;
    const children = Array.from({ length: 4 }, () =>
      Bun.spawn([process.execPath, join(import.meta.dir, "migrating.ts"), file, String(startMs)], {
        stdin: "ignore",
        stderr: "pipe",
      }),
    );
    const ended = await Promise.all(
      children.map(async ({ exited, stderr }) => [await exited, await new Response(stderr).text()]),
    );
    expect(ended).toEqual(children.map(() => [0, ""]));
    const database = new Database(file, { readonly: true });
    expect(versionOf(database)).toBe(sqliteMigrations.length);
    database.close();
  });

  test("of a newer version is refused, with what to do, and left as it is", () => {
    const database = opened();
    database.run(`pragma user_version = ${sqliteMigrations.length + 1}`);
    expect(() => migrateSqlite(database, sqliteMigrations)).toThrow("run a newer version");
    expect(versionOf(database)).toBe(sqliteMigrations.length + 1);
    database.close();
  });

  test("keeps nothing of a migration that fails half-way, and takes it when it is mended", () => {
    const database = openSqlite(file);
    const broken = ["create table one (x); create table two (syntax error here"];
    expect(() => migrateSqlite(database, broken)).toThrow();
    expect(versionOf(database)).toBe(0);
    migrateSqlite(database, ["create table one (x); create table two (x)"]);
    expect(versionOf(database)).toBe(1);
    database.close();
  });

  test("keeps nothing of a transaction that fails", () => {
    const database = opened();
    const journal = createJournal(database);
    const work = () =>
      journal.transaction(() => {
        database.run("insert into deployment values (1, 'a', 'a', 'a', 'a', 'a')");
        throw new Error("half-way");
      });
    expect(work).toThrow("half-way");
    expect(database.query("select count(*) as rows from deployment").get()).toEqual({ rows: 0 });
    expect(database.inTransaction).toBe(false);
    database.close();
  });

  test("forgets who was not checked for long while it is open, some with each call", () => {
    const database = opened();
    const journal = createJournal(database);
    database.transaction(() => {
      const save = database.query("insert into status values (?, ?, '', ?)");
      for (let index = 0; index < 1200; index += 1) {
        save.run(`key-${index}`, new Uint8Array(1280), index % 2 === 0 ? 1000 : 3000);
      }
      save.run("never", new Uint8Array(1280), 0);
    })();
    const left = () =>
      database.query<{ rows: number }, []>("select count(*) as rows from status").get()?.rows;
    journal.forgetSomeBefore(2000);
    expect(left()).toBe(950);
    for (let call = 0; call < 3; call += 1) journal.forgetSomeBefore(2000);
    expect(left()).toBe(601);
    journal.forgetBefore(2000);
    expect(left()).toBe(600);
    database.close();
  });

  test("with statuses of another table layout, or cut ones, gives those back that are whole", () => {
    const database = opened();
    const save = database.query("insert into status values (?, ?, '', 1)");
    save.run("short", new Uint8Array(10));
    save.run("other layout", new Uint8Array(512).fill(7));
    expect([...createJournal(database).statuses()]).toEqual([]);
    database.close();
    expect(savedRows(file).size).toBe(0);
  });
});

describe("a recorder without PostgreSQL", () => {
  const checks = () => {
    const database = new Database(file, { readonly: true });
    const found = database
      .query<{ rows: number }, []>("select count(*) as rows from outcome")
      .get();
    database.close();
    return found?.rows;
  };

  test("that is locked out by another process says so, goes on, and writes everything when it may again", async () => {
    opened().close();
    const other = new Database(file);
    const one = startRecording(null, { sqliteFile: file });
    await one.round();
    other.run("begin immediate");
    await one.round();
    await one.fails("database is locked");
    other.run("rollback");
    other.close();
    await one.heals();
    expect(checks()).toBe(10);
    await one.stop();
    expect(one.notices.filter((text) => text.includes("cannot be written"))).toHaveLength(1);
  }, 60_000);

  test("whose file is damaged says so, records into memory, and begins a file when that one is gone", async () => {
    writeFileSync(
      file,
      "this is no database, and it is longer than the header of one. ".repeat(20),
    );
    const one = startRecording(null, { sqliteFile: file });
    await one.fails("file is not a database");
    await one.round();
    rmSync(file);
    await one.heals();
    expect(checks()).toBe(5);
    await one.stop();
  }, 60_000);

  test("whose folder cannot be made says so, and makes it when nothing is in its way", async () => {
    const folderOfFile = join(folder, "data");
    writeFileSync(folderOfFile, "a file where the folder should be");
    file = join(folderOfFile, "history.sqlite");
    const one = startRecording(null, { sqliteFile: file });
    await one.fails(file);
    await one.round();
    rmSync(folderOfFile);
    mkdirSync(folderOfFile);
    await one.heals();
    expect(existsSync(file)).toBe(true);
    expect(checks()).toBe(5);
    await one.stop();
  }, 60_000);
});
