import { describe, expect, test } from "bun:test";
import type { ProbePlan } from "../../src/registry/deployment.ts";
import { hasMark } from "../../src/table/probe-marks.ts";
import { emptyRow, type Row, stateOf } from "../../src/table/row.ts";
import { deployment, paidOnly, startRounds, wide } from "./rounds-by-hand.ts";

const auto: ProbePlan = { ...paidOnly, rung: "auto", hasFree: true, paidIntervalMs: 5000 };
const dayMs = 86_400_000;
/** Wall time when a test begins (see rounds-by-hand.ts). */
const startWallMs = 1_000_000;

function begin(plan: ProbePlan, policy = {}, slots = [0]) {
  const hand = startRounds(wide, 1_000_000, () => 0.5, policy);
  hand.rounds.assign(
    slots.map((slot) => ({
      slot,
      deployment: { ...deployment(slot), plan },
      firstDelayMs: 0,
      gridDelayMs: 1000,
    })),
  );
  const row = (slot = 0): Row => hand.rows.get(slot) ?? emptyRow();
  /** Answers every probe up to a time, and tells which questions they were. */
  const answerAll = async (untilMs: number) => {
    const rungs: string[] = [];
    for (let nowMs = 0; nowMs <= untilMs; nowMs += 100) {
      await hand.advanceTo(nowMs);
      while (hand.pending.length > 0) {
        const [asked] = hand.pending;
        if (asked === undefined) break;
        rungs.push(asked.rung);
        await hand.take(asked.slot).answer("ok", undefined, { text: "" });
      }
    }
    return rungs;
  };
  const next = async (ms: number) => {
    await hand.advanceTo(ms);
    return hand.take(0);
  };
  return { ...hand, row, answerAll, next };
}

const fine = { text: "" };

