import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteCheck } from "../../src/services/sqlite.ts";
import { becomes, refusal, watch } from "./running.ts";

const folder = mkdtempSync(join(tmpdir(), "fleetpulse-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the embedded store", () => {
  test("is made where it is missing, folder and all", async () => {
    const file = join(folder, "deep", "er.sqlite");
    const loop = watch(sqliteCheck(file));
    await becomes(loop, "connected");
    expect(existsSync(file)).toBe(true);
    loop.stop();
  });

  test("is opened by two processes' worth of readers at once", async () => {
    const file = join(folder, "shared.sqlite");
    const loops = [watch(sqliteCheck(file)), watch(sqliteCheck(file))];
    for (const loop of loops) await becomes(loop, "connected");
    for (const loop of loops) loop.stop();
  });

  test("heals when what was in its way is gone", async () => {
    const obstacle = join(folder, "obstacle");
    writeFileSync(obstacle, "not a folder");
    const loop = watch(sqliteCheck(join(obstacle, "db.sqlite")));
    await becomes(loop, "disconnected");
    rmSync(obstacle);
    await becomes(loop, "connected");
    loop.stop();
  });
});

describe("an embedded store that cannot be opened says which file and why:", () => {
  test("its folder is a file", async () => {
    writeFileSync(join(folder, "file"), "not a folder");
    const file = join(folder, "file", "db.sqlite");
    expect(await refusal(sqliteCheck(file))).toMatch(
      /^cannot open .*db\.sqlite: .*(ENOTDIR|EEXIST)/,
    );
  });

  test("it is a folder", async () => {
    const file = join(folder, "folder.sqlite");
    mkdirSync(file);
    expect(await refusal(sqliteCheck(file))).toMatch(
      /^cannot open .*folder\.sqlite: unable to open/,
    );
  });

  test("it is no database", async () => {
    const file = join(folder, "text.sqlite");
    writeFileSync(file, "words, and enough of them to be read as the header of a file".repeat(10));
    expect(await refusal(sqliteCheck(file))).toMatch(
      /^cannot open .*text\.sqlite: .*not a database/,
    );
  });
});
