import { describe, expect, test } from "bun:test";
import { threadWord } from "../../src/table/table.ts";
import { eventually } from "../servers/process.ts";
import { faults, faultWord } from "./fault.ts";
import { started } from "./running-fleet.ts";

const slots = [0, 1, 2, 3, 4, 5, 6, 7];
const limitedFleet = { behaviours: ["limited", ...Array<string>(7).fill("ok")] };

describe("a key that a provider wants left alone", () => {
  test("is left alone by every thread", async () => {
    const { row, reader } = await started(limitedFleet);
    await eventually("all wait", () => slots.every((slot) => row(slot).holdUntilMs > 0));
    for (const slot of slots) {
      const { nextDueMs, holdUntilMs } = reader.read(slot).row;
      expect(nextDueMs).toBeGreaterThanOrEqual(holdUntilMs);
    }
  });

  test("is left alone by a thread that began after the provider had asked for it", async () => {
    const { row, table, fleet, load } = await started({ ...limitedFleet, interval: 0 });
    await eventually("all threads run", () => fleet.allReady());
    fleet.probe([0], "usual");
    await eventually("the provider has asked for it", () => row(0).holdUntilMs > 0);
    const other = threadWord(table, 0, "completed") > 0 ? 1 : 0;
    Atomics.store(table.words, faultWord(other), faults.exit);
    await eventually("the other thread begins anew", () => {
      const { alive, restarts } = fleet.threads()[other] ?? {};
      return alive === true && restarts === 1;
    });
    await load(limitedFleet);
    await eventually("all wait", () => slots.every((slot) => row(slot).holdUntilMs > 0));
    expect(slots.filter((slot) => row(slot).lastCheckMs > 0)).toEqual([0]);
  });

  test("is left alone by the successor of a thread that died", async () => {
    const { row, table, fleet, reader } = await started({ ...limitedFleet, threads: 1 });
    await eventually("all wait", () => slots.every((slot) => row(slot).holdUntilMs > 0));
    const before = slots.map((slot) => reader.read(slot).sequence);
    Atomics.store(table.words, faultWord(0), faults.exit);
    await eventually("the thread is replaced", () => fleet.threads()[0]?.restarts === 1);
    await eventually("all are taken over", () =>
      slots.every((slot) => reader.read(slot).sequence !== before[slot]),
    );
    for (const slot of slots) {
      const { nextDueMs, holdUntilMs } = row(slot);
      expect(nextDueMs).toBeGreaterThanOrEqual(holdUntilMs);
    }
  });
});