describe("a deployment that is asked for free in between", () => {
  test("is asked the paid question first, and once in every paid interval", async () => {
    const { answerAll } = begin(auto);
    expect(await answerAll(10_500)).toEqual([
      "completion",
      ...Array.from({ length: 4 }, () => "metadata"),
      "completion",
      ...Array.from({ length: 4 }, () => "metadata"),
      "completion",
    ]);
  });

  test("tells in its row which question was answered last, and when the paid one was", async () => {
    const { row, next, advanceTo } = begin(auto);
    await (await next(0)).answer("ok", undefined, fine);
    expect([hasMark(row(), "free"), row().lastPaidSeconds]).toEqual([false, 1000]);
    await advanceTo(1500);
    await (await next(1500)).answer("ok", undefined, fine);
    expect([hasMark(row(), "free"), row().lastPaidSeconds, row().freeProbes]).toEqual([
      true,
      1000,
      1,
    ]);
  });

  test("goes on where another thread left it", async () => {
    const first = begin(auto);
    await (await first.next(0)).answer("ok", undefined, fine);
    const second = begin(auto);
    second.rows.set(0, first.row());
    await second.advanceTo(100);
    expect(second.take(0).rung).toBe("metadata");
  });

  test("is asked the paid question once the clock was set back behind the last one", async () => {
    const first = begin(auto);
    await (await first.next(0)).answer("ok", undefined, fine);
    const second = begin(auto);
    second.rows.set(0, { ...first.row(), lastPaidSeconds: first.row().lastPaidSeconds + 86_400 });
    expect((await second.next(0)).rung).toBe("completion");
  });

  test("is asked the paid question until it passes, once that one has failed", async () => {
    const { next } = begin(auto);
    await (await next(0)).answer("billing");
    const again = await next(3000);
    expect(again.rung).toBe("completion");
    await again.answer("ok", undefined, fine);
    const last = await next(3200);
    expect(last.rung).toBe("completion");
    await last.answer("ok", undefined, fine);
    expect((await next(6000)).rung).toBe("metadata");
  });

  test("whose free question fails for want of an answer is down by it", async () => {
    const { next, row } = begin(auto);
    await (await next(0)).answer("ok", undefined, fine);
    for (const ms of [2000, 2200, 2400]) await (await next(ms)).answer("server_error");
    expect([stateOf(row()), row().consecutiveFailures]).toEqual(["unhealthy", 3]);
  });

  test("whose free question passes again is asked the paid one at once, and is up by that one only", async () => {
    const { next, row, pending } = begin(auto, { rise: 1 });
    await (await next(0)).answer("ok", undefined, fine);
    for (const ms of [2000, 2200, 2400]) await (await next(ms)).answer("connect");
    const free = await next(5000);
    expect(free.rung).toBe("metadata");
    await free.answer("ok", undefined, fine);
    expect(stateOf(row())).toBe("unhealthy");
    const paid = await next(5000);
    expect([paid.rung, pending.length]).toEqual(["completion", 0]);
    await paid.answer("ok", undefined, fine);
    expect(stateOf(row())).toBe("healthy");
  });

  test.each(["auth", "permission", "model_not_found", "protocol"] as const)(
    "is not called down for %s of the free question before the paid one said so",
    async (outcomeClass) => {
      const { next, row } = begin(auto);
      await (await next(0)).answer("ok", undefined, fine);
      await (await next(2000)).answer(outcomeClass);
      const paid = await next(2000);
      expect([paid.rung, row().consecutiveFailures]).toEqual(["completion", 0]);
      await paid.answer(outcomeClass);
      expect(row().consecutiveFailures).toBe(1);
    },
  );

  test.each([
    ["has no such endpoint", "bad_probe", "this server does not answer the free question"],
    ["lists models without it", "ok", "the provider's list of models does not name this model"],
  ] as const)(
    "whose provider %s is asked the paid question for that day",
    async (_, outcomeClass, text) => {
      const { next, row } = begin(auto);
      await (await next(0)).answer("ok", undefined, fine);
      await (await next(2000)).answer(outcomeClass, undefined, { text });
      for (const ms of [2000, 4000, 6000]) {
        const paid = await next(ms);
        expect(paid.rung).toBe("completion");
        await paid.answer("ok", undefined, fine);
      }
      expect(stateOf(row())).toBe("healthy");
      expect((await next(dayMs)).rung).toBe("completion");
    },
  );

  test("is asked the paid question by hand, and the free one when that is named", async () => {
    const { next, rounds } = begin(auto);
    await (await next(0)).answer("ok", undefined, fine);
    rounds.probe([0]);
    const usual = await next(100);
    expect(usual.rung).toBe("completion");
    await usual.answer("ok", undefined, fine);
    rounds.probe([0], "metadata");
    expect((await next(200)).rung).toBe("metadata");
  });

  test("is not called unknown by hand for want of a free question", async () => {
    const { next, rounds, row } = begin(auto);
    await (await next(0)).answer("ok", undefined, fine);
    rounds.probe([0], "metadata");
    await (await next(100)).answer("bad_probe");
    expect([stateOf(row()), row().classCounts[11], row().freeProbes]).toEqual(["healthy", 1, 1]);
    expect((await next(2000)).rung).toBe("completion");
  });

  test("is not paid for at once where the free question was named", async () => {
    const { next, rounds, pending, advanceTo } = begin(auto);
    await (await next(0)).answer("ok", undefined, fine);
    await (await next(2000)).answer("connect");
    rounds.probe([0], "metadata");
    await (await next(2000)).answer("ok", undefined, fine);
    await advanceTo(2000);
    expect(pending).toHaveLength(0);
    expect((await next(5000)).rung).toBe("completion");
  });

  test("is asked by hand what is meant although another question was on its way", async () => {
    const { next, rounds } = begin(auto);
    await (await next(0)).answer("ok", undefined, fine);
    const free = await next(2000);
    rounds.probe([0], "completion");
    await free.answer("ok", undefined, fine);
    expect((await next(2000)).rung).toBe("completion");
  });
});

