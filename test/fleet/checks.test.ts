import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Check, type CheckRefusal, createChecks } from "../../src/fleet/checks.ts";
import type { Wanted } from "../../src/schedule/rung-choice.ts";
import { setMark } from "../../src/table/probe-marks.ts";
import { createReader } from "../../src/table/reader.ts";
import { emptyRow, sources } from "../../src/table/row.ts";
import { createTable } from "../../src/table/table.ts";
import { createWriter } from "../../src/table/writer.ts";

const startWallMs = 1_800_000_000_000;

/** Checks over a real table; a test moves the time and is the prober threads. */
function byHand(bounds = { perMinute: 60_000, fleet: 8 }) {
  const table = createTable(8);
  const reader = createReader(table);
  const writer = createWriter(table);
  const timers = new Set<{ callback: () => void; atMs: number }>();
  const asked: number[][] = [];
  const obeyed: number[][] = [];
  let nowMs = 0;
  for (let slot = 0; slot < 8; slot += 1) writer.claim(slot, slot + 1, emptyRow());
  const checks = createChecks({
    table,
    reader,
    clock: { wallMs: () => startWallMs + nowMs, monotonicMs: () => nowMs },
    timers: {
      set(callback, delayMs) {
        const timer = { callback, atMs: nowMs + delayMs };
        timers.add(timer);
        return timer;
      },
      clear: (timer) => void timers.delete(timer as { callback: () => void; atMs: number }),
    },
    isFree: () => false,
    probe: (slots) => asked.push([...slots]),
    obey: (slots) => obeyed.push([...slots]) > 0,
    bounds: () => bounds,
  });
  return {
    checks,
    asked,
    obeyed,
    timers,
    answer(slot: number, free = false) {
      const row = structuredClone(reader.read(slot).row);
      setMark(row, "free", free);
      if (free) row.freeProbes += 1;
      row.classCounts[0] = (row.classCounts[0] ?? 0) + 1;
      row.lastCheckMs = startWallMs + nowMs;
      if (!free) row.lastPaidSeconds = Math.floor(row.lastCheckMs / 1000);
      writer.write(slot, row);
    },
    /** The row of a peer that has asked: the paid question, or somebody else's request told it. */
    tell(slot: number, paid: boolean, aheadMs = 0) {
      const row = structuredClone(reader.read(slot).row);
      row.classCounts[0] = (row.classCounts[0] ?? 0) + 1;
      row.lastCheckMs = startWallMs + nowMs + aheadMs;
      row.lastPaidSeconds = paid ? Math.floor(row.lastCheckMs / 1000) : 0;
      row.source = sources.indexOf("peer");
      writer.write(slot, row);
    },
    claim: (slot: number, identity: number) => writer.claim(slot, identity, emptyRow()),
    start(slots: number[], timeoutMs = 10_000, wanted?: Wanted): Check {
      const started = checks.start(slots, timeoutMs, wanted);
      if ("refused" in started) throw new Error(`refused: ${started.refused}`);
      return started;
    },
    advance(ms: number) {
      const endMs = nowMs + ms;
      for (;;) {
        const [due] = [...timers]
          .filter(({ atMs }) => atMs <= endMs)
          .sort((a, b) => a.atMs - b.atMs);
        if (due === undefined) break;
        timers.delete(due);
        nowMs = Math.max(nowMs, due.atMs);
        due.callback();
      }
      nowMs = endMs;
    },
  };
}

/** Whether a check has ended, seen from outside. */
function watch(check: Check): { ended: boolean } {
  const seen = { ended: false };
  void check.done.then(() => {
    seen.ended = true;
  });
  return seen;
}

const turn = () => Promise.resolve();
const refusedBy = (started: Check | CheckRefusal) =>
  "refused" in started ? started : { refused: null, retryAfterMs: 0 };

