import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { systemClock } from "../../src/clock.ts";
import { createChecks } from "../../src/fleet/checks.ts";
import { identityOf } from "../../src/registry/registry.ts";
import { holdNameOf } from "../../src/schedule/holds.ts";
import { hasMark } from "../../src/table/probe-marks.ts";
import { sourceOf, stateOf } from "../../src/table/row.ts";
import { threadWord } from "../../src/table/table.ts";
import { eventually } from "../servers/process.ts";
import { startCountingUpstream } from "./counting-upstream.ts";
import { faults, faultWord } from "./fault.ts";
import { intervalMs, peerRow } from "./peer.ts";
import { type Given, started, startedAt } from "./running-fleet.ts";

const all = [0, 1, 2, 3, 4, 5, 6, 7];
const even = (slot: number) => slot % 2 === 0;
const odd = (slot: number) => slot % 2 === 1;
const every = () => true;
const none = () => false;
const ok = (count: number) => Array<string>(count).fill("ok");
const rare = { interval: intervalMs / 1000 };

const counted = ({ settings = "", ...given }: Given) =>
  startedAt(startCountingUpstream(), { ...given, settings: `probe: completion, ${settings}` });

describe("a replica with a share of the fleet", () => {
  test("asks its own deployments and none of the others, and plans nothing for them", async () => {
    const { provider, table, fleet } = await counted({ behaviours: ok(8), isOurs: even });
    await eventually("its own were asked five times", () =>
      all.filter(even).every((slot) => provider.asked(slot) >= 5),
    );
    expect(all.filter((slot) => provider.asked(slot) > 0)).toEqual(all.filter(even));
    const sum = (field: "scheduled" | "deployments") =>
      fleet.threads().reduce((total, { thread }) => total + threadWord(table, thread, field), 0);
    expect(sum("deployments")).toBe(4);
    expect(sum("scheduled")).toBeLessThanOrEqual(4);
    expect(all.filter(fleet.owns)).toEqual(all.filter(even));
  });

  test("asks all of it with each of its threads, within all of its bounds", async () => {
    const { table } = await counted({ behaviours: ok(8), isOurs: even });
    expect([0, 1].map((thread) => threadWord(table, thread, "deployments"))).toEqual([2, 2]);
  });

  test("asks what became its own, and no more what was", async () => {
    const { provider, share } = await counted({ behaviours: ok(8), isOurs: even });
    await eventually("its own were asked", () =>
      all.filter(even).every((slot) => provider.asked(slot) > 0),
    );
    await share(odd);
    const before = all.map(provider.asked);
    await eventually("the others were asked five times", () =>
      all.filter(odd).every((slot) => provider.asked(slot) >= 5),
    );
    expect(all.filter(even).map(provider.asked)).toEqual(before.filter((_, slot) => even(slot)));
    expect(provider.peak()).toBe(1);
  });

  test("lets go of what a thread has that dies meanwhile, and its successor asks the rest", async () => {
    const { provider, share, table, fleet } = await counted({ behaviours: ok(8) });
    await eventually("all were asked", () => all.every((slot) => provider.asked(slot) > 0));
    Atomics.store(table.words, faultWord(0), faults.exit);
    await share(even);
    await eventually("the thread is replaced", () => fleet.threads()[0]?.restarts === 1);
    await eventually("it is alive", () => fleet.threads()[0]?.alive === true);
    const before = all.map(provider.asked);
    await eventually("its own are asked again", () =>
      all.filter(even).every((slot) => provider.asked(slot) > (before[slot] ?? 0) + 5),
    );
    expect(all.filter(odd).map(provider.asked)).toEqual(before.filter((_, slot) => odd(slot)));
  }, 60_000);

  test("is none while a reload is on its way, and is right after it", async () => {
    const { provider, share, load, registry } = await counted({ behaviours: ok(4), isOurs: even });
    const reloaded = load({ behaviours: ok(8) });
    await Promise.all([share(odd), share(every), share(odd), reloaded, share(odd)]);
    const numberOf = (slot: number) => Number(registry.shownAt(slot)?.modelId);
    const before = all.map(provider.asked);
    await eventually("the new share is asked", () =>
      all.filter(odd).every((slot) => provider.asked(numberOf(slot)) > 5),
    );
    for (const slot of all.filter(even)) {
      expect(provider.asked(numberOf(slot))).toBe(before[numberOf(slot)] ?? 0);
    }
  });

  test("ends nothing early when it stops: a share that comes while it drains is not taken", async () => {
    const { provider, share, fleet } = await counted({ behaviours: ok(8), isOurs: none });
    await fleet.drain(1000);
    await share(every);
    expect(all.filter(fleet.owns)).toEqual([]);
    expect(all.map(provider.asked)).toEqual(all.map(() => 0));
  });
});

