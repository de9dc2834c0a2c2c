// What is written down of deployments that another replica asks: everything where each replica has its own file, nothing where all
// write into one database.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { hourMs, minuteMs, startOf } from "../../src/history/entries.ts";
import { createGatherer } from "../../src/history/gatherer.ts";
import { savedRows } from "../../src/history/journal.ts";
import { startRecorder } from "../../src/history/recorder.ts";
import { emptyRow, type Row, type Source, sources } from "../../src/table/row.ts";
import { scalarOfBytes } from "../../src/table/row-words.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";
import { answer, membersIn, settingsOf } from "./outcomes.ts";

const beginMs = Date.UTC(2026, 0, 1, 10, 20);
const key = "deployment-0";

/** A row that has one outcome more, as `source` tells of it. */
function next(row: Row, source: Source, atMs: number, fails = false): Row {
  const after = structuredClone(row);
  answer(after, fails);
  after.source = sources.indexOf(source);
  after.lastCheckMs = atMs;
  if (after.state !== row.state) after.sinceMs = atMs;
  return after;
}

/** One deployment, looked at whenever its row is told. A restart knows the row that was saved, and begins with it, or with a later one. */
function gathering(isShared: boolean, known: Row | null = null, begins: Row | null = known) {
  const table = createTable(1);
  const writer = createWriter(table);
  let nowMs = beginMs;
  const saved: { open: string; isOurs: boolean }[] = [];
  const gatherer = createGatherer({
    ...{ table, isShared, litellmTable: true },
    clock: { wallMs: () => nowMs, monotonicMs: () => nowMs },
    onChanged: ({ open }, isOurs) => saved.push({ open, isOurs }),
  });
  gatherer.restore(known === null ? [] : [{ key, row: known, open: "" }]);
  let row = begins === null ? emptyRow() : { ...begins, source: sources.indexOf("restored") };
  writer.claim(0, 1, row);
  gatherer.follow(membersIn(1));
  gatherer.look();
  return {
    ...{ gatherer, saved, begun: gatherer.take() },
    /** What is written down of the next outcome, ten seconds later. */
    tell(source: Source, fails = false, change: (row: Row) => void = () => {}) {
      nowMs += 10_000;
      row = next(row, source, nowMs, fails);
      change(row);
      writer.write(0, row);
      gatherer.look();
      return gatherer.take();
    },
    wait(ms: number) {
      for (let passed = 0; passed < ms; passed += 30_000) {
        nowMs += 30_000;
        gatherer.look();
        for (let call = 0; call < 20; call += 1) gatherer.closeEnded();
      }
      return gatherer.take();
    },
  };
}

/** As if it had asked for long before. */
function countedBefore(row: Row): void {
  row.classCounts[0] = (row.classCounts[0] ?? 0) + 5000;
  row.promptTokens += 40_000;
}

