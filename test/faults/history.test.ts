// PostgreSQL as it fails, and history over it: each failure is told, delays nobody, and costs no entry; it heals by itself.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually } from "../servers/process.ts";
import { type Line, startLine } from "./line.ts";
import { type Recording, startRecording } from "./recording.ts";

const role = "recorder";
const password = "recorder-secret-1";
const boundMs = 30_000;

let server: PostgresServer;
let name: string;
let number = 0;
const open: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

beforeEach(async () => {
  number += 1;
  name = `history_${number}`;
  await admin(`drop role if exists ${role}`);
  await admin(`create role ${role} login password '${password}'`);
  await admin(`create database ${name} owner ${role}`);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
  await admin(`drop database if exists ${name} with (force)`);
  await admin(`drop role ${role}`);
});

const port = () => Number(new URL(server.url).port);
const urlBy = (at: number) => `postgres://${role}:${password}@127.0.0.1:${at}/${name}`;

function recording(at = port()): Recording {
  const started = startRecording(urlBy(at));
  open.unshift(started);
  return started;
}

async function line(): Promise<Line> {
  const started = await startLine(port());
  open.push(started);
  return started;
}

/** One statement of the administrator, on a connection of its own: servers are killed here. */
const admin = (statement: string) => server.query(statement);

/** One statement in the database of the test, by its administrator. */
async function query(statement: string): Promise<readonly Record<string, unknown>[]> {
  const sql = postgres(server.url.replace(/\/postgres$/, `/${name}`), {
    max: 1,
    onnotice: () => {},
  });
  try {
    return [...(await sql.unsafe(statement))];
  } finally {
    await sql.end();
  }
}

async function dropConnections(): Promise<void> {
  await admin(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`);
}

/** Runs through a failure: rounds before, while it lasts and after, and everything is there once. */
async function survives(
  one: Recording,
  words: string,
  fail: () => Promise<unknown> | unknown,
  mend: () => Promise<unknown> | unknown,
): Promise<void> {
  await one.round();
  await one.heals();
  await fail();
  await one.round();
  await one.fails(words);
  await one.round();
  expect(one.recorder().state().waiting).toBeGreaterThan(0);
  await mend();
  await one.heals();
  await one.round();
  await one.heals();
  await one.expectExactly(query);
  const told = one.notices.filter((text) => text.includes("waits for the database"));
  expect(told).toHaveLength(1);
  expect(one.notices.join()).not.toContain(password);
}

describe("history goes on, with every entry once, when PostgreSQL", () => {
  test(
    "does not listen, and listens again",
    async () => {
      await survives(
        recording(),
        "ECONNREFUSED",
        () => server.kill(),
        () => server.start(),
      );
    },
    boundMs,
  );

  test(
    "hangs, and goes on",
    async () => {
      const words = "the database did not answer within";
      await survives(
        recording(),
        words,
        () => server.freeze(),
        () => server.thaw(),
      );
    },
    boundMs,
  );

  test(
    "takes connections and does not serve them, and serves them again",
    async () => {
      const between = await line();
      await survives(
        recording(between.port),
        "did not answer within",
        () => {
          between.set("held");
          between.cut();
        },
        () => {
          between.set("open");
          between.cut();
        },
      );
    },
    boundMs,
  );

  test(
    "commits and its answers are lost",
    async () => {
      const between = await line();
      await survives(
        recording(between.port),
        "did not answer within",
        () => between.set("deaf"),
        () => {
          between.set("open");
          between.cut();
        },
      );
    },
    boundMs,
  );

  test(
    "resets every connection, again and again",
    async () => {
      const between = await line();
      const one = recording(between.port);
      await one.round();
      await one.heals();
      for (let time = 0; time < 5; time += 1) {
        between.cut();
        await one.round();
      }
      await one.heals();
      await one.expectExactly(query);
    },
    boundMs,
  );

  test(
    "ends our connection, as an administrator does",
    async () => {
      const one = recording();
      await one.round();
      await one.heals();
      await dropConnections();
      await one.round();
      await one.heals();
      await one.expectExactly(query);
    },
    boundMs,
  );

  test(
    "is killed in the middle of a transaction, and starts again",
    async () => {
      const one = recording();
      await one.round();
      await one.heals();
      // The batch waits for this lock, its transaction open.
      const other = postgres(server.url.replace(/\/postgres$/, `/${name}`), {
        max: 1,
        onnotice: () => {},
      });
      await other.unsafe("begin; lock table fleetpulse.outcome in exclusive mode");
      await one.round();
      await eventually("a transaction waits", async () => {
        const waiting = await admin(
          `select 1 from pg_stat_activity where usename = '${role}' and wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
      await server.kill();
      await other.end({ timeout: 0 }).catch(() => {});
      await one.round();
      await server.start();
      await one.heals();
      await one.expectExactly(query);
    },
    boundMs,
  );

  test(
    "loses one of its processes to kill -9, and recovers",
    async () => {
      const one = recording();
      await one.round();
      await one.heals();
      const [ours] = await admin(`select pid from pg_stat_activity where usename = '${role}'`);
      process.kill(Number(ours?.["pid"]), "SIGKILL");
      await one.round();
      await one.heals();
      await eventually("the administrator is connected again", async () =>
        admin("select 1").then(
          () => true,
          () => false,
        ),
      );
      await one.expectExactly(query);
    },
    boundMs,
  );

  test(
    "becomes read-only, and takes writes again",
    async () => {
      const set = (value: string) =>
        admin(`alter role ${role} set default_transaction_read_only = ${value}`);
      await survives(
        recording(),
        "read-only transaction",
        async () => {
          await set("on");
          await dropConnections();
        },
        async () => {
          await set("off");
          await dropConnections();
        },
      );
    },
    boundMs,
  );

  test(
    "refuses the password, and takes it again",
    async () => {
      const set = (value: string) => admin(`alter role ${role} password '${value}'`);
      await survives(
        recording(),
        "password authentication failed",
        async () => {
          await set("another-secret");
          await dropConnections();
        },
        () => set(password),
      );
    },
    boundMs,
  );

  test(
    "has no connection left for us, and has one again",
    async () => {
      const limit = (count: number) => admin(`alter role ${role} connection limit ${count}`);
      await survives(
        recording(),
        "too many connections",
        async () => {
          await limit(0);
          await dropConnections();
        },
        () => limit(-1),
      );
    },
    boundMs,
  );

  test(
    "holds a lock on our tables for long",
    async () => {
      const other = postgres(server.url.replace(/\/postgres$/, `/${name}`), {
        max: 1,
        onnotice: () => {},
      });
      await survives(
        recording(),
        "did not answer within",
        () => other.unsafe("begin; lock table fleetpulse.node in access exclusive mode"),
        async () => {
          await other.unsafe("rollback");
          await other.end();
        },
      );
    },
    boundMs,
  );

  test(
    "does not let us make our schema at first, and lets us later",
    async () => {
      await admin(`alter database ${name} owner to postgres`);
      const one = recording();
      await one.round();
      await one.fails("permission denied");
      expect(one.recorder().state().initialized).toBe(false);
      await admin(`grant create on database ${name} to ${role}`);
      await one.heals();
      await one.expectExactly(query);
    },
    boundMs,
  );

  test(
    "is not there when we start, and comes",
    async () => {
      await server.kill();
      const one = recording();
      await one.round();
      await one.fails("ECONNREFUSED");
      await server.start();
      await one.heals();
      await one.expectExactly(query);
    },
    boundMs,
  );
});