describe("a reload that failed before it reached the fleet", () => {
  const two = { behaviours: ok(2), isOurs: every };
  const askedOf = ({ provider, registry }: Awaited<ReturnType<typeof counted>>) =>
    registry.slots().map((slot) => provider.asked(Number(registry.shownAt(slot)?.modelId)));

  test("does not keep it from taking its share: it goes on with what the registry has", async () => {
    const running = await counted({ ...two, isOurs: (slot) => slot > 0 });
    const { share, replace, fleet, registry, provider } = running;
    replace({ behaviours: ok(4) });
    await share(every);
    await eventually("it asks all", () => askedOf(running).every((count) => count > 2));
    expect(registry.slots().filter(fleet.owns)).toEqual([...registry.slots()]);
    expect(provider.peak()).toBe(1);
  });

  test("is made up for by the next one", async () => {
    const running = await counted(two);
    const { replace, load, retired, fleet, row, registry, reader } = running;
    replace({ behaviours: ["ok", "ok", "ok", "ok", "ok"] });
    replace({ behaviours: ["ok", "gone", "ok"] });
    await load({ behaviours: ["ok", "gone", "ok"] });
    await eventually("it asks all", () => askedOf(running).every((count) => count > 2));
    expect(retired).toEqual([]);
    expect([0, 1, 2, 3, 4].filter(fleet.owns)).toHaveLength(3);
    for (const slot of registry.slots()) {
      const key = registry.shownAt(slot)?.key ?? "";
      expect(reader.scalar(slot, "lastCheckMs").identity).toBe(identityOf(key));
    }
    expect(stateOf(row(0))).toBe("healthy");
  });

  test("and took some away has the next one free those only that it does not bring back", async () => {
    const running = await counted({ behaviours: ok(4) });
    const { replace, load, retired, provider } = running;
    replace({ behaviours: ok(1) });
    await load({ behaviours: ok(3) });
    await eventually("it asks all", () => askedOf(running).every((count) => count > 2));
    expect(retired).toEqual(["3"]);
    expect(provider.peak()).toBe(1);
  });
});

test("a fleet is fit once it was handed out to threads that are there, also while one of them is replaced", async () => {
  const { fleet, table } = await counted({ behaviours: ok(4) });
  await eventually("all threads are there", () => fleet.allReady());
  expect(fleet.isFit()).toBe(true);
  Atomics.store(table.words, faultWord(0), faults.exit);
  await eventually("one is replaced", () => {
    expect(fleet.isFit()).toBe(true);
    return fleet.threads()[0]?.restarts === 1;
  });
  await fleet.stop();
  expect(fleet.isFit()).toBe(false);
});

test("a fleet whose threads have not been there is not fit", async () => {
  const { fleet } = await counted({ behaviours: ok(4) });
  expect(fleet.allReady()).toBe(false);
  expect(fleet.isFit()).toBe(false);
});