describe("in a database of all replicas, of a deployment that another one asks", () => {
  test("nothing is written down, and what is asked here goes on from its row", () => {
    const one = gathering(true);
    expect(one.tell("probe")?.checks).toHaveLength(1);
    one.tell("peer");
    for (let time = 0; time < 20; time += 1) expect(one.tell("peer", time > 10)).toBeNull();
    expect(one.saved.at(-1)).toEqual({ open: "", isOurs: false });
    const taken = one.tell("probe");
    expect(taken?.checks).toMatchObject([{ key, prompt_tokens: 8, completion_tokens: 2 }]);
    expect(taken?.transitions).toMatchObject([{ from_state: 3, to_state: 1 }]);
    expect(one.saved.at(-1)?.isOurs).toBe(true);
    expect(one.gatherer.unseen()).toBe(0);
  });

  test("the minute and the hour end when it passes on, and no later ones are written", () => {
    const one = gathering(true);
    one.tell("probe");
    one.tell("probe");
    const passed = one.tell("peer", false, countedBefore);
    expect(passed).toMatchObject({ checks: [], transitions: [] });
    expect(passed?.minutes).toMatchObject([{ key, checks: 2 }]);
    expect(passed?.hours).toMatchObject([{ key, checks: 2, up_ms: 20_000 }]);
    one.tell("peer");
    expect(one.wait(2 * hourMs)).toBeNull();
  });

  test("nothing is written of it by a process that has just begun and not asked it", () => {
    const saved = next(emptyRow(), "peer", beginMs - 60_000);
    const one = gathering(true, saved);
    const told = one.tell("peer", false, (row) => {
      row.classCounts[0] = 100;
    });
    expect(told).toBeNull();
    expect(one.saved.at(-1)).toEqual({ open: "", isOurs: false });
    expect(one.tell("probe")?.checks).toMatchObject([{ prompt_tokens: 8 }]);
    expect(one.gatherer.openOf(key).hour).toMatchObject({ checks: 1 });
  });

  test("an hour that began with a peer is written from where it came here", () => {
    const one = gathering(true);
    one.tell("peer", false, countedBefore);
    one.tell("peer");
    expect(one.gatherer.openOf(key)).toMatchObject({ hour: { checks: 2 }, isOfPeer: true });
    one.tell("probe");
    one.tell("probe");
    expect(one.gatherer.openOf(key)).toMatchObject({ hour: { checks: 2 }, isOfPeer: false });
    expect(one.wait(hourMs)?.hours).toMatchObject([{ checks: 2 }]);
  });

  test("its last outcome before it came here is the other's, also when its row was seen only afterwards", () => {
    const one = gathering(true);
    one.tell("probe");
    one.tell("peer");
    expect(one.tell("restored", true)).toBeNull();
    expect(one.saved.at(-1)?.isOurs).toBe(true);
    expect(one.gatherer.openOf(key)).toMatchObject({ minute: null, isOfPeer: false });
    const taken = one.tell("probe");
    expect(taken?.checks).toMatchObject([{ key, prompt_tokens: 8 }]);
    expect(taken?.transitions).toMatchObject([{ from_state: 3, to_state: 1 }]);
    expect(one.gatherer.openOf(key)).toMatchObject({ hour: { checks: 1, up_ms: 0 } });
    expect(one.gatherer.unseen()).toBe(0);
  });

  test("so are all that it counted while the deployment was there between two looks", () => {
    const one = gathering(true);
    one.tell("probe");
    const passed = one.tell("restored", false, countedBefore);
    expect(passed).toMatchObject({ checks: [], minutes: [{ checks: 1 }], hours: [{ checks: 1 }] });
    expect(one.tell("probe")?.checks).toMatchObject([{ prompt_tokens: 8 }]);
    expect(one.gatherer.openOf(key)).toMatchObject({ hour: { checks: 1 } });
  });

  test("a failure of the prober itself that comes before its first answer here is counted here", () => {
    const one = gathering(true);
    one.tell("peer");
    one.tell("restored");
    one.tell("restored", false, (row) => {
      row.lastCheckMs -= 10_000;
    });
    expect(one.gatherer.openOf(key)).toMatchObject({ hour: { checks: 1 } });
  });

  test("LiteLLM's table has a row of it once an hour, whoever asks", () => {
    const one = gathering(true);
    expect(one.tell("peer")).toBeNull();
    expect(one.tell("probe")?.litellm).toEqual([]);
    expect(one.tell("probe", true)?.litellm).toHaveLength(1);
  });
});

describe.each([true, false])("after a restart, in a database of all replicas: %p,", (isShared) => {
  const saved = next(emptyRow(), "probe", beginMs - 60_000);

  test("nothing that was saved is counted again", () => {
    const one = gathering(isShared, saved);
    expect(one.begun).toBeNull();
    expect(one.gatherer.openOf(key)).toMatchObject({ minute: null, hour: null });
  });

  test("what a killed process found out and did not save is counted, once", () => {
    const one = gathering(isShared, saved, next(saved, "probe", beginMs - 59_000, true));
    expect(one.begun?.checks).toMatchObject([{ key, at_ms: beginMs - 59_000 }]);
    expect(one.begun?.transitions).toMatchObject([{ from_state: 1, to_state: 3 }]);
    expect(one.tell("probe")?.checks).toHaveLength(1);
    expect(one.gatherer.openOf(key)).toMatchObject({ hour: { checks: 2 } });
  });
});

test("after a restart with a database of all replicas, what a peer told a killed process that did not save it is the peer's", () => {
  const saved = next(emptyRow(), "peer", beginMs - 60_000);
  const one = gathering(true, saved, next(saved, "peer", beginMs - 59_000, true));
  expect(one.begun).toBeNull();
  expect(one.tell("probe", true)?.checks).toHaveLength(1);
  expect(one.gatherer.openOf(key)).toMatchObject({ hour: { checks: 1 } });
});

