import { expect, test } from "bun:test";
import { scalarNames, scalarWidths } from "../../src/table/layout.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow } from "../../src/table/row.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";

test("every number of a slot can be read alone, with whose it is", () => {
  const table = createTable(2);
  const row = emptyRow();
  for (const [index, name] of scalarNames.entries()) {
    row[name] = scalarWidths[name] === 2 ? 2 ** 45 + index : 4_000_000_000 + index;
  }
  createWriter(table).claim(1, 7, row);
  const reader = createReader(table);
  for (const name of scalarNames) {
    expect([name, reader.scalar(1, name)]).toEqual([name, { identity: 7, value: row[name] }]);
  }
  expect(reader.scalar(0, "lastCheckMs")).toEqual({ identity: 0, value: 0 });
});
