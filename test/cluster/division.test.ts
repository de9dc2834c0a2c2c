// Dividing a fleet, by itself.

import { describe, expect, test } from "bun:test";
import { systemClock, systemTimers } from "../../src/clock.ts";
import { createDivision } from "../../src/cluster/division.ts";
import { indexSlots } from "../../src/cluster/slot-index.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { eventually } from "../servers/process.ts";
import { fleetOf } from "./replicas.ts";

const me = { id: "00000000000000aa", node: "me" };
const other = { id: "00000000000000bb", node: "other" };

async function dividing(count: number) {
  const registry = createRegistry();
  registry.replace(fleetOf(count));
  const index = await indexSlots(registry, () => true);
  if (index === null) throw new Error("there is no index");
  const waits = new Set<unknown>();
  const timers = {
    set(callback: () => void, delayMs: number) {
      const timer = systemTimers.set(() => {
        waits.delete(timer);
        callback();
      }, delayMs);
      waits.add(timer);
      return timer;
    },
    clear(timer: unknown) {
      waits.delete(timer);
      systemTimers.clear(timer);
    },
  };
  let shares = 0;
  const division = createDivision({
    ...{ clock: systemClock, timers, me },
    onShare: () => {
      shares += 1;
    },
    prepare: () => new Promise(() => {}),
  });
  return { division, index, waits, shares: () => shares };
}

describe("a division", () => {
  test("knows among whom it was asked for last while that is not done", async () => {
    const { division, index } = await dividing(20_000);
    division.divide(index, [me, other]);
    await eventually("it is divided", () => division.owned().length === 2);
    division.divide(index, [me]);
    expect(division.members()).toEqual([me, other]);
    expect(division.latest()).toEqual([me]);
    // What a reload of the same fleet does.
    division.divide(index, division.latest());
    await eventually("it is divided anew", () => division.owned()[0] === 20_000);
  });

  test("keeps its share while it settles", async () => {
    const { division, index } = await dividing(100);
    division.divide(index, [me, other]);
    await eventually("it is divided", () => division.mode() === "share");
    const owned = [...division.owned()];
    division.settle(index, [me], 3600_000, 0);
    await Bun.sleep(0);
    expect(division.owned()).toEqual(owned);
    division.stop();
  });

  test("that ends leaves each a time of its own for what all ask then", async () => {
    const { division, index } = await dividing(100);
    expect(division.shift()).toBe(0);
    division.divide(index, [other, me]);
    await eventually("it is divided", () => division.mode() === "share");
    expect(division.shift()).toBe(0);
    division.whole(true);
    expect(division.shift()).toBeCloseTo(2 / 3);
    division.whole(true);
    expect(division.shift()).toBeCloseTo(2 / 3);
    division.divide(index, [me]);
    await eventually("it is divided again", () => division.mode() === "share");
    expect(division.shift()).toBe(0);
  });

  test("that is stopped has no wait left", async () => {
    const { division, index, waits, shares } = await dividing(100);
    division.settle(index, [me, other], 3600_000, 3600_000);
    await eventually("it waits", () => waits.size === 1);
    division.stop();
    expect([waits.size, shares()]).toEqual([0, 0]);
  });
});