describe("in a file of its own, a replica", () => {
  test("writes down what it sees of others as of itself", () => {
    const one = gathering(false);
    one.tell("probe");
    const seen = one.tell("peer", true);
    expect(seen?.checks).toMatchObject([{ prompt_tokens: 8 }]);
    expect(seen?.transitions).toMatchObject([{ from_state: 1, to_state: 3 }]);
    expect(seen?.hours).toEqual([]);
    one.tell("probe");
    expect(one.wait(hourMs)?.hours).toMatchObject([{ checks: 3, passed: 2 }]);
  });

  test("takes one outcome of a row on which another one has counted for long, and counts on from there", () => {
    const one = gathering(false);
    one.tell("probe");
    expect(one.tell("peer", false, countedBefore)?.checks).toMatchObject([{ prompt_tokens: 0 }]);
    expect(one.tell("peer")?.checks).toMatchObject([{ prompt_tokens: 8 }]);
    expect(one.gatherer.openOf(key).hour).toMatchObject({ checks: 3, prompt_tokens: 16 });
  });

  test("takes one outcome of what others asked while it did not run", () => {
    const one = gathering(false, next(emptyRow(), "peer", beginMs - 60_000));
    expect(one.tell("peer", false, countedBefore)?.checks).toHaveLength(1);
    expect(one.gatherer.openOf(key).hour).toMatchObject({ checks: 1 });
  });

  test("takes one outcome of a row whose counters are lower than those here", () => {
    const one = gathering(false);
    for (let time = 0; time < 3; time += 1) one.tell("probe");
    one.tell("peer", false, (row) => {
      row.classCounts.fill(0);
      row.classCounts[0] = 2;
    });
    expect(one.gatherer.openOf(key).hour).toMatchObject({ checks: 4 });
  });

  test("counts nothing for a row that tells of the same check", () => {
    const one = gathering(false);
    one.tell("probe");
    one.tell("peer", false, (row) => {
      countedBefore(row);
      row.lastCheckMs -= 10_000;
    });
    expect(one.gatherer.openOf(key).hour).toMatchObject({ checks: 1 });
  });
});

describe("two replicas with one database", () => {
  let server: PostgresServer;
  let folder: string;
  beforeAll(async () => {
    server = await startPostgres();
  });
  beforeEach(async () => {
    await server.query("drop schema if exists fleetpulse cascade");
  });
  afterAll(() => server.stop());

  /** No minute and no hour ends in a test. */
  const wallMs = startOf(Date.now(), hourMs) + 30.5 * minuteMs;

  function replica(name: string) {
    const table = createTable(1);
    const writer = createWriter(table);
    writer.claim(0, 1, emptyRow());
    const file = join(folder, `${name}.sqlite`);
    const recorder = startRecorder({
      table,
      clock: { wallMs: () => wallMs, monotonicMs: () => performance.now() },
      onNotice: () => {},
      settings: settingsOf(file, { databaseUrl: server.url, timeoutMs: 2000, nodeName: name }),
    });
    recorder.follow(membersIn(1));
    return {
      recorder,
      show: (row: Row) => writer.write(0, row),
      /** The last check that it has saved. */
      savedMs() {
        const row = savedRows(file).get(key);
        return row === undefined ? null : scalarOfBytes(row, "lastCheckMs");
      },
    };
  }

  const countOf = async (table: string, what = "count(*)") => {
    const [found] = await server.query(`select ${what}::int as count from fleetpulse.${table}`);
    return Number(found?.["count"]);
  };

  test("write down each check, each change and all minutes and hours once, whoever asks", async () => {
    folder = temporaryFolder("peers");
    const replicas = [replica("one"), replica("two")];
    try {
      await eventually("both are there", () =>
        replicas.every(({ recorder }) => recorder.state().initialized),
      );
      let row = emptyRow();
      let checks = 0;
      // The first asks, then the second, then the first again; the change is the second's.
      for (const owner of [0, 0, 1, 1, 0]) {
        const fails = owner === 1;
        row = next(row, "probe", wallMs - 60_000 + ++checks, fails);
        const told = { ...row, source: sources.indexOf("peer") };
        for (const [place, { show }] of replicas.entries()) show(place === owner ? row : told);
        await eventually("it is written", async () => (await countOf("outcome")) === checks);
        await eventually("both have seen it", () =>
          replicas.every(({ savedMs }) => savedMs() === row.lastCheckMs),
        );
      }
      for (const { recorder } of replicas) await recorder.stop(5000);
      expect(await countOf("outcome")).toBe(5);
      expect(await countOf("outcome", "count(distinct node)")).toBe(2);
      expect(await countOf("transition")).toBe(3);
      expect(await countOf("status")).toBe(1);
      // The last one goes on; what passed on is written, each part by who asked.
      expect(await countOf("rollup_hour", "sum(checks)")).toBe(4);
      expect(await countOf("rollup_minute", "sum(checks)")).toBe(4);
    } finally {
      for (const { recorder } of replicas) await recorder.stop(5000);
      removeFolder(folder);
    }
  }, 60_000);
});
