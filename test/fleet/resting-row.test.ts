import { expect, test } from "bun:test";
import { isResting, restingRow } from "../../src/fleet/resting-row.ts";
import { outcomeClasses } from "../../src/table/outcome-class.ts";
import { emptyRow, states } from "../../src/table/row.ts";
import { deployment } from "../schedule/rounds-by-hand.ts";

const answered = {
  ...emptyRow(),
  lastCheckMs: 5,
  state: states.indexOf("unhealthy"),
  outcomeClass: outcomeClasses.auth.code,
};

test("a row rests until an answer is in it, and again when its deployment cannot be asked", () => {
  const broken = { ...deployment(0), target: null, problem: "there is no key" };
  const left = { ...deployment(0), target: null, skipped: "not probed" };
  expect(isResting(restingRow(deployment(0), 1))).toBe(true);
  expect(isResting(answered)).toBe(false);
  expect(isResting(restingRow(broken, 1, answered))).toBe(true);
  expect(isResting(restingRow(left, 1, answered))).toBe(true);
});
