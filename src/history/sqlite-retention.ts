// Takes what is too old out of the embedded file, a slice at a time.

import type { Database } from "bun:sqlite";
import { aheadMaxMs, type Retention } from "./store.ts";

/** Rows that one slice of retention deletes from a table: a few milliseconds, between which everything else goes on. */
const sliceRows = 2000;

/** Deployments of which one look takes out those that have no entry. */
const sliceSubjects = 500;

/** Takes a slice out; true when there may be more. `isSteady`: by this clock it can be told what is ahead (see steady-clock.ts). */
export type Retain = (retention: Retention, nowMs: number, isSteady: boolean) => boolean;

/** Makes what takes a slice out, and tells whether there may be more. `onForgotten`: deployments are gone, and their numbers with them. */
export function createSqliteRetention(database: Database, onForgotten: () => void): Retain {
  const endOfSlice = database.query<{ last: number | null }, [number]>(
    `select max(id) as last from (select id from deployment where id > ? order by id limit ${sliceSubjects})`,
  );
  const forget = database.query<unknown, [number, number]>(
    `delete from deployment where id > ? and id <= ? and ${[
      "rollup_hour",
      "transition",
      "outcome",
      "rollup_minute",
    ]
      .map((table) => `not exists (select 1 from ${table} e where e.deployment = deployment.id)`)
      .join(" and ")}`,
  );
  /** The number of the last one that was looked at. */
  let subjectSeen = 0;

  /** Deployments of which nothing is kept any more, among the next few. */
  function forgetSubjects(): void {
    const { last } = endOfSlice.get(subjectSeen) ?? { last: null };
    // A number may be given again.
    if (last !== null && forget.run(subjectSeen, last).changes > 0) onForgotten();
    subjectSeen = last ?? 0;
  }

  return (retention, nowMs, isSteady) => {
    const tables = [
      ["outcome", "at_ms", retention.checksMs],
      ["transition", "at_ms", retention.transitionsMs],
      ["rollup_minute", "start_ms", retention.minutesMs],
      ["rollup_hour", "start_ms", retention.hoursMs],
    ] as const;
    let more = false;
    for (const [table, time, keptMs] of tables) {
      // Only among the oldest rows: a look at them costs the same however large the table is. What a clock wrote that was ahead would
      // stand before all that comes after it until that time.
      const { changes } = database.run(
        `delete from "${table}" where (${time} < ? or ${time} > ?) and rowid in
         (select rowid from "${table}" order by rowid limit ${sliceRows})`,
        [nowMs - keptMs, isSteady ? nowMs + aheadMaxMs : Number.MAX_SAFE_INTEGER],
      );
      more ||= changes === sliceRows;
    }
    const { first, last } = database
      .query<{ first: number | null; last: number | null }, []>(
        "select min(rowid) as first, max(rowid) as last from outcome",
      )
      .get() ?? { first: null, last: null };
    const excess = first === null || last === null ? 0 : last - first + 1 - retention.checksMax;
    if (excess > 0 && first !== null) {
      database.run("delete from outcome where rowid < ?", [first + Math.min(excess, sliceRows)]);
      more ||= excess > sliceRows;
    }
    if (more) return true;
    forgetSubjects();
    database.run("pragma incremental_vacuum(500)");
    return false;
  };
}
