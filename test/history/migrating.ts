// One of several processes that bring the same file up to date at the same moment. bun migrating.ts FILE START_MS

import { migrateSqlite, openSqlite } from "../../src/history/sqlite-file.ts";
import { sqliteMigrations } from "../../src/history/sqlite-schema.ts";

const [file = "", startMs = "0"] = process.argv.slice(2);
while (Date.now() < Number(startMs)) {
  // Both begin in the same millisecond, as far as the machine can.
}
const database = openSqlite(file);
migrateSqlite(database, sqliteMigrations);
database.close();
