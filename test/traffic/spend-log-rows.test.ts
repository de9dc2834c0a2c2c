import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres, { type Sql } from "postgres";
import {
  entriesAt,
  type LogPlace,
  placeAt,
  placesAfter,
  type SpendLogTable,
} from "../../src/traffic/spend-log-rows.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { newerIndex, table } from "./proxy-database.ts";

const rows = 50_000;
const name = '"LiteLLM_SpendLogs"';
let server: PostgresServer;
let sql: Sql;

beforeAll(async () => {
  server = await startPostgres();
  await server.query(table);
  // Three in each millisecond, so that pages end among equals.
  await server.query(`insert into "LiteLLM_SpendLogs" (request_id, call_type, "startTime", "endTime")
    select 'id-' || lpad(n::text, 6, '0'), 'acompletion', timestamp '2026-01-02' + (n / 3) * interval '1 millisecond',
    timestamp '2026-01-03' from generate_series(0, ${rows - 1}) n`);
  await server.query('analyze "LiteLLM_SpendLogs"');
  sql = postgres(server.url, { max: 1, onnotice: () => {}, prepare: false, fetch_types: false });
}, 60_000);
afterAll(async () => {
  await sql.end();
  await server.stop();
});

/** The plan that the server makes of what a question asks. */
async function planOf(ask: (explained: SpendLogTable) => Promise<unknown>): Promise<string> {
  let plan = "";
  const explained = async (strings: TemplateStringsArray, ...values: never[]) => {
    const head = [`explain ${strings[0]}`, ...strings.slice(1)];
    const found = await sql(Object.assign(head, { raw: head }) as TemplateStringsArray, ...values);
    plan = found.map((row) => String(Object.values(row)[0])).join("\n");
    return [];
  };
  const unsafe = (text: string) => sql.unsafe(text);
  await ask({ sql: Object.assign(explained, { unsafe }) as unknown as Sql, name });
  return plan;
}

async function allAfter(start: LogPlace, page: number): Promise<string[]> {
  const ids: string[] = [];
  let place = start;
  for (;;) {
    const found = await placesAfter({ sql, name }, place, page);
    ids.push(...found.map(({ id }) => id));
    const last = found.at(-1);
    if (last === undefined) return ids;
    place = last;
  }
}

describe("the questions to spend logs", () => {
  test("go through the table page by page, and neither miss nor repeat a row", async () => {
    const ids = await allAfter(placeAt(Date.UTC(2026, 0, 2, 0, 0, 16)), 500);
    const expected = Array.from({ length: rows - 48_000 }, (_, index) => `id-0${48_000 + index}`);
    expect(ids).toEqual(expected);
  });

  for (const [title, prepare] of [
    ["an older proxy's", async () => {}],
    ["a newer proxy's", async () => void (await server.query(newerIndex))],
  ] as const) {
    test(`are answered from indexes of ${title} table, without reading it all`, async () => {
      await prepare();
      const place = placeAt(Date.UTC(2026, 0, 2, 0, 0, 8));
      const places = await placesAfter({ sql, name }, place, 500);
      const ids = await planOf((explained) => placesAfter(explained, place, 5000));
      const whole = await planOf((explained) => entriesAt(explained, places));
      expect(ids).toContain("LiteLLM_SpendLogs_startTime");
      expect(ids).not.toContain("Seq Scan");
      expect(whole).toContain("Index");
      expect(whole).not.toContain("Seq Scan");
    });
  }
});
