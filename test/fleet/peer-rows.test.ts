import { beforeEach, describe, expect, test } from "bun:test";
import { createPeerRows, type PeerRowEnd } from "../../src/fleet/peer-rows.ts";
import { createRegistry, identityOf } from "../../src/registry/registry.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow, type Row, sourceOf, stateOf } from "../../src/table/row.ts";
import { bytesOfRow, rowOfBytes } from "../../src/table/row-words.ts";
import { dayOf, spentOn } from "../../src/table/spending.ts";
import { createTable, type Table } from "../../src/table/table.ts";
import { createWriter, type SlotWriter } from "../../src/table/writer.ts";
import { deployment } from "../registry/deployment.ts";
import { peerRow } from "./peer.ts";

const wallMs = Date.now();
const day = dayOf(wallMs);

let table: Table;
let writer: SlotWriter;
let owned: Set<number>;
let taken: { slot: number; before: Row; after: Row }[];
let take: (slot: number, row: Uint8Array) => PeerRowEnd;
const registry = createRegistry();
registry.replace([deployment("a"), deployment("b"), deployment("c", { target: null })]);

beforeEach(() => {
  table = createTable(8);
  writer = createWriter(table);
  owned = new Set();
  taken = [];
  for (const slot of registry.slots()) {
    writer.claim(slot, identityOf(registry.shownAt(slot)?.key ?? ""), emptyRow());
  }
  take = createPeerRows({
    ...{ table, registry },
    clock: { wallMs: () => wallMs, monotonicMs: () => 0 },
    isOwned: (slot) => owned.has(slot),
    onTaken: (slot, _common, before, after) => {
      taken.push({ slot, before: structuredClone(before), after: structuredClone(after) });
    },
  });
});

const read = (slot: number) => createReader(table).read(slot);

describe("a peer's row", () => {
  test("is shown as it is, and where it comes from", () => {
    const told = peerRow(1000, { text: "hello" });
    const copy = told.slice();
    expect(take(0, told)).toBe("taken");
    const { row, identity } = read(0);
    expect({ ...row, source: 0 }).toEqual(rowOfBytes(told) ?? emptyRow());
    expect(sourceOf(row)).toBe("peer");
    expect(stateOf(row)).toBe("healthy");
    expect(identity).toBe(identityOf("a"));
    expect(told).toEqual(copy);
    expect(taken).toMatchObject([{ slot: 0, before: { text: "" }, after: { text: "hello" } }]);
  });

  test("is never seen as a slot without an owner", () => {
    take(0, peerRow(1000));
    const before = read(0).sequence;
    take(0, peerRow(500));
    expect(read(0).sequence).toBe(before + 1);
  });

  test("waits while a thread here has the slot", () => {
    owned.add(0);
    expect(take(0, peerRow(1000))).toBe("busy");
    expect(read(0).row.lastCheckMs).toBe(0);
    owned.delete(0);
    expect(take(0, peerRow(1000))).toBe("taken");
  });

  test("waits while a reload has not got to the slot", () => {
    writer.claim(0, identityOf("who was here before"), emptyRow());
    expect(take(0, peerRow(1000))).toBe("busy");
    writer.claim(0, 0, emptyRow());
    expect(take(0, peerRow(1000))).toBe("busy");
  });

  test("that is older than what is known, or the same, is left out", () => {
    const told = peerRow(1000);
    take(0, told);
    const { sequence } = read(0);
    expect(take(0, told)).toBe("known");
    expect(take(0, peerRow(5000))).toBe("known");
    expect(read(0).sequence).toBe(sequence);
    expect(take(0, peerRow(500))).toBe("taken");
  });

  test("that tells what was asked here leaves it ours", () => {
    const told = peerRow(1000);
    writer.writeBytes(0, told);
    expect(take(0, told)).toBe("known");
    expect(sourceOf(read(0).row)).toBe("probe");
  });

  test("of the same check with another plan is taken", () => {
    const lastCheckMs = wallMs - 1000;
    take(0, peerRow(0, { lastCheckMs, nextDueMs: 5 }));
    expect(take(0, peerRow(0, { lastCheckMs, nextDueMs: 6 }))).toBe("taken");
    expect(read(0).row.nextDueMs).toBe(6);
  });

  test("is newer than one of a time that has not come", () => {
    writer.write(0, { ...emptyRow(), lastCheckMs: wallMs + 3_600_000 });
    expect(take(0, peerRow(1000))).toBe("taken");
  });

  test("is refused where there is nobody to ask, or nobody at all", () => {
    expect([2, 3, 7, 8, -1, 1e9].map((slot) => take(slot, peerRow(1000)))).toEqual(
      Array<PeerRowEnd>(6).fill("refused"),
    );
  });

  test("is refused when it cannot be one", () => {
    const rows = [
      new Uint8Array(),
      new Uint8Array(4096),
      peerRow(1000).slice(0, -4),
      peerRow(-3_600_000),
      peerRow(1000, { state: 9 }),
    ];
    expect(rows.map((row) => take(0, row))).toEqual(rows.map(() => "refused"));
    expect(read(0).row.lastCheckMs).toBe(0);
    expect(taken).toEqual([]);
  });
});

describe("what peers have spent", () => {
  const spent = () => spentOn(table, day);
  const told = (tokens: number, usd: number, agoMs: number, spentDay = day) =>
    peerRow(agoMs, { spentDay, spentTokens: tokens, spentNanoUsd: usd * 1e9 });

  test("counts once, whatever they tell how often", () => {
    take(0, told(10, 1, 5000));
    take(0, told(10, 1, 5000));
    take(1, told(5, 0.5, 5000));
    expect(spent()).toEqual({ tokens: 15, nanoUsd: 1.5e9 });
    take(0, told(14, 1.5, 4000));
    expect(spent()).toEqual({ tokens: 19, nanoUsd: 2e9 });
  });

  test("counts on top of what was spent here on the same deployment", () => {
    writer.writeBytes(0, told(10, 1, 5000));
    take(0, told(12, 1.25, 4000));
    expect(spent()).toEqual({ tokens: 2, nanoUsd: 0.25e9 });
  });

  test("is not given back by one that knows less", () => {
    take(0, told(10, 1, 5000));
    take(0, told(4, 0.5, 4000));
    expect(spent()).toEqual({ tokens: 10, nanoUsd: 1e9 });
  });

  test("on another day does not count", () => {
    take(0, told(10, 1, 5000, day - 1));
    expect(spent()).toEqual({ tokens: 0, nanoUsd: 0 });
    take(0, told(3, 0.25, 4000));
    expect(spent()).toEqual({ tokens: 3, nanoUsd: 0.25e9 });
  });
});

test("a row of bytes is written like the row itself", () => {
  const row = { ...emptyRow(), text: "words", nextDueMs: 2 ** 40 };
  writer.writeBytes(1, bytesOfRow(row));
  expect(read(1).row).toEqual(row);
  expect(writer.bytes(1)).toEqual(bytesOfRow(row));
});
