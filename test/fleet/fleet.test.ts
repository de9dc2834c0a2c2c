import { describe, expect, test } from "bun:test";
import { stateOf } from "../../src/table/row.ts";
import { threadWord } from "../../src/table/table.ts";
import { eventually } from "../servers/process.ts";
import { faults, faultWord } from "./fault.ts";
import { started } from "./running-fleet.ts";

const checked = (row: { lastCheckMs: number }) => row.lastCheckMs > 0;
const ok = (count: number) => Array<string>(count).fill("ok");

describe("the fleet", () => {
  test("asks every deployment from its threads and keeps asking", async () => {
    const { row, fleet, provider } = await started({ behaviours: [...ok(7), "auth"] });
    await eventually("all are known", () =>
      [...Array(8).keys()].every((slot) => checked(row(slot))),
    );
    expect(stateOf(row(0))).toBe("healthy");
    expect(stateOf(row(7))).toBe("unhealthy");
    expect(fleet.allReady()).toBe(true);
    const before = provider.requests();
    await eventually("they are asked again", () => provider.requests() > before + 8);
  });

  test("tells how much each thread has planned: all that it neither asks nor has waiting", async () => {
    const { table, fleet, load } = await started({ behaviours: ok(8), interval: 3600 });
    const sum = (field: "scheduled" | "deployments") =>
      fleet.threads().reduce((total, { thread }) => total + threadWord(table, thread, field), 0);
    await eventually("all are planned", () => sum("scheduled") === 8);
    expect(sum("deployments")).toBe(8);
    await load({ behaviours: ok(3), interval: 3600 });
    await eventually("those that went are planned no more", () => sum("scheduled") === 3);
  });

  for (const [fault, code] of Object.entries(faults)) {
    test(`replaces a thread that dies by ${fault}, and its deployments are asked again`, async () => {
      const { table, row, fleet, notices } = await started({ behaviours: ok(8) });
      await eventually("all are known", () =>
        [...Array(8).keys()].every((slot) => checked(row(slot))),
      );
      Atomics.store(table.words, faultWord(0), code);
      await eventually("the thread is replaced", () => fleet.threads()[0]?.restarts === 1);
      await eventually("it is alive", () => fleet.threads()[0]?.alive === true);
      const killedMs = Date.now();
      await eventually("all are asked again", () =>
        [...Array(8).keys()].every((slot) => row(slot).lastCheckMs > killedMs),
      );
      expect(stateOf(row(0))).toBe("healthy");
      expect(notices.join()).toMatch(/prober thread 0 .*it is replaced/);
    }, 60_000);
  }

  test("loses nothing of other threads when one dies", async () => {
    const { table, row, fleet } = await started({ behaviours: ok(8) });
    await eventually("all are known", () =>
      [...Array(8).keys()].every((slot) => checked(row(slot))),
    );
    const checksBefore = [...Array(8).keys()].map((slot) => row(slot).outcomeBitsCount);
    Atomics.store(table.words, faultWord(1), faults.hang);
    await eventually("the thread is replaced", () => fleet.threads()[1]?.restarts === 1);
    for (const [slot, before] of checksBefore.entries()) {
      expect(row(slot).outcomeBitsCount).toBeGreaterThanOrEqual(before);
    }
    expect(fleet.threads()[0]).toMatchObject({ alive: true, restarts: 0 });
  }, 60_000);

  test("a hanging deployment does not hold up the others", async () => {
    const { row } = await started({
      behaviours: ["hang", ...ok(5)],
      settings: "max_in_flight_per_host: 4",
    });
    await eventually("the well ones were asked five times", () =>
      [1, 2, 3, 4, 5].every((slot) => row(slot).outcomeBitsCount >= 5),
    );
    expect(stateOf(row(1))).toBe("healthy");
    await eventually("the hanging one is unhealthy", () => stateOf(row(0)) === "unhealthy");
  });
});

describe("a reload", () => {
  test("keeps slot and history of what stays, retires what goes, and asks what is new", async () => {
    const { load, row, registry, retired, provider } = await started({ behaviours: ok(4) });
    await eventually("all are known", () =>
      [...Array(4).keys()].every((slot) => checked(row(slot))),
    );
    const checks = row(1).outcomeBitsCount;
    await load({ behaviours: ok(3) });
    expect(retired).toEqual(["3"]);
    expect(row(1).outcomeBitsCount).toBeGreaterThanOrEqual(checks);
    await load({ behaviours: ok(5) });
    const slot = registry.slots().find((one) => registry.at(one)?.modelId === "4");
    await eventually("the new one is known", () => slot !== undefined && checked(row(slot)));
    expect(provider.requests()).toBeGreaterThan(0);
  });

  test("that removes everything stops all asking", async () => {
    const { load, registry, provider, table } = await started({ behaviours: ok(4) });
    await eventually("something was asked", () => provider.requests() > 0);
    await load({ behaviours: [] });
    expect(registry.slots()).toEqual([]);
    await eventually(
      "nothing is in flight",
      () => threadWord(table, 0, "inFlight") + threadWord(table, 1, "inFlight") === 0,
    );
    const before = provider.requests();
    await Bun.sleep(300);
    expect(provider.requests()).toBe(before);
  });

  test("while a thread is being replaced leaves every deployment with one owner", async () => {
    const { load, row, table, registry, fleet } = await started({ behaviours: ok(6) });
    Atomics.store(table.words, faultWord(0), faults.exit);
    await load({ behaviours: [...ok(6), "ok", "ok"] });
    await eventually("the thread is replaced", () => fleet.threads()[0]?.restarts === 1);
    await eventually("all are known", () => registry.slots().every((slot) => checked(row(slot))));
  }, 60_000);
});

test("draining ends with nothing in flight", async () => {
  const { fleet, table } = await started({ behaviours: [...ok(4), "hang"] });
  await eventually(
    "something is in flight",
    () => threadWord(table, 0, "inFlight") + threadWord(table, 1, "inFlight") > 0,
  );
  await fleet.drain(5000);
  expect(threadWord(table, 0, "inFlight") + threadWord(table, 1, "inFlight")).toBe(0);
}, 60_000);
