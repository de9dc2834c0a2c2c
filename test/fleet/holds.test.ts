import { describe, expect, test } from "bun:test";
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
