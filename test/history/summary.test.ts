import { describe, expect, test } from "bun:test";
import {
  hourMs,
  minuteMs,
  type RollupEntry,
  type TransitionEntry,
} from "../../src/history/entries.ts";
import type { HistoryReads } from "../../src/history/store.ts";
import { type Open, summaryOf } from "../../src/history/summary.ts";
import { states } from "../../src/table/row.ts";

const nowMs = Date.UTC(2026, 0, 20, 12, 30);
const thisHour = Date.UTC(2026, 0, 20, 12);
const up = states.indexOf("healthy");
const down = states.indexOf("unhealthy");
const nothingOpen: Open = { minute: null, hour: null, isOfPeer: false };

function rollup(start_ms: number, changes: Partial<RollupEntry>): RollupEntry {
  return {
    ...{ key: "a", start_ms, checks: 0, passed: 0, classes: "", latency: "" },
    ...{ prompt_tokens: 0, completion_tokens: 0, cost_nano_usd: 0, up_ms: 0, down_ms: 0 },
    ...changes,
  };
}

const change = (at_ms: number, from_state: number, to_state: number): TransitionEntry => ({
  ...{ key: "a", at_ms, from_state, to_state, class: 0, http_status: 200, text: "" },
});

/** History of one deployment as a store would tell it. */
function reads(given: {
  hours?: readonly RollupEntry[];
  minutes?: readonly RollupEntry[];
  changes?: readonly TransitionEntry[];
}): HistoryReads {
  const { hours = [], minutes = [], changes = [] } = given;
  return {
    page: async () => ({ total: 0, checks: [], transitions: [] }) as never,
    rollups: async (_key, span, fromMs) =>
      (span === "hour" ? hours : minutes).filter(({ start_ms }) => start_ms >= fromMs),
    transitions: async (_key, fromMs, toMs) =>
      changes.filter(({ at_ms }) => at_ms >= fromMs && at_ms < toMs),
    checks: async () => [],
  };
}

interface Window {
  readonly uptime: number | null;
  readonly known: number;
  readonly checks: number;
  readonly passed: number;
  readonly outcomes: Record<string, number>;
  readonly latency_ms: Record<string, number | null>;
}

async function windowsOf(store: HistoryReads, open: Open = nothingOpen) {
  const { windows } = await summaryOf(store, "a", open, nowMs);
  return windows as Record<"1h" | "24h" | "7d" | "30d", Window>;
}

/** Hours before the current one in which it was up all the time. */
const goodHours = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    rollup(thisHour - (count - index) * hourMs, { up_ms: hourMs, checks: 12, passed: 12 }),
  );
const openHour = (changes: Partial<RollupEntry>): Open => ({
  minute: null,
  hour: rollup(thisHour, changes),
  isOfPeer: false,
});

