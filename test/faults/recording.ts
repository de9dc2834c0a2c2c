// A recorder over a real table, with probes that a test makes: what history must hold in the end is known to the last outcome.

import { expect } from "bun:test";
import { join } from "node:path";
import { systemClock } from "../../src/clock.ts";
import type { HistoryState } from "../../src/history/messages.ts";
import { type Recorder, startRecorder } from "../../src/history/recorder.ts";
import { outcomeClassNames } from "../../src/table/outcome-class.ts";
import { emptyRow } from "../../src/table/row.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";
import { answer, membersIn, settingsOf } from "../history/outcomes.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";

const deployments = 5;

export interface Recording {
  /** The one that runs. */
  recorder(): Recorder;
  readonly notices: string[];
  /** Stops the recorder within a bound, and starts another over the same table and file. */
  restart(timeoutMs: number): Promise<void>;
  /** One outcome of every deployment, every second round a failure; resolves when the recorder has seen them. */
  round(): Promise<void>;
  /** Resolves when the recorder reports an error that has these words in it. */
  fails(words: string): Promise<HistoryState>;
  /** Resolves when there is no error and nothing waits. */
  heals(): Promise<void>;
  /** Each outcome and each change stands in the database exactly once. */
  expectExactly(
    query: (statement: string) => Promise<readonly Record<string, unknown>[]>,
  ): Promise<void>;
  stop(): Promise<void>;
}

export interface RecordingOptions {
  readonly timeoutMs?: number;
  /** In a folder of its own unless given. */
  readonly sqliteFile?: string;
}

/** `databaseUrl` null records into the embedded file. */
export function startRecording(
  databaseUrl: string | null,
  options: RecordingOptions = {},
): Recording {
  const folder = temporaryFolder("recording");
  const table = createTable(deployments);
  const writer = createWriter(table);
  const members = membersIn(deployments);
  const rows = members.map(({ slot, identity }) => {
    const row = emptyRow();
    writer.claim(slot, identity, row);
    return row;
  });
  const notices: string[] = [];
  let rounds = 0;
  let seen = 0;
  let recorder = start();

  function start(): Recorder {
    const started = startRecorder({
      table,
      clock: systemClock,
      onNotice: (text) => notices.push(text),
      settings: settingsOf(options.sqliteFile ?? join(folder, "history.sqlite"), {
        databaseUrl,
        timeoutMs: options.timeoutMs ?? 300,
      }),
    });
    started.follow(members);
    return started;
  }

  return {
    recorder: () => recorder,
    notices,
    async restart(timeoutMs) {
      await recorder.stop(timeoutMs);
      recorder = start();
      // What it counts begins anew, with what waits.
      seen = recorder.state().waiting;
    },
    async round() {
      rounds += 1;
      const fails = rounds % 2 === 0;
      for (const [slot, row] of rows.entries()) {
        answer(row, fails);
        writer.write(slot, row);
      }
      // An outcome and a change for every deployment, and a minute for each where one ended.
      seen += 2 * deployments;
      await eventually("the recorder has seen the round", () => {
        const { written, waiting, dropped } = recorder.state();
        return written + waiting + dropped >= seen;
      });
    },
    async fails(words) {
      await eventually(
        `it reports: ${words}; it said: ${recorder.state().error}`,
        () => recorder.state().error?.includes(words) === true,
      );
      return recorder.state();
    },
    async heals() {
      await eventually(`it is written again; it said: ${recorder.state().error}`, () => {
        const { error, waiting, initialized } = recorder.state();
        return error === null && waiting === 0 && initialized;
      });
    },
    async expectExactly(query) {
      expect(recorder.state()).toMatchObject({ dropped: 0, unseen: 0 });
      const kept = await query(
        `select d.key, count(*) filter (where o.class = 0)::int as passed, count(*)::int as checks
         from fleetpulse.outcome o join fleetpulse.deployment d on d.id = o.deployment group by 1 order by 1`,
      );
      const ok = outcomeClassNames.indexOf("ok");
      const expected = rows.map((row, slot) => ({
        key: `deployment-${slot}`,
        passed: row.classCounts[ok],
        checks: row.classCounts.reduce((sum, count) => sum + count, 0),
      }));
      expect(kept.map((row) => ({ ...row }))).toEqual(expected);
      const [changes] = await query("select count(*)::int as count from fleetpulse.transition");
      expect(changes?.["count"]).toBe(rounds * deployments);
    },
    async stop() {
      await recorder.stop(2000);
      removeFolder(folder);
    },
  };
}