describe("a deployment whose model a paid question would load into memory", () => {
  const onDemand: ProbePlan = { ...auto, paidIntervalMs: null };

  test("is not paid for by itself, at the start or later", async () => {
    const { answerAll } = begin(onDemand);
    const rungs = await answerAll(40_000);
    expect(rungs.length).toBeGreaterThan(10);
    expect(new Set(rungs)).toEqual(new Set(["metadata"]));
  });

  test("comes back by the free question alone after its server was away", async () => {
    const { next, row, pending, advanceTo } = begin(onDemand);
    await (await next(0)).answer("connect");
    for (const ms of [2000, 4000]) {
      const free = await next(ms);
      expect(free.rung).toBe("metadata");
      await free.answer("ok", undefined, fine);
    }
    expect(stateOf(row())).toBe("healthy");
    await advanceTo(4100);
    expect(pending).toHaveLength(0);
  });

  test("is paid for when it is asked for by hand, and when the free question is in doubt", async () => {
    const { next, rounds } = begin(onDemand);
    await (await next(0)).answer("ok", undefined, fine);
    rounds.probe([0], "completion");
    const byHand = await next(100);
    expect(byHand.rung).toBe("completion");
    await byHand.answer("ok", undefined, fine);
    await (await next(2000)).answer("model_not_found");
    expect((await next(2000)).rung).toBe("completion");
  });
});

describe("a budget of a day", () => {
  /** What a probe is set aside for: a prompt and the limit. */
  const estimate = 24;

  test("that is spent has the free question asked in place of the paid one", async () => {
    const plan = { ...auto, rung: "completion", tokensPerDay: 40 } as const;
    const { next, row } = begin(plan);
    await (await next(0)).answer("ok", undefined, fine);
    expect(row().spentTokens).toBe(15);
    await (await next(2000)).answer("ok", undefined, fine);
    const third = await next(4000);
    expect(third.rung).toBe("metadata");
    await third.answer("ok", undefined, fine);
    expect([row().spentTokens, row().withheldProbes, hasMark(row(), "ownBudgetSpent")]).toEqual([
      30,
      1,
      true,
    ]);
  });

  test("that is spent has nothing asked before midnight where no free question is", async () => {
    const { next, row, pending, advanceTo } = begin({ ...paidOnly, tokensPerDay: 30 });
    await (await next(0)).answer("ok", undefined, fine);
    await advanceTo(10_000);
    expect([pending.length, hasMark(row(), "waits"), stateOf(row())]).toEqual([0, true, "healthy"]);
    expect(row().nextDueMs).toBeGreaterThanOrEqual(dayMs);
    await (await next(dayMs - startWallMs + 60_000)).answer("ok", undefined, fine);
    expect([row().spentTokens, hasMark(row(), "waits"), row().spentDay]).toEqual([15, false, 1]);
  });

  test("in all holds for many that begin at once", async () => {
    const slots = Array.from({ length: 10 }, (_, slot) => slot);
    const hand = begin(auto, { tokensPerDay: 3 * estimate }, slots);
    await hand.advanceTo(0);
    const paid = hand.pending.filter(({ rung }) => rung === "completion");
    expect([hand.pending.length, paid.length]).toEqual([10, 3]);
    for (const slot of slots) await hand.take(slot).answer("ok", undefined, fine);
    expect(hand.spending.on(0).tokens).toBe(45);
  });

  test("in USD counts what the provider says it charged", async () => {
    const { next, row, spending } = begin({ ...auto, usdPerDay: 0.01 });
    const usage = { promptTokens: 10, completionTokens: 5, costUsd: 0.02 };
    await (await next(0)).answer("ok", undefined, { text: "", usage });
    expect([row().spentNanoUsd, spending.on(0).nanoUsd]).toEqual([20_000_000, 20_000_000]);
  });

  test("counts as the limit that was sent what a provider does not count", async () => {
    const { next, row } = begin({ ...auto, tokensPerDay: 1000 });
    const usage = { promptTokens: null, completionTokens: null };
    await (await next(0)).answer("ok", undefined, { text: "", usage });
    expect(row().spentTokens).toBe(estimate);
  });

  test("takes nothing for a probe that was refused before the model worked", async () => {
    const { next, spending } = begin({ ...auto, tokensPerDay: 1000 });
    const usage = { promptTokens: null, completionTokens: null };
    await (await next(0)).answer("auth", undefined, { usage });
    expect(spending.on(0)).toEqual({ tokens: 0, nanoUsd: 0 });
  });

  test("that was raised lets those go on that waited for midnight", async () => {
    const hand = begin(paidOnly, { tokensPerDay: 30 });
    await (await hand.next(0)).answer("ok", undefined, fine);
    await hand.advanceTo(5000);
    expect(hand.pending).toHaveLength(0);
    hand.rounds.setPolicy({
      ...{ rise: 2, fall: 3, degradedLimitMs: 60_000, confirmIntervalMs: 100 },
      ...{ unhealthyIntervalMs: 500, backoffMaxMs: 4000, jitterRatio: 0, ratePerSecond: 1e6 },
      ...{ tokensPerDay: 1000, usdPerDay: null },
    });
    await hand.advanceTo(5001);
    expect(hand.pending).toHaveLength(1);
  });

  test("is overruled by who asks the paid question by its name", async () => {
    const { next, rounds } = begin({ ...auto, tokensPerDay: 0 });
    const free = await next(0);
    expect(free.rung).toBe("metadata");
    await free.answer("ok", undefined, fine);
    rounds.probe([0], "completion");
    expect((await next(100)).rung).toBe("completion");
  });
});