describe("a deployment that changes hands", () => {
  test("goes on where its row is: it is asked again when it is due, and not before", async () => {
    const { provider, share, row, reader } = await counted({ behaviours: ok(8), ...rare });
    await eventually("all are known", () => all.every((slot) => row(slot).lastCheckMs > 0));
    await share(none);
    const planned = all.map((slot) => row(slot).nextDueMs);
    const before = all.map(reader.sequence);
    await share(every);
    await eventually("all are planned", () =>
      all.every((slot) => reader.sequence(slot) !== before[slot]),
    );
    for (const slot of all) {
      expect(Math.abs(row(slot).nextDueMs - (planned[slot] ?? 0))).toBeLessThan(intervalMs / 100);
    }
    expect(all.map(provider.asked)).toEqual(all.map(() => 1));
  });

  test("because nobody divides the fleet any more is asked at a time of this replica's own", async () => {
    const running = await counted({ behaviours: ok(8), isOurs: even, ...rare });
    const { share, row, fleet } = running;
    for (const slot of all.filter(odd)) fleet.takePeerRow(slot, peerRow(intervalMs / 2));
    await eventually("its own are known", () =>
      all.filter(even).every((slot) => row(slot).lastCheckMs > 0),
    );
    const planned = all.map((slot) => row(slot).nextDueMs);
    running.shift(0.25);
    await share(every);
    await eventually("the others are its own", () =>
      all.filter(odd).every((slot) => sourceOf(row(slot)) === "restored"),
    );
    for (const slot of all) {
      const laterMs = row(slot).nextDueMs - (planned[slot] ?? 0);
      expect(Math.round((8 * laterMs) / intervalMs)).toBe(odd(slot) ? 2 : 0);
    }
  });

  test("goes on where a peer's row is, and is told of as its own from then on", async () => {
    const { provider, share, row, fleet } = await counted({
      ...{ behaviours: ok(2), isOurs: none, ...rare },
    });
    fleet.takePeerRow(0, peerRow(intervalMs / 2));
    fleet.takePeerRow(1, peerRow(intervalMs + 1000));
    await share(every);
    await eventually("what is overdue is asked", () => row(1).lastCheckMs > Date.now() - 60_000);
    expect(sourceOf(row(1))).toBe("probe");
    expect(sourceOf(row(0))).toBe("restored");
    expect(Math.abs(row(0).nextDueMs - Date.now() - intervalMs / 2)).toBeLessThan(60_000);
    expect([provider.asked(0), provider.asked(1)]).toEqual([0, 1]);
  });

  test("and comes back is not asked twice at once while it hangs", async () => {
    const { provider, share, row } = await counted({
      behaviours: ["hang", ...ok(7)],
      timeout: 30,
    });
    await eventually("it is being asked", () => provider.inFlight(0) === 1);
    await share(odd);
    await share(every);
    await eventually("the others are asked on", () =>
      all.slice(1).every((slot) => provider.asked(slot) > 5),
    );
    expect(provider.asked(0)).toBe(1);
    provider.letGo();
    await eventually("it is asked again", () => provider.asked(0) > 1);
    await eventually("it is known", () => stateOf(row(0)) === "healthy");
    expect(provider.peak()).toBe(1);
  }, 60_000);
});

