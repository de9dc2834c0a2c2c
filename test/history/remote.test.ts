// What the recorder sends to PostgreSQL beside its batches.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { startRemote } from "../../src/history/remote.ts";
import { emptyRow } from "../../src/table/row.ts";
import { bytesOfRow } from "../../src/table/row-words.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually } from "../servers/process.ts";
import { settingsOf } from "./outcomes.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(() => server.query("drop schema if exists fleetpulse cascade"));

async function started() {
  const notices: string[] = [];
  const remote = startRemote({
    ...{ url: server.url, settings: settingsOf(":memory:", { timeoutMs: 2000 }) },
    clock: { wallMs: () => Date.now(), monotonicMs: () => performance.now() },
    wordsOf: String,
    onNotice: (text) => notices.push(text),
  });
  await eventually("the database is ready", () => remote.isWell());
  return { remote, notices };
}

function rowChecked(lastCheckMs: number): Uint8Array {
  return bytesOfRow({ ...emptyRow(), lastCheckMs });
}

test("statuses of a large fleet go a thousand at a time, each once, however often they are asked for", async () => {
  const { remote } = await started();
  await server.query("create table fleetpulse.seen (rows integer)");
  await server.query(`create function fleetpulse.see() returns trigger language plpgsql as $$
    begin insert into fleetpulse.seen select count(*) from came; return null; end $$`);
  await server.query(`create trigger see after insert on fleetpulse.status
    referencing new table as came for each statement execute function fleetpulse.see()`);
  const row = rowChecked(Date.now());
  for (let index = 0; index < 2500; index += 1) remote.mark(`key-${index}`, row);
  await Promise.all([remote.sendStatuses(), remote.sendStatuses(), remote.sendStatuses()]);
  const seen = await server.query("select rows from fleetpulse.seen order by rows desc");
  expect(seen.map((one) => one["rows"])).toEqual([1000, 1000, 500]);
  await remote.stop(Promise.resolve());
});

test("a status that could not be sent is sent with the next, unless a newer one came meanwhile", async () => {
  const { remote } = await started();
  await server.query("alter table fleetpulse.status rename to away");
  await server.query("create view fleetpulse.status as select * from fleetpulse.away where false");
  const before = Date.now();
  remote.mark("a", rowChecked(before));
  remote.mark("b", rowChecked(before));
  const sending = remote.sendStatuses();
  remote.mark("b", rowChecked(before + 1));
  await sending;
  await server.query("drop view fleetpulse.status");
  await server.query("alter table fleetpulse.away rename to status");
  await remote.sendStatuses();
  const kept = await server.query(
    "select key, (extract(epoch from checked_at) * 1000)::float8 as ms from fleetpulse.status order by key",
  );
  expect(kept.map((one) => ({ ...one }))).toEqual([
    { key: "a", ms: before },
    { key: "b", ms: before + 1 },
  ]);
  await remote.stop(Promise.resolve());
});

test("a status that was checked by a clock that was ahead gives way to the next one", async () => {
  const { remote } = await started();
  const nowMs = Date.now();
  const checked = async (ms: number) => {
    remote.mark("a", rowChecked(ms));
    await remote.sendStatuses();
    const [kept] = await server.query(
      "select (extract(epoch from checked_at) * 1000)::float8 as ms from fleetpulse.status",
    );
    return kept?.["ms"];
  };
  expect(await checked(nowMs + 3_600_000)).toBe(nowMs + 3_600_000);
  expect(await checked(nowMs)).toBe(nowMs);
  expect(await checked(nowMs - 1)).toBe(nowMs);
  await remote.stop(Promise.resolve());
});
