// Rows that were told, one at a time.

import { expect, test } from "bun:test";
import { createReceiving, type RowEnd } from "../../src/cluster/receiving.ts";
import { indexSlots } from "../../src/cluster/slot-index.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { emptyRow } from "../../src/table/row.ts";
import { bytesOfRow } from "../../src/table/row-words.ts";
import { fleetOf } from "./replicas.ts";

const wallMs = 1_000_000_000;

async function receiving(end: RowEnd) {
  const registry = createRegistry();
  registry.replace(fleetOf(3));
  const missed: (number | "all")[] = [];
  const rows = createReceiving({
    id: "00000000000000aa",
    wallMs: () => wallMs,
    onRow: () => end,
    onMissed: (slot) => missed.push(slot),
  });
  rows.begin(await indexSlots(registry, () => true));
  return { rows, missed };
}

const rowAt = (lastCheckMs: number) => ({
  key: "k1",
  bytes: bytesOfRow({ ...emptyRow(), lastCheckMs }),
});

test("a row from a clock that is far ahead is refused, and looked at again later", async () => {
  const { rows, missed } = await receiving("refused");
  rows.row(rowAt(wallMs + 6 * 60_000));
  expect([rows.counts().refused, missed.length]).toEqual([1, 1]);
});

test("a row that is refused for what it says is not looked at again", async () => {
  const { rows, missed } = await receiving("refused");
  rows.row(rowAt(wallMs));
  rows.row({ ...rowAt(wallMs + 6 * 60_000), key: "nobody's" });
  expect([rows.counts().refused, missed.length]).toEqual([2, 0]);
});
