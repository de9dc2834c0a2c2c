// Kill -9 at any moment: what a restart begins with and what history holds are of the same transaction.

import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { rowOfBytes } from "../../src/table/row-words.ts";
import { eventually, removeFolder, temporaryFolder } from "../servers/process.ts";

const kills = 4;

/** By deployment: outcomes that its status counts, and those that history accounts for, as roll-ups and as entries. */
function accountsOf(file: string) {
  const database = new Database(file, { readonly: true });
  const statuses = database
    .query<{ key: string; row: Uint8Array; open: string }, []>("select key, row, open from status")
    .all();
  const closed = new Map(
    database
      .query<{ key: string; checks: number }, []>(
        "select key, sum(checks) as checks from rollup_minute join deployment on id = deployment group by key",
      )
      .all()
      .map(({ key, checks }) => [key, checks]),
  );
  const twice = database
    .query("select deployment, at_ms from outcome group by 1, 2 having count(*) > 1 limit 1")
    .all();
  database.close();
  const accounts = statuses.map(({ key, row, open }) => {
    const counts = rowOfBytes(row)?.classCounts ?? new Uint32Array();
    const { minute } = JSON.parse(open || '{"minute":null}') as {
      minute: { checks: number } | null;
    };
    return {
      key,
      counted: counts.reduce((sum, count) => sum + count, 0),
      inHistory: (closed.get(key) ?? 0) + (minute?.checks ?? 0),
    };
  });
  return { accounts, twice };
}

test("a recorder that is killed again and again has each outcome in history once", async () => {
  const folder = temporaryFolder("killed");
  const file = join(folder, "history.sqlite");
  const total = () => {
    try {
      return accountsOf(file).accounts.reduce((sum, { counted }) => sum + counted, 0);
    } catch {
      // It is not made yet, or being made.
      return 0;
    }
  };
  let before = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "probing.ts"), file], {
      ...{ stdin: "ignore", stdout: "ignore", stderr: "inherit" },
    });
    // Later each time, so that it is caught at different moments.
    await eventually("more was saved", () => total() > before + 600 * kill);
    child.kill("SIGKILL");
    await child.exited;
    const { accounts, twice } = accountsOf(file);
    expect(accounts.filter(({ counted, inHistory }) => counted !== inHistory)).toEqual([]);
    expect(twice).toEqual([]);
    expect(total()).toBeGreaterThan(before);
    before = total();
  }
  removeFolder(folder);
}, 60_000);
