import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { timeOf } from "../../src/clock.ts";
import { namesLengthWord, textWord } from "../../src/table/layout.ts";
import { isPlausibleRow } from "../../src/table/plausible-row.ts";
import { emptyRow, type Row } from "../../src/table/row.ts";
import { bytesOfRow, rowOfBytes } from "../../src/table/row-words.ts";
import { dayOf } from "../../src/table/spending.ts";
import { anyRow } from "./any-row.ts";

const wallMs = 1_800_000_000_000;
const hourMs = 3_600_000;
const isPlausible = (row: Partial<Row>) =>
  isPlausibleRow(bytesOfRow({ ...emptyRow(), ...row }), wallMs);

/** A row with times and codes that a probe may have written. */
const written = anyRow(60).map((row) => {
  const past = (ms: number) => ms % wallMs;
  row.state %= 4;
  row.outcomeClass %= 22;
  row.source %= 4;
  row.sinceMs = past(row.sinceMs);
  row.lastCheckMs = past(row.lastCheckMs);
  row.lastSuccessMs = past(row.lastSuccessMs);
  row.lastPaidSeconds %= Math.floor(wallMs / 1000);
  row.nextDueMs = past(row.nextDueMs) + hourMs;
  row.holdUntilMs = past(row.holdUntilMs) + hourMs;
  row.certificateEndMs = past(row.certificateEndMs) * 2;
  row.spentDay %= dayOf(wallMs) + 1;
  row.outcomeBitsCount %= 65;
  return row;
});

describe("a row from elsewhere", () => {
  test("can be any that a prober thread writes", () => {
    fc.assert(
      fc.property(written, (row) => {
        expect(isPlausibleRow(bytesOfRow(row), wallMs)).toBe(true);
      }),
    );
  });

  test("may come from a clock that is a little ahead, and from none that is far ahead", () => {
    for (const name of ["sinceMs", "lastCheckMs", "lastSuccessMs"] as const) {
      expect(isPlausible({ [name]: wallMs + 60_000 })).toBe(true);
      expect(isPlausible({ [name]: wallMs + hourMs })).toBe(false);
    }
    expect(isPlausible({ lastPaidSeconds: (wallMs + hourMs) / 1000 })).toBe(false);
    expect(isPlausible({ spentDay: dayOf(wallMs) + 2 })).toBe(false);
  });

  test("has no state, source, class or count that a row cannot have", () => {
    expect(isPlausible({ state: 4 })).toBe(false);
    expect(isPlausible({ source: 4 })).toBe(false);
    expect(isPlausible({ outcomeClass: 24 })).toBe(false);
    expect(isPlausible({ outcomeBitsCount: 65 })).toBe(false);
    expect(isPlausible({ nextDueMs: 9e15 })).toBe(false);
    expect(isPlausible({ costNanoUsd: -1 })).toBe(false);
    expect(isPlausible({ costNanoUsd: 2 ** 60 })).toBe(false);
  });

  test("has texts that are texts, of the lengths that they say", () => {
    const bytes = bytesOfRow({ ...emptyRow(), servedModel: "gpt-9", text: "words" });
    const changed = (at: number, value: number) => {
      const other = bytes.slice();
      other[at] = value;
      return isPlausibleRow(other, wallMs);
    };
    expect(isPlausibleRow(bytes, wallMs)).toBe(true);
    expect(changed(textWord * 4, 0xff)).toBe(false);
    expect(changed(namesLengthWord * 4, 11)).toBe(false);
    expect(changed(namesLengthWord * 4, 65)).toBe(false);
    expect(changed(namesLengthWord * 4 + 1, 25)).toBe(false);
    expect(changed(namesLengthWord * 4 + 3, 1)).toBe(false);
  });

  test("that was changed anywhere can be shown, if it is believed at all", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(written, changes, fc.nat(4), (row, list, cut) => {
        const whole = bytesOfRow(row);
        const bytes = whole.slice(0, whole.length - cut);
        for (const [at, value] of list) bytes[at % bytes.length] = value;
        if (!isPlausibleRow(bytes, wallMs)) return;
        const shown = rowOfBytes(bytes) ?? emptyRow();
        for (const name of ["lastCheckMs", "nextDueMs", "certificateEndMs"] as const) {
          expect(timeOf(shown[name])).not.toBe("");
        }
        for (const [name, value] of Object.entries(shown)) {
          if (typeof value === "number") expect([name, value >= 0]).toEqual([name, true]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("is none when it is anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        expect(isPlausibleRow(bytes, wallMs)).toBe(false);
      }),
    );
  });
});
