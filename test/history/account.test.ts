// What the recorder makes of rows: for whatever prober threads write, and whenever it looks, nothing is missing and nothing is
// counted twice.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Account, openStanding, reopen, textOfOpen } from "../../src/history/account.ts";
import { accountedOf } from "../../src/history/accounted.ts";
import { close, closeForGood, openHour, openMinute } from "../../src/history/closing.ts";
import { hourMs, minuteMs, type RollupEntry, type Subject } from "../../src/history/entries.ts";
import { observe } from "../../src/history/observing.ts";
import { addCountsOf, type Counts, pairsOf } from "../../src/history/sparse-counts.ts";
import { record } from "../../src/schedule/record.ts";
import {
  type OutcomeClass,
  outcomeClasses,
  outcomeClassNames,
} from "../../src/table/outcome-class.ts";
import { emptyRow, type Row, stateOf } from "../../src/table/row.ts";
import { nothingMeasured } from "../../src/transport/transport.ts";

const subject: Subject = { key: "k", model_id: "id", model_name: "g", model: "m", provider: "p" };
const startMs = Date.UTC(2026, 0, 1, 10, 59, 30);
const thresholds = { rise: 2, fall: 3, degradedLimitMs: 3_600_000 };
const price = { inputUsdPerToken: 1e-6, outputUsdPerToken: 2e-6, source: "config" } as const;

function openAccount(...as: Parameters<typeof openStanding>): Account {
  return { subject, ...openStanding(...as) };
}

/** The row after an outcome, as a prober thread makes it. */
function after(row: Row, outcomeClass: OutcomeClass, nowMs: number, totalMs = 120): Row {
  const next = {
    ...row,
    classCounts: row.classCounts.slice(),
    latencyBuckets: row.latencyBuckets.slice(),
  };
  const passed = outcomeClasses[outcomeClass].effect === "passed";
  record(
    next,
    {
      class: outcomeClass,
      httpStatus: passed ? 200 : 500,
      text: passed ? "" : "boom",
      retryAfterMs: null,
      usage: passed
        ? { promptTokens: 8, completionTokens: 2 }
        : { promptTokens: null, completionTokens: null },
      ...nothingMeasured(totalMs),
    },
    price,
    nowMs,
    thresholds,
  );
  return next;
}

interface Step {
  readonly outcome: OutcomeClass;
  readonly pauseMs: number;
  readonly look: boolean;
  readonly restart: boolean;
}

const steps = fc.array(
  fc.record({
    outcome: fc.constantFrom(...outcomeClassNames),
    pauseMs: fc.oneof(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 5000, max: 2 * hourMs }),
    ),
    look: fc.boolean(),
    restart: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
  }) satisfies fc.Arbitrary<Step>,
  { minLength: 1, maxLength: 40 },
);

/** Plays the steps; the account looks where a step says so, and at the end. */
function play(all: readonly Step[]) {
  let nowMs = startMs;
  let row = emptyRow();
  let account = openAccount(nowMs);
  /** What the account accounted for. */
  let saved = emptyRow();
  let offMs = 0;
  const minutes: RollupEntry[] = [];
  const hours: RollupEntry[] = [];
  const checks: number[] = [];
  const transitions: [number, number][] = [];
  let unseen = 0;
  const look = () => {
    const seen = observe(account, row, nowMs);
    saved = row;
    minutes.push(...seen.minutes);
    hours.push(...seen.hours);
    unseen += seen.unseen;
    if (seen.check !== null) checks.push(seen.check.at_ms);
    if (seen.transition !== null) {
      transitions.push([seen.transition.from_state, seen.transition.to_state]);
    }
  };
  for (const step of all) {
    nowMs += step.pauseMs;
    row = after(row, step.outcome, nowMs);
    if (step.look) look();
    if (step.restart) {
      const open = textOfOpen(account);
      offMs += nowMs - account.countedMs;
      account = openAccount(nowMs, accountedOf(saved));
      reopen(account, open);
    }
  }
  look();
  const ended = closeForGood(account, nowMs);
  minutes.push(...ended.minutes);
  hours.push(...ended.hours);
  return { row, account, minutes, hours, checks, transitions, unseen, nowMs, offMs };
}

const sum = (rollups: readonly RollupEntry[], field: "checks" | "up_ms" | "down_ms") =>
  rollups.reduce((total, rollup) => total + rollup[field], 0);

function classesOf(rollups: readonly RollupEntry[]): Counts {
  const counts: Counts = [];
  for (const { classes } of rollups) addCountsOf(counts, classes);
  return counts;
}

