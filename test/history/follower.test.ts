import { describe, expect, test } from "bun:test";
import { createFollower } from "../../src/history/follower.ts";
import { epochWord } from "../../src/table/layout.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";

function started() {
  const table = createTable(4);
  const writer = createWriter(table);
  const follower = createFollower(table, createReader(table));
  const members = [0, 1].map((slot) => ({
    slot,
    identity: slot + 1,
    subject: { key: `k${slot}`, model_id: "", model_name: "", model: "", provider: "" },
  }));
  let followed = members;
  const row = (checks: number): Row => ({ ...emptyRow(), lastCheckMs: checks });
  const look = () => {
    const found: [string, number][] = [];
    follower.look((place, { lastCheckMs }) =>
      found.push([followed[place]?.subject.key ?? "", lastCheckMs]),
    );
    return found;
  };
  for (const { slot, identity } of members) writer.claim(slot, identity, row(0));
  const follow = (next: typeof members) => {
    followed = next;
    follower.follow(next);
  };
  follow(members);
  return { table, writer, follower, members, row, look, follow };
}

describe("following the table", () => {
  test("tells of every deployment once, and then of those whose row is new", () => {
    const { writer, row, look } = started();
    expect(look()).toEqual([
      ["k0", 0],
      ["k1", 0],
    ]);
    expect(look()).toEqual([]);
    writer.write(1, row(5));
    expect(look()).toEqual([["k1", 5]]);
    expect(look()).toEqual([]);
  });

  test("tells of the last row when several were written between two looks", () => {
    const { writer, row, look } = started();
    look();
    writer.write(0, row(1));
    writer.write(0, row(2));
    expect(look()).toEqual([["k0", 2]]);
  });

  test("without the log of changes tells also of what was written after a write that never got into it", () => {
    const { table, writer, follower, row, look } = started();
    look();
    Atomics.add(table.words, epochWord, 1);
    writer.write(1, row(5));
    expect(look()).toEqual([]);
    const found: number[] = [];
    follower.lookAtAll((_place, { lastCheckMs }) => found.push(lastCheckMs));
    expect(found).toEqual([5]);
  });

  test("leaves a slot alone that belongs to somebody else by now", () => {
    const { writer, row, look } = started();
    look();
    writer.claim(1, 77, row(9));
    expect(look()).toEqual([]);
  });

  test("begins anew with those that it is given", () => {
    const { follow, members, look } = started();
    look();
    follow(members.slice(1));
    expect(look()).toEqual([["k1", 0]]);
  });
});
