// History as the main thread sees it: nothing that its thread does or does not do holds anybody up, and nothing is lost when it dies.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Worker as NodeWorker } from "node:worker_threads";
import { systemClock } from "../../src/clock.ts";
import { type Asker, createAsker } from "../../src/history/asker.ts";
import { type History, startHistory } from "../../src/history/history.ts";
import type { RecorderStart } from "../../src/history/messages.ts";
import { emptyRow } from "../../src/table/row.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";
import { answer, membersIn, settingsOf } from "./outcomes.ts";

let folder: string;
let history: History | null = null;
let asker: Asker;
beforeEach(() => {
  folder = temporaryFolder("history");
});
afterEach(async () => {
  await history?.stop(2000);
  removeFolder(folder);
});

function started(nodeName: string, entry = "misbehaving.ts") {
  const table = createTable(3);
  const writer = createWriter(table);
  const notices: string[] = [];
  const rows = [0, 1, 2].map((slot) => {
    const row = emptyRow();
    writer.claim(slot, slot + 1, row);
    return row;
  });
  const sqliteFile = join(folder, "history.sqlite");
  asker = createAsker(() => 100);
  const one = startHistory({
    table,
    clock: systemClock,
    entry: new URL(entry, import.meta.url),
    onNotice: (text) => notices.push(text),
    onThread: () => asker.connect(one.open()),
    settings: settingsOf(sqliteFile, { timeoutMs: 100, nodeName }),
  });
  history = one;
  one.follow(membersIn(rows.length));
  let rounds = 0;
  function write(): void {
    rounds += 1;
    for (const [slot, row] of rows.entries()) {
      answer(row, false);
      writer.write(slot, row);
    }
  }
  const checks = () => {
    try {
      const database = new Database(sqliteFile, { readonly: true });
      const found = database
        .query<{ rows: number }, []>("select count(*) as rows from outcome")
        .get();
      database.close();
      return found?.rows ?? 0;
    } catch {
      return 0;
    }
  };
  return {
    ...{ history: one, notices, checks },
    /** One outcome of each deployment. */
    write,
    /** The same; resolves when all so far are in the file. */
    async round() {
      write();
      await eventually("the round is in the file", () => checks() >= rounds * rows.length);
    },
    expected: () => rounds * rows.length,
  };
}

const question = { type: "deployment", key: "deployment-0" } as const;

describe("history", () => {
  test("answers a question with what was recorded", async () => {
    const one = started("well");
    await one.round();
    const answer = JSON.parse(await asker.ask(question)) as { recent_checks: unknown[] };
    expect(answer.recent_checks).toHaveLength(1);
  });

  test("that is asked over a new port answers there, and no more over the one before", async () => {
    const one = started("well");
    await one.round();
    const before = asker;
    const next = createAsker(() => 100);
    next.connect(one.history.open());
    expect(JSON.parse(await next.ask(question))).toHaveProperty("recent_checks");
    await expect(before.ask(question)).rejects.toThrow("history did not answer in time");
    next.connect(null);
  });

  test("that never answers rejects at the deadline, and takes no more than 64 questions at once", async () => {
    started("mute");
    await eventually("it takes questions", () =>
      asker.ask(question).then(
        () => false,
        (error: Error) => error.message === "history did not answer in time",
      ),
    );
    const asked = Array.from({ length: 65 }, () =>
      asker.ask(question).then(
        () => "answered",
        (error: Error) => error.message,
      ),
    );
    expect(await asked[64]).toBe("too many questions to history at once");
    expect(new Set(await Promise.all(asked.slice(0, 64)))).toEqual(
      new Set(["history did not answer in time"]),
    );
  }, 60_000);

  test("that is not running yet says so at once", async () => {
    started("well");
    await expect(asker.ask(question)).rejects.toThrow("the recorder is not running");
  });

  for (const way of ["throws", "exits"]) {
    test(`whose thread ${way} goes on with another one: nothing is missing and nothing twice`, async () => {
      const one = started(way);
      await one.round();
      await eventually("it was replaced", () =>
        one.notices.some((text) => text.includes("it is replaced")),
      );
      for (let time = 0; time < 3; time += 1) await one.round();
      expect(JSON.parse(await asker.ask(question))).toHaveProperty("recent_checks");
      expect(one.checks()).toBe(one.expected());
      expect(one.history.state().written).toBeGreaterThanOrEqual(one.expected());
    }, 60_000);
  }

  test("that is stopped before its thread has started writes down what there is all the same", async () => {
    const one = started("well");
    one.write();
    await one.history.stop(60_000);
    history = null;
    expect(one.checks()).toBe(one.expected());
  });

  test("that is stopped while its thread is being replaced has the next one write down what there is", async () => {
    const one = started("throws");
    await one.round();
    await eventually("it is being replaced", () =>
      one.notices.some((text) => text.includes("it is replaced")),
    );
    one.write();
    await one.history.stop(60_000);
    history = null;
    expect(one.checks()).toBe(one.expected());
  });

  test("stops within its bound though its thread does not listen", async () => {
    const one = started("mute");
    await eventually("it is there", () =>
      asker.ask(question).then(
        () => false,
        (error: Error) => error.message === "history did not answer in time",
      ),
    );
    await one.history.stop(50);
    history = null;
    await expect(asker.ask(question)).rejects.toThrow("the recorder is not running");
  });
});

test("a thread says that it is there before it opens a file that is locked", async () => {
  const sqliteFile = join(folder, "locked.sqlite");
  const other = new Database(sqliteFile, { create: true });
  other.run("begin exclusive");
  const start: RecorderStart = {
    table: createTable(1).handle,
    settings: settingsOf(sqliteFile),
  };
  const said: string[] = [];
  const worker = new NodeWorker(new URL("../../workers/recorder.ts", import.meta.url), {
    workerData: start,
  });
  worker.on("message", ({ type }: { type: string }) => said.push(type));
  await eventually("it has tried", () => said.includes("state"));
  expect(said.slice(0, 3)).toEqual(["ready", "notice", "state"]);
  await worker.terminate();
  other.close();
}, 60_000);

test("a thread that is ended in the middle of a transaction does not lock its successor out", async () => {
  const file = join(folder, "locked.sqlite");
  const worker = new Worker(
    `data:text/javascript,${encodeURIComponent(`
      const { Database } = await import("bun:sqlite");
      const database = new Database(${JSON.stringify(file)}, { create: true });
      database.run("pragma journal_mode = wal");
      database.run("create table one (x)");
      database.run("begin immediate");
      database.run("insert into one values (1)");
      postMessage("in the middle");
      setInterval(() => {}, 1000);`)}`,
  );
  await new Promise((resolve) => worker.addEventListener("message", resolve, { once: true }));
  worker.terminate();
  const database = new Database(file);
  database.run("pragma busy_timeout = 100");
  await eventually("the lock is free", () => {
    try {
      database.run("begin immediate");
      return true;
    } catch {
      return false;
    }
  });
  expect(database.query("select count(*) as rows from one").get()).toEqual({ rows: 0 });
  database.close();
});