describe("a check", () => {
  test("ends when the table tells of an answer for every slot, and leaves no timer", async () => {
    const hand = byHand();
    const seen = watch(hand.start([0, 1]));
    expect(hand.asked).toEqual([[0, 1]]);
    hand.answer(0);
    hand.advance(40);
    await turn();
    expect(seen.ended).toBe(false);
    hand.answer(1);
    hand.advance(40);
    await turn();
    expect(seen.ended).toBe(true);
    expect(hand.checks.waiting()).toBe(0);
    expect(hand.timers.size).toBe(0);
  });

  test("of what another waits for already asks nobody again", async () => {
    const hand = byHand();
    const seen = [hand.start([0, 1]), hand.start([1, 2]), hand.start([0, 2])].map(watch);
    expect(hand.asked).toEqual([[0, 1], [2]]);
    for (const slot of [0, 1, 2]) hand.answer(slot);
    hand.advance(40);
    await turn();
    expect(seen.map(({ ended }) => ended)).toEqual([true, true, true]);
  });

  test("asks again for what another has given up waiting for, or wants another answer to", () => {
    const hand = byHand();
    hand.start([0], 500);
    hand.advance(600);
    hand.start([0]);
    hand.start([0], 10_000, "metadata");
    expect(hand.asked).toEqual([[0], [0], [0]]);
  });

  test("for the paid question is not ended by an answer to the free one", async () => {
    const hand = byHand();
    const seen = watch(hand.start([0]));
    hand.answer(0, true);
    hand.advance(40);
    await turn();
    expect(seen.ended).toBe(false);
    hand.answer(0);
    hand.advance(40);
    await turn();
    expect(seen.ended).toBe(true);
  });

  test("for the free question is ended by either", async () => {
    const hand = byHand();
    const seen = watch(hand.start([0], 10_000, "metadata"));
    hand.answer(0, true);
    hand.advance(40);
    await turn();
    expect(seen.ended).toBe(true);
  });

  test("for the paid question is not content with a free answer of a moment ago", () => {
    const hand = byHand();
    hand.answer(0, true);
    hand.start([0], 10_000, "completion");
    hand.start([0], 10_000, "metadata");
    expect(hand.asked).toEqual([[0]]);
  });

  test("ends at its deadline, with what has not been answered", async () => {
    const hand = byHand();
    const check = hand.start([0, 1], 500);
    hand.answer(1);
    hand.advance(500);
    await check.done;
    expect([...check.pending()]).toEqual([0]);
    expect(hand.timers.size).toBe(0);
  });

  test("has seen every answer that was there at its deadline, or when it is ended", async () => {
    const hand = byHand();
    const first = hand.start([0], 30);
    hand.advance(20);
    hand.answer(0);
    hand.advance(10);
    await first.done;
    expect(first.pending().size).toBe(0);
    const second = hand.start([1]);
    hand.answer(1);
    hand.checks.end();
    expect(second.pending().size).toBe(0);
  });

  test("counts one answer for all who wait for it", async () => {
    const hand = byHand();
    const first = hand.start([0]);
    hand.advance(10);
    const second = hand.start([0, 1]);
    hand.answer(0);
    hand.answer(1);
    hand.advance(20);
    await Promise.all([first.done, second.done]);
    expect(second.pending().size).toBe(0);
  });

  test("does not take an answer for its own that was there before it began", async () => {
    const hand = byHand();
    hand.start([0]);
    hand.answer(0);
    hand.advance(1500);
    hand.start([0]);
    hand.answer(0);
    hand.advance(1500);
    const seen = watch(hand.start([0]));
    hand.advance(100);
    await turn();
    expect(seen.ended).toBe(false);
  });

  test("shares an answer of the last second, and asks again after it", async () => {
    const hand = byHand();
    hand.answer(0);
    hand.advance(999);
    const check = hand.start([0]);
    await check.done;
    expect(check.pending().size).toBe(0);
    expect(hand.asked).toEqual([]);
    hand.advance(1);
    hand.start([0]);
    expect(hand.asked).toEqual([[0]]);
  });

  test("shares what a peer has paid for within the last second, and not what its traffic told", () => {
    const hand = byHand();
    hand.tell(0, true);
    hand.tell(1, false);
    hand.start([0, 1]);
    expect(hand.asked).toEqual([[1]]);
  });

  test("that another replica waits for is asked here within the bounds of this one", () => {
    const hand = byHand({ perMinute: 6, fleet: 8 });
    expect(hand.checks.relay([0, 1, 2, 3, 4, 5], "usual")).toBe(true);
    expect(hand.checks.relay([0, 1, 2], "usual")).toBe(false);
    expect(refusedBy(hand.checks.start([0, 1, 2], 1000)).refused).toBe("rate");
    hand.checks.close();
    expect(hand.checks.relay([0], "usual")).toBe(false);
    expect(hand.obeyed).toEqual([[0, 1, 2, 3, 4, 5]]);
    expect(hand.asked).toEqual([]);
  });

  test("of another replica is not asked anew for what was answered a moment ago", () => {
    const hand = byHand();
    expect(hand.checks.relay([0, 1], "usual")).toBe(true);
    hand.answer(0);
    hand.advance(300);
    expect(hand.checks.relay([0, 1], "usual")).toBe(true);
    expect(hand.checks.relay([0], "usual")).toBe(true);
    hand.advance(700);
    expect(hand.checks.relay([0], "usual")).toBe(true);
    expect(hand.obeyed).toEqual([[0, 1], [1], [0]]);
  });

  test("of another replica is asked where he cannot tell that it was answered", () => {
    const hand = byHand();
    hand.answer(0, true);
    hand.advance(300);
    expect(hand.checks.relay([0], "metadata")).toBe(true);
    expect(hand.obeyed).toEqual([[0]]);
  });

  test("takes the answer of a peer whose clock is a little ahead", () => {
    const hand = byHand();
    hand.tell(0, true, 200);
    hand.start([0]);
    hand.tell(0, true, 5000);
    hand.start([0]);
    expect(hand.asked).toEqual([[0]]);
  });

  test("waits no more for a deployment that a reload took away", async () => {
    const hand = byHand();
    const check = hand.start([0]);
    hand.claim(0, 0);
    hand.advance(20);
    await check.done;
  });

  test("has what is waited for asked again when a thread begins anew, and nothing else", () => {
    const hand = byHand();
    hand.checks.resume();
    hand.start([0, 1]);
    hand.answer(0);
    hand.advance(20);
    hand.checks.resume();
    expect(hand.asked).toEqual([[0, 1], [1]]);
  });

  test("ends early when it is told to, and when the service stops", async () => {
    const hand = byHand();
    const one = hand.start([0]);
    const other = hand.start([0]);
    one.end();
    await one.done;
    expect(hand.checks.waiting()).toBe(1);
    hand.checks.close();
    expect(refusedBy(hand.checks.start([1], 1000)).refused).toBe("stopping");
    hand.checks.end();
    await other.done;
    expect(hand.timers.size).toBe(0);
  });

  test("is refused when too many wait, and when it would ask for too much too often", () => {
    const crowd = byHand({ perMinute: 1, fleet: 1000 });
    for (let count = 0; count < 64; count += 1) crowd.start([0]);
    expect(refusedBy(crowd.checks.start([0], 1000)).refused).toBe("waiting");

    const hand = byHand({ perMinute: 6, fleet: 8 });
    hand.start([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(hand.checks.waiting()).toBe(1);
    for (let slot = 0; slot < 8; slot += 1) hand.answer(slot);
    hand.advance(2000);
    expect(refusedBy(hand.checks.start([0], 1000))).toEqual({
      refused: "rate",
      retryAfterMs: 8000,
    });
    hand.advance(8000);
    expect(refusedBy(hand.checks.start([0], 1000)).refused).toBeNull();
  });

  test("ends by its deadline, whatever becomes of threads, answers and deployments", async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom("answer", "take away", "check"), slot: fc.nat(3) }),
      fc.record({ do: fc.constantFrom("wait", "resume"), slot: fc.nat(400) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), async (steps) => {
        const hand = byHand({ perMinute: 1e9, fleet: 8 });
        const seen: { ended: boolean }[] = [];
        let identity = 100;
        for (const { do: what, slot } of steps) {
          if (what === "answer") hand.answer(slot);
          else if (what === "take away") hand.claim(slot, identity++);
          else if (what === "check") seen.push(watch(hand.start([slot, (slot + 1) % 4], 1000)));
          else if (what === "wait") hand.advance(slot);
          else hand.checks.resume();
        }
        hand.advance(1000);
        await turn();
        expect(seen.every(({ ended }) => ended)).toBe(true);
        expect(hand.timers.size).toBe(0);
        expect(hand.checks.waiting()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
