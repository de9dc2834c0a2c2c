// What a process counted, where other processes count too: an earlier one on the same disk, and replicas that share the fleet.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { createProbeTotals, type ProbeSums } from "../../src/metrics/probe-totals.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";

const openai = { provider: "openai" };

/** A row that has passed so many times, a token each. */
function passed(times: number): Row {
  const row = emptyRow();
  row.classCounts[0] = times;
  row.promptTokens = times;
  return row;
}

function countIn(sums: ProbeSums): number | undefined {
  return sums.samples().fleetpulse_probes?.find(({ labels }) => labels["class"] === "ok")?.value;
}

test("what a peer counted is left out, and what is asked here after it counts", () => {
  const totals = createProbeTotals();
  totals.leaveOut(0, openai, passed(3), passed(5000));
  totals.leaveOut(0, openai, passed(5000), passed(5100));
  const sums = totals.begin();
  sums.add(0, openai, passed(5102));
  expect(countIn(sums)).toBe(5);
});

test("a peer that has counted less takes nothing away", () => {
  const totals = createProbeTotals();
  totals.leaveOut(0, openai, passed(5000), passed(3));
  const sums = totals.begin();
  sums.add(0, openai, passed(4));
  expect(countIn(sums)).toBe(5001);
});

test("a peer's row that comes in the middle of a scrape changes none of its sums, before and after its turn", () => {
  const totals = createProbeTotals();
  const sums = totals.begin();
  sums.add(0, openai, passed(3));
  // Its turn was: the row that was summed is the one before.
  totals.leaveOut(0, openai, passed(3), passed(50));
  // Its turn comes: the row that is summed is the one after, in a slot far away too.
  totals.leaveOut(70_000, openai, passed(4), passed(60));
  sums.add(70_000, openai, passed(60));
  expect(countIn(sums)).toBe(7);
  const later = totals.begin();
  later.add(0, openai, passed(50));
  later.add(70_000, openai, passed(60));
  expect(countIn(later)).toBe(7);
});

test("a deployment that is taken out in the middle of a scrape counts in it once", () => {
  const totals = createProbeTotals();
  const sums = totals.begin();
  sums.add(0, openai, passed(3));
  totals.retire(0, openai, passed(3));
  totals.retire(1, openai, passed(4));
  expect(countIn(sums)).toBe(7);
});

test("whatever is asked here, told by peers and scraped in whichever order, a scrape has what was asked here until each row's turn", () => {
  const slots = 40;
  const step = fc.tuple(fc.nat({ max: slots - 1 }), fc.nat({ max: 9 }), fc.nat({ max: 50 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const totals = createProbeTotals();
      const rows = Array.from({ length: slots }, () => passed(0));
      const asked = new Array<number>(slots).fill(0);
      let sums = totals.begin();
      let turn = 0;
      let expected = 0;
      for (const [slot, kind, count] of steps) {
        const before = rows[slot] ?? passed(0);
        if (kind < 3) {
          rows[slot] = passed((before.classCounts[0] ?? 0) + count);
          asked[slot] = (asked[slot] ?? 0) + count;
        } else if (kind < 6) {
          const after = passed(count);
          totals.leaveOut(slot, openai, before, after);
          rows[slot] = after;
        } else {
          sums.add(turn, openai, rows[turn] ?? passed(0));
          expected += asked[turn] ?? 0;
          turn += 1;
          if (turn < slots) continue;
          expect(countIn(sums)).toBe(expected);
          sums = totals.begin();
          turn = 0;
          expected = 0;
        }
      }
      for (; turn < slots; turn += 1) {
        sums.add(turn, openai, rows[turn] ?? passed(0));
        expected += asked[turn] ?? 0;
      }
      expect(countIn(sums)).toBe(expected);
    }),
  );
});
