import { describe, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { type Check, createChecks } from "../../src/fleet/checks.ts";
import { stateOf } from "../../src/table/row.ts";
import { threadWord } from "../../src/table/table.ts";
import { target } from "../probe/target.ts";
import { eventually } from "../servers/process.ts";
import { faults, faultWord } from "./fault.ts";
import { type Given, started } from "./running-fleet.ts";

const ok = (count: number) => Array<string>(count).fill("ok");
const deadlines = { connectMs: 10_000, firstByteMs: 10_000, totalMs: 10_000 };

async function withChecks(given: Given) {
  const running = await started(given);
  const checks = createChecks({
    table: running.table,
    reader: running.reader,
    clock: systemClock,
    timers: {
      set: (callback, delayMs) => setTimeout(callback, delayMs),
      clear: (timer) => clearTimeout(timer as Timer | undefined),
    },
    probe: running.fleet.probe,
    obey: (slots, wanted) => running.fleet.obey({ type: "probe", slots, wanted }),
    isFree: () => false,
    bounds: () => ({ perMinute: 1_000_000, fleet: 1000 }),
  });
  running.onAssigned(() => checks.resume());
  const check = (slots: readonly number[]): Check => {
    const begun = checks.start(slots, 15_000);
    if ("refused" in begun) throw new Error(begun.refused);
    return begun;
  };
  await eventually("all threads are there", () => running.fleet.allReady());
  return { ...running, check };
}

describe("probes on request", () => {
  test("reach deployments that are never asked by themselves, each once", async () => {
    const { row, provider, check } = await withChecks({
      behaviours: [...ok(5), "auth"],
      interval: 0,
    });
    expect(provider.requests()).toBe(0);
    const { done, pending } = check([0, 1, 5]);
    await done;
    expect(pending().size).toBe(0);
    expect(provider.requests()).toBe(3);
    expect([0, 1, 2, 5].map((slot) => stateOf(row(slot)))).toEqual([
      "healthy",
      "healthy",
      "unknown",
      "unhealthy",
    ]);
    expect(row(0).nextDueMs).toBe(0);
  });

  test("of many checks at once make one request a deployment", async () => {
    const { provider, check } = await withChecks({ behaviours: ok(6), interval: 0 });
    const slots = [...Array(6).keys()];
    await Promise.all([...Array(10)].map(() => check(slots).done));
    expect(provider.requests()).toBe(6);
  });

  for (const fault of ["exit", "hang"] as const) {
    test(`that a thread took along when it died by ${fault} are asked by its successor`, async () => {
      const { table, fleet, check } = await withChecks({ behaviours: ok(8), interval: 0 });
      Atomics.store(table.words, faultWord(0), faults[fault]);
      await eventually("the thread is gone", () => fleet.threads()[0]?.restarts === 1);
      const { done, pending } = check([...Array(8).keys()]);
      await done;
      expect(pending().size).toBe(0);
    }, 60_000);
  }

  test("of a deployment that a reload changes are asked as it is now", async () => {
    const { load, registry, check } = await withChecks({
      behaviours: ["hang", "ok"],
      interval: 0,
    });
    const { done, pending } = check(registry.slots());
    await load({ behaviours: ["ok", "ok"], interval: 0 });
    await done;
    expect(pending().size).toBe(0);
  }, 60_000);
});

describe("a test of a deployment that is not the fleet's", () => {
  const subjectAt = (url: string) => ({
    target: target({ baseUrl: `${url}/v1`, model: "m" }),
    deadlines,
  });

  test("is asked in a prober thread and leaves the table as it was", async () => {
    const { provider, fleet, table, row } = await withChecks({ behaviours: ok(1), interval: 0 });
    const outcome = await fleet.test(subjectAt(`${provider.url}/ok-7`));
    expect(outcome).toMatchObject({ class: "ok", httpStatus: 200 });
    expect(row(0).lastCheckMs).toBe(0);
    expect(threadWord(table, 0, "inFlight") + threadWord(table, 1, "inFlight")).toBe(0);
  });

  test("ends with nothing when its thread dies", async () => {
    const { provider, fleet, table } = await withChecks({
      behaviours: ok(1),
      interval: 0,
      threads: 1,
    });
    const outcome = fleet.test(subjectAt(`${provider.url}/hang-7`));
    await eventually("it is asked", () => threadWord(table, 0, "inFlight") === 1);
    Atomics.store(table.words, faultWord(0), faults.exit);
    expect(await outcome).toBeNull();
  }, 60_000);
});