describe("the account of a deployment", () => {
  test("has in its minutes and in its hours exactly what the row counted, whenever it looked and restarted", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { row, minutes, hours } = play(all);
        const counted = [...row.classCounts.entries()].filter(([, count]) => count > 0);
        for (const rollups of [minutes, hours]) {
          expect(pairsOf(classesOf(rollups))).toEqual(counted);
          expect(rollups.reduce((total, one) => total + one.prompt_tokens, 0)).toBe(
            row.promptTokens,
          );
          expect(rollups.reduce((total, one) => total + one.completion_tokens, 0)).toBe(
            row.completionTokens,
          );
          expect(rollups.reduce((total, one) => total + one.cost_nano_usd, 0)).toBe(
            row.costNanoUsd,
          );
        }
      }),
    );
  });

  test("has every outcome once: as a check, as one that was not seen, or as the prober's own failure", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { row, checks, unseen } = play(all);
        const total = row.classCounts.reduce((count, one) => count + one, 0);
        expect(checks.length + unseen).toBeLessThanOrEqual(total);
        expect(new Set(checks).size).toBe(checks.length);
        const looked = play(all.map((step) => ({ ...step, look: true })));
        expect(looked.unseen).toBe(0);
        expect(looked.checks.length).toBe(
          total - (row.classCounts[outcomeClasses.internal.code] ?? 0),
        );
      }),
    );
  });

  test("begins every minute and every hour once, in order", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { minutes, hours } = play(all);
        for (const [rollups, spanMs] of [
          [minutes, minuteMs],
          [hours, hourMs],
        ] as const) {
          const starts = rollups.map(({ start_ms }) => start_ms);
          expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
          expect(starts.every((start) => start % spanMs === 0)).toBe(true);
        }
      }),
    );
  });

  test("divides the time that passed into up, down and unknown, an hour into no more than an hour", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { hours, nowMs, offMs } = play(all);
        expect(sum(hours, "up_ms") + sum(hours, "down_ms")).toBeLessThanOrEqual(
          nowMs - startMs - offMs,
        );
        for (const { up_ms, down_ms } of hours) expect(up_ms + down_ms).toBeLessThanOrEqual(hourMs);
      }),
    );
  });

  test("tells every change of state that it saw, each from where the one before led", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { transitions, row } = play(all);
        let state = 0;
        for (const [from, to] of transitions) {
          expect(from).toBe(state);
          expect(to).not.toBe(from);
          state = to;
        }
        expect(state).toBe(row.state);
      }),
    );
  });

  test("counts time up and down by the moment of the change, not by that of the look", () => {
    const account = openAccount(startMs);
    let row = after(emptyRow(), "ok", startMs + 1000);
    observe(account, row, startMs + 1000);
    for (const seconds of [10, 15, 20]) {
      row = after(row, "server_error", startMs + seconds * 1000);
      if (seconds < 20) observe(account, row, startMs + seconds * 1000);
    }
    // It fell at 20 s; the look comes 3 s late.
    observe(account, row, startMs + 23_000);
    expect(stateOf(row)).toBe("unhealthy");
    expect(openHour(account, startMs + 25_000)).toMatchObject({ up_ms: 19_000, down_ms: 5000 });
  });

  test("goes on from zero when a slot began anew", () => {
    const account = openAccount(startMs);
    let row = after(after(emptyRow(), "ok", startMs + 1000), "ok", startMs + 2000);
    observe(account, row, startMs + 2000);
    row = after(emptyRow(), "ok", startMs + 3000);
    expect(observe(account, row, startMs + 3000)).toMatchObject({ unseen: 0 });
    expect(openMinute(account)?.checks).toBe(3);
  });

  test("writes a minute when it is over, also when nothing comes any more", () => {
    const account: Account = openAccount(startMs);
    observe(account, after(emptyRow(), "ok", startMs + 1000), startMs + 1000);
    expect(close(account, startMs + 10_000).minutes).toEqual([]);
    expect(close(account, startMs + minuteMs).minutes).toMatchObject([{ checks: 1, passed: 1 }]);
    expect(close(account, startMs + minuteMs).minutes).toEqual([]);
  });

  test("leaves text that is not its own out", () => {
    const account = openAccount(startMs);
    reopen(account, "{");
    expect([account.minute, account.hour]).toEqual([null, null]);
  });
});

describe("another model that answers", () => {
  const withModel = (row: Row, servedModel: string, nowMs: number): Row => ({
    ...after(row, "ok", nowMs),
    servedModel,
  });

  test("is an entry of transitions that leads to the same state, once", () => {
    const account = openAccount(startMs);
    const first = withModel(emptyRow(), "gpt-4o-2024-05-13", startMs + 1);
    expect(observe(account, first, startMs + 1).modelChange).toBeNull();
    const second = withModel(first, "gpt-4o-2024-08-06", startMs + 2);
    expect(observe(account, second, startMs + 2).modelChange).toMatchObject({
      from_state: second.state,
      to_state: second.state,
      at_ms: startMs + 2,
      text: "gpt-4o-2024-08-06 answers where gpt-4o-2024-05-13 did",
    });
    const third = withModel(second, "gpt-4o-2024-08-06", startMs + 3);
    expect(observe(account, third, startMs + 3).modelChange).toBeNull();
  });
});