describe("history begins anew, and goes on, when", () => {
  test(
    "its schema is dropped",
    async () => {
      const one = recording();
      await one.round();
      await one.heals();
      await query("drop schema fleetpulse cascade");
      await one.round();
      await one.heals();
      const [kept] = await query("select count(*)::int as count from fleetpulse.outcome");
      expect(kept?.["count"]).toBe(5);
    },
    boundMs,
  );

  test(
    "its database is dropped and made anew",
    async () => {
      const one = recording();
      await one.round();
      await one.heals();
      await admin(`drop database ${name} with (force)`);
      await one.round();
      await one.fails("does not exist");
      await admin(`create database ${name} owner ${role}`);
      await one.heals();
      const [kept] = await query("select count(*)::int as count from fleetpulse.outcome");
      expect(kept?.["count"]).toBe(5);
    },
    boundMs,
  );
});

test(
  "a question to history ends at its deadline while PostgreSQL hangs, with words that may be shown",
  async () => {
    const one = recording();
    await one.round();
    await one.heals();
    server.freeze();
    const asked = one.recorder().ask({ type: "deployment", key: "deployment-0" });
    await expect(asked).rejects.toThrow("the database did not answer within 300 ms");
    server.thaw();
    await eventually("it is answered again", () =>
      one
        .recorder()
        .ask({ type: "deployment", key: "deployment-0" })
        .then(
          () => true,
          () => false,
        ),
    );
  },
  boundMs,
);

test(
  "stopping ends within its bound while PostgreSQL hangs, and the next start writes what waits",
  async () => {
    const one = recording();
    await one.round();
    await one.heals();
    server.freeze();
    await one.round();
    await one.restart(100);
    expect(one.recorder().state().waiting).toBeGreaterThan(0);
    server.thaw();
    await one.round();
    await one.heals();
    await one.expectExactly(query);
  },
  boundMs,
);