describe("what concerns another replica's deployments", () => {
  test("is passed on: probes on request, and what real requests say", async () => {
    const { fleet, foreign, provider } = await counted({
      ...{ behaviours: ok(8), isOurs: even, interval: 0 },
    });
    await eventually("all threads are there", () => fleet.allReady());
    const told = { outcome: "server_error", atMs: 1, decided: false, words: "" } as const;
    fleet.probe([0, 1, 2, 3], "usual");
    fleet.passive([
      { slot: 4, ...told },
      { slot: 5, ...told },
    ]);
    expect(foreign).toEqual([
      { type: "probe", slots: [1, 3], wanted: "usual" },
      { type: "passive", outcomes: [{ slot: 5, ...told }] },
    ]);
    await eventually("its own are asked", () => provider.asked(0) + provider.asked(2) === 2);
  });

  test("is nothing where no replica can ask it", async () => {
    const { fleet, foreign } = await counted({ behaviours: ok(2), isOurs: none });
    fleet.probe([7], "usual");
    expect(foreign).toEqual([]);
  });

  test("goes no further when it comes from another replica", async () => {
    const { fleet, foreign, provider } = await counted({
      ...{ behaviours: ok(8), isOurs: even, interval: 0 },
    });
    await eventually("all threads are there", () => fleet.allReady());
    expect(fleet.obey({ type: "probe", slots: [1], wanted: "usual" })).toBe(false);
    expect(fleet.obey({ type: "probe", slots: [1, 2], wanted: "usual" })).toBe(true);
    await eventually("its own is asked", () => provider.asked(2) === 1);
    expect(provider.asked(1)).toBe(0);
    expect(foreign).toEqual([]);
  });

  test("is not believed when it is of tomorrow", async () => {
    const { fleet, row } = await started({ behaviours: ok(1), interval: 0 });
    await eventually("all threads are there", () => fleet.allReady());
    const outcome = { slot: 0, outcome: "ok", decided: true, words: "" } as const;
    const atMs = Date.now();
    expect(
      fleet.obey({ type: "passive", outcomes: [{ ...outcome, atMs: atMs + 86_400_000 }] }),
    ).toBe(false);
    expect(fleet.obey({ type: "passive", outcomes: [{ ...outcome, atMs }] })).toBe(true);
    await eventually("what can be is", () => row(0).lastCheckMs === atMs);
  });

  test("are keys that a provider wants left alone, whoever was told", async () => {
    const limited = { behaviours: ["limited", ...ok(7)], interval: 0 };
    const teller = await started(limited);
    await eventually("all threads are there", () => teller.fleet.allReady());
    teller.fleet.probe([0], "usual");
    await eventually("it is told", () => teller.foreign.length > 0);
    const [order] = teller.foreign;
    if (order?.type !== "hold") throw new Error("no hold");
    expect(order.forMs).toBeGreaterThan(10_000);

    const hearer = await started(limited);
    await eventually("all threads are there", () => hearer.fleet.allReady());
    const [, key] = order.name.split(" ");
    const name = `${new URL(hearer.provider.url).host} ${key}`;
    expect(hearer.fleet.obey({ ...order, name })).toBe(true);
    await hearer.load({ behaviours: ["limited", ...ok(7)] });
    await eventually("all wait", () => all.every((slot) => hearer.row(slot).holdUntilMs > 0));
    expect(hearer.provider.requests()).toBe(0);
    expect(hearer.foreign).toEqual([]);
  });

  test("are keys of deployments that it takes over only later", async () => {
    const running = await started({ behaviours: ok(8), isOurs: none, ...rare });
    const { fleet, registry, provider, share, row } = running;
    const lanes = registry.lanesAt(0);
    if (lanes === null) throw new Error("no lanes");
    expect(fleet.obey({ type: "hold", name: holdNameOf(lanes), forMs: 60_000 })).toBe(true);
    await share(every);
    await eventually("all wait", () => all.every((slot) => row(slot).holdUntilMs > 0));
    expect(provider.requests()).toBe(0);
  });

  test("are no keys that nobody here has, and no holds without an end", async () => {
    const { fleet } = await started({ behaviours: ok(2) });
    for (const [name, forMs] of [
      ["127.0.0.1:1 none", 60_000],
      ["none", 60_000],
      ["", 60_000],
      ["__proto__ constructor", 60_000],
    ] as const) {
      expect(fleet.obey({ type: "hold", name, forMs })).toBe(false);
    }
  });
});

