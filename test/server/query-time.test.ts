import { afterAll, beforeAll, expect, test } from "bun:test";
import { timeInQuery } from "../../src/server/query-time.ts";

const before = process.env["TZ"];
beforeAll(() => {
  process.env["TZ"] = "America/New_York";
});
afterAll(() => {
  if (before === undefined) delete process.env["TZ"];
  else process.env["TZ"] = before;
});

const noon = Date.UTC(2026, 10, 21, 12);
const times: [text: string, ms: number | null][] = [
  ["2026-11-21T12:00:00Z", noon],
  ["2026-11-21t12:00:00.250z", noon + 250],
  ["2026-11-21T12:00:00.123456Z", noon + 123],
  ["2026-11-21T12:00:00", noon],
  ["2026-11-21T12:00", noon],
  ["2026-11-21 12:00:00", noon],
  ["2026-11-21T14:00:00+02:00", noon],
  ["2026-11-21T14:00:00 02:00", noon],
  ["2026-11-21T07:00:00-0500", noon],
  ["2026-11-21", Date.UTC(2026, 10, 21)],
  ["2026-13-21", null],
  ["2026-11-21T25:00:00Z", null],
  ["yesterday", null],
  ["1", null],
  ["Nov 21 2026", null],
  ["", null],
];
for (const [text, ms] of times) {
  test(`"${text}" is ${ms === null ? "no time" : new Date(ms).toISOString()}, wherever the machine is`, () => {
    expect(timeInQuery(text)).toBe(ms);
  });
}