describe("an answer", () => {
  const limits = (remaining: number) => ({
    requests: { limit: 10, remaining, resetMs: startWallMs + 60_000 },
    tokens: null,
  });

  test("that says nothing is left of a limit holds its key back until the limit begins anew", async () => {
    const { next, held, row } = begin(paidOnly);
    await (await next(0)).answer("ok", undefined, { text: "", limits: limits(0) });
    expect(held).toEqual([{ name: "h k", forMs: 60_000 }]);
    expect(row()).toMatchObject({
      requestsLimit: 11,
      requestsRemaining: 1,
      requestsResetSeconds: 1060,
      tokensLimit: 0,
    });
    expect(row().nextDueMs).toBeGreaterThanOrEqual(startWallMs + 60_000);
  });

  test("that says nothing is left for the day holds its key back for a quarter of an hour at most", async () => {
    const { next, held, row } = begin(paidOnly);
    const requests = { limit: 10, remaining: 0, resetMs: startWallMs + dayMs };
    await (await next(0)).answer("ok", undefined, { text: "", limits: { requests, tokens: null } });
    expect(held).toEqual([{ name: "h k", forMs: 900_000 }]);
    expect(row().nextDueMs).toBeLessThan(startWallMs + 1_000_000);
  });

  test("that says something is left holds nothing back", async () => {
    const { next, held } = begin(paidOnly);
    await (await next(0)).answer("ok", undefined, { text: "", limits: limits(1) });
    expect(held).toEqual([]);
  });

  test("by another model than before is counted, and one that was not asked for is marked", async () => {
    const { next, row } = begin(paidOnly);
    const answers = ["0", "0-2024-08-06", "sonnet"];
    for (const [index, servedModel] of answers.entries()) {
      await (await next(index * 2000)).answer("ok", undefined, { text: "", servedModel });
    }
    expect([row().servedModel, row().modelChanges, hasMark(row(), "otherModel")]).toEqual([
      "sonnet",
      2,
      true,
    ]);
  });

  test("that refuses the probe itself is told once, until another comes", async () => {
    const { next, refused } = begin(paidOnly);
    for (const ms of [0, 2000])
      await (await next(ms)).answer("bad_probe", undefined, { text: "no" });
    expect(refused).toEqual([{ slot: 0, text: "no" }]);
  });
});