describe("a probe on request of what another replica owns", () => {
  test("ends with the row that the peer tells then", async () => {
    const running = await counted({ behaviours: ok(2), isOurs: none, ...rare });
    const { fleet, foreign, row, provider } = running;
    const checks = createChecks({
      ...{ table: running.table, reader: running.reader, clock: systemClock },
      timers: {
        set: (callback, delayMs) => setTimeout(callback, delayMs),
        clear: (timer) => clearTimeout(timer as Timer | undefined),
      },
      probe: fleet.probe,
      obey: () => false,
      isFree: () => false,
      bounds: () => ({ perMinute: 1000, fleet: 8 }),
    });
    const counts = new Uint32Array(24);
    counts[0] = 7;
    fleet.takePeerRow(0, peerRow(60_000, { classCounts: counts }));
    const check = checks.start([0], 30_000);
    if ("refused" in check) throw new Error(check.refused);
    expect(foreign).toEqual([{ type: "probe", slots: [0], wanted: "usual" }]);
    // Planned anew, and not asked.
    fleet.takePeerRow(0, peerRow(60_000, { classCounts: counts, holdUntilMs: Date.now() + 1000 }));
    await Bun.sleep(50);
    expect([...check.pending()]).toEqual([0]);
    const asked = counts.slice();
    asked[0] = 8;
    fleet.takePeerRow(0, peerRow(0, { classCounts: asked, httpStatus: 201 }));
    await check.done;
    expect([...check.pending()]).toEqual([]);
    expect(row(0).httpStatus).toBe(201);
    expect(provider.asked(0)).toBe(0);
  });
});

/** Steps that may come in any order, before the one before them has ended. */
const step = fc.oneof(
  fc.record({
    do: fc.constant("share" as const),
    ours: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  }),
  fc.record({ do: fc.constant("load" as const), count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ do: fc.constant("tell" as const), slot: fc.nat(9), agoMs: fc.nat(2000) }),
  fc.record({ do: fc.constant("kill" as const), thread: fc.nat(1) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.nat(60) }),
);

test("whatever comes in whatever order, one replica asks what is its own, once at a time, and shows what peers tell of the rest", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const running = await counted({ behaviours: ok(8), interval: 0.05 });
      const { provider, fleet, row, table, registry, share, load } = running;
      let ours = all.map(() => true);
      const moved: Promise<unknown>[] = [];
      const tell = (slot: number, agoMs: number) => {
        const end = fleet.takePeerRow(slot, peerRow(agoMs));
        if (fleet.owns(slot)) expect(["busy", "refused"]).toContain(end);
        else if (end === "taken") expect(sourceOf(row(slot))).toBe("peer");
      };
      for (const one of steps) {
        if (one.do === "load") moved.push(load({ behaviours: ok(one.count), interval: 0.05 }));
        else if (one.do === "tell") tell(one.slot, one.agoMs);
        else if (one.do === "kill") Atomics.store(table.words, faultWord(one.thread), faults.exit);
        else if (one.do === "wait") await Bun.sleep(one.ms);
        else {
          ours = one.ours;
          moved.push(share((slot) => ours[slot] === true));
        }
      }
      await Promise.all(moved);
      const slots = registry.slots();
      const mine = slots.filter((slot) => ours[slot] === true);
      const others = slots.filter((slot) => ours[slot] !== true);
      expect(slots.filter(fleet.owns)).toEqual(mine);
      for (const slot of others) expect(fleet.takePeerRow(slot, peerRow(-1000))).toBe("taken");
      const numberOf = (slot: number) => Number(registry.shownAt(slot)?.modelId);
      const before = all.map(provider.asked);
      await eventually("its own are asked on", () =>
        mine.every((slot) => provider.asked(numberOf(slot)) > (before[numberOf(slot)] ?? 0) + 2),
      );
      for (const slot of others) {
        expect(provider.asked(numberOf(slot))).toBe(before[numberOf(slot)] ?? 0);
        expect(sourceOf(row(slot))).toBe("peer");
      }
      expect(provider.peak()).toBeLessThanOrEqual(1);
      await fleet.stop();
      await provider.stop();
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 120_000);

test("a budget that the whole fleet has spent is spent here", async () => {
  const { fleet, share, row, provider } = await counted({
    ...{ behaviours: ok(2), isOurs: none, ...rare },
    settings: "budget_tokens_per_day: 1000",
  });
  fleet.takePeerRow(1, peerRow(1000, { spentTokens: 999 }));
  await share((slot) => slot === 0);
  await eventually("it waits for tomorrow", () => hasMark(row(0), "waits"));
  expect(hasMark(row(0), "wholeBudgetSpent")).toBe(true);
  expect(provider.asked(0)).toBe(0);
});