describe("the summary of a deployment", () => {
  test("that was never asked knows nothing, and says so", async () => {
    const windows = await windowsOf(reads({}));
    for (const window of Object.values(windows)) {
      expect(window).toMatchObject({ uptime: null, known: 0, checks: 0 });
      expect(window.latency_ms).toEqual({ p50: null, p90: null, p95: null, p99: null });
    }
  });

  test("that was up all the time is up by 1 in every window, as far as it is known", async () => {
    const windows = await windowsOf(
      reads({ hours: goodHours(48) }),
      openHour({ up_ms: hourMs / 2 }),
    );
    expect(windows["1h"]).toMatchObject({ uptime: 1, known: 1 });
    expect(windows["24h"]).toMatchObject({ uptime: 1, known: 1 });
    expect(windows["7d"].known).toBeCloseTo(48.5 / 168, 5);
    expect(windows["30d"].uptime).toBe(1);
  });

  test("counts an outage of six minutes within the last hour in full in every window", async () => {
    const sixMinutes = 6 * minuteMs;
    const hours = goodHours(30);
    const windows = await windowsOf(
      reads({
        hours,
        changes: [
          change(thisHour + 60_000, up, down),
          change(thisHour + 60_000 + sixMinutes, down, up),
        ],
      }),
      openHour({ up_ms: hourMs / 2 - sixMinutes, down_ms: sixMinutes }),
    );
    expect(windows["1h"].uptime).toBeCloseTo(0.9, 6);
    expect(windows["24h"].uptime).toBeCloseTo(1 - 0.1 / 24, 6);
  });

  test("leaves an outage before the last hour out of it, also when it lay in the same hour of the clock", async () => {
    const edge = thisHour - hourMs;
    // Down from 11:05 to 11:20; the last hour began at 11:30.
    const outage = [change(edge + 5 * minuteMs, up, down), change(edge + 20 * minuteMs, down, up)];
    const hours = [
      ...goodHours(30).slice(0, -1),
      rollup(edge, { up_ms: hourMs - 15 * minuteMs, down_ms: 15 * minuteMs }),
    ];
    const windows = await windowsOf(
      reads({ hours, changes: outage }),
      openHour({ up_ms: hourMs / 2 }),
    );
    expect(windows["1h"]).toMatchObject({ uptime: 1, known: 1 });
    expect(windows["24h"].uptime).toBeCloseTo(1 - 0.25 / 24, 6);
  });

  test("splits an outage that lasts across the beginning of the last hour", async () => {
    const edge = thisHour - hourMs;
    // Down from 11:20 to 11:40; the last hour began at 11:30.
    const outage = [change(edge + 20 * minuteMs, up, down), change(edge + 40 * minuteMs, down, up)];
    const hours = [rollup(edge, { up_ms: hourMs - 20 * minuteMs, down_ms: 20 * minuteMs })];
    const windows = await windowsOf(
      reads({ hours, changes: outage }),
      openHour({ up_ms: hourMs / 2 }),
    );
    expect(windows["1h"].uptime).toBeCloseTo(5 / 6, 6);
    expect(windows["1h"].known).toBe(1);
  });

  test("does not take time for up or down in which the service did not run", async () => {
    const hours = [...goodHours(20).slice(0, 10), ...goodHours(5)];
    const windows = await windowsOf(reads({ hours }), openHour({ up_ms: hourMs / 2 }));
    expect(windows["24h"]).toMatchObject({ uptime: 1 });
    expect(windows["24h"].known).toBeCloseTo(15.5 / 24, 6);
  });

  test("adds up outcomes, latencies and tokens, also those of the minute and hour that are still open", async () => {
    const minutes = [rollup(nowMs - 5 * minuteMs, { checks: 3, passed: 2, classes: "0*2 c" })];
    const open: Open = {
      minute: rollup(nowMs, { checks: 1, passed: 1, classes: "0" }),
      hour: rollup(thisHour, {
        checks: 4,
        passed: 3,
        classes: "0*3 c",
        up_ms: hourMs / 2,
        prompt_tokens: 8,
      }),
      isOfPeer: false,
    };
    const windows = await windowsOf(reads({ minutes, hours: goodHours(2) }), open);
    expect(windows["1h"]).toMatchObject({ checks: 4, passed: 3 });
    expect(windows["1h"].outcomes["ok"]).toBe(3);
    expect(windows["24h"]).toMatchObject({ checks: 28, passed: 27, prompt_tokens: 8 });
  });

  test("adds an hour that a peer writes down to what there is, unless a part of it is there", async () => {
    const open: Open = { ...openHour({ checks: 4, up_ms: hourMs / 2 }), isOfPeer: true };
    const without = await windowsOf(reads({ hours: goodHours(2) }), open);
    expect(without["24h"].checks).toBe(28);
    const part = rollup(thisHour, { checks: 3, up_ms: hourMs / 4 });
    const withPart = await windowsOf(reads({ hours: [...goodHours(2), part] }), open);
    expect(withPart["24h"].checks).toBe(27);
  });
});
