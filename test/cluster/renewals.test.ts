// When a lease is renewed and when it has ended, with time moved by hand.

import { describe, expect, test } from "bun:test";
import { keysOf } from "../../src/cluster/keys.ts";
import type { Session } from "../../src/cluster/redis-link.ts";
import { keepRenewing } from "../../src/cluster/renewals.ts";

const me = { id: "00000000000000aa", node: "n" };
const keys = keysOf("c", "f", 1);
const heartbeatMs = 2000;

function byHand() {
  let nowMs = 0;
  let planned: { atMs: number; callback: () => void }[] = [];
  const asked: { readonly atMs: number; answer(): void; fail(): void }[] = [];
  const told: string[] = [];
  let fit = true;
  const session: Session = {
    ask: () => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      asked.push({
        atMs: nowMs,
        answer: () =>
          resolve([1, ...["7", "0", me.id, "7 3000 n"].map((text) => Buffer.from(text))]),
        fail: () => reject(new Error("no")),
      });
      return promise;
    },
    async ping() {},
    end() {},
  };
  const renewals = keepRenewing({
    clock: { monotonicMs: () => nowMs, wallMs: () => nowMs },
    timers: {
      set(callback, delayMs) {
        const timer = { atMs: nowMs + delayMs, callback };
        planned.push(timer);
        return timer;
      },
      clear(timer) {
        planned = planned.filter((one) => one !== timer);
      },
    },
    ...{ heartbeatMs, me },
    isFit: () => fit,
    onRenewed: ({ tookMs }) => told.push(`renewed after ${tookMs}`),
    onLost: () => told.push(`lost at ${nowMs}`),
    onFailed: () => told.push("failed"),
  });
  /** Lets what was promised be done. */
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await null;
  };
  return {
    ...{ renewals, session, asked, told, settle },
    setFit(next: boolean) {
      fit = next;
    },
    async to(untilMs: number) {
      for (;;) {
        const [next] = planned.sort((a, b) => a.atMs - b.atMs);
        if (next === undefined || next.atMs > untilMs) break;
        planned.shift();
        nowMs = next.atMs;
        next.callback();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}

describe("a lease", () => {
  test("is renewed every half heartbeat, counted from question to question", async () => {
    const { renewals, session, asked, to, settle } = byHand();
    renewals.begin(session, keys);
    await to(100);
    asked[0]?.answer();
    await settle();
    await to(1000);
    asked[1]?.answer();
    await settle();
    await to(2000);
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 1000, 2000]);
    expect(renewals.token()).toBe("7");
  });

  test("holds for one and a half heartbeats from before its renewal was sent", async () => {
    const { renewals, session, asked, told, to, settle } = byHand();
    renewals.begin(session, keys);
    await to(900);
    asked[0]?.answer();
    await settle();
    renewals.pause();
    await to(2999);
    expect(told).toEqual(["renewed after 900"]);
    await to(3000);
    expect(told).toEqual(["renewed after 900", "lost at 3000"]);
    expect(renewals.token()).toBeNull();
  });

  test("is renewed soon after somebody came, however many say so", async () => {
    const { renewals, session, asked, to, settle } = byHand();
    renewals.begin(session, keys);
    asked[0]?.answer();
    await settle();
    await to(500);
    for (let turn = 0; turn < 1000; turn += 1) renewals.soon();
    await to(501);
    asked[1]?.answer();
    await settle();
    for (let turn = 0; turn < 1000; turn += 1) renewals.soon();
    await to(599);
    expect(asked.length).toBe(2);
    await to(600);
    expect(asked.length).toBe(3);
  });

  test("whose renewal fails goes on until it ends", async () => {
    const { renewals, session, asked, told, to, settle } = byHand();
    renewals.begin(session, keys);
    asked[0]?.answer();
    await settle();
    await to(1000);
    asked[1]?.fail();
    await settle();
    expect(told).toEqual(["renewed after 0", "failed"]);
    expect(renewals.token()).toBe("7");
    await to(5000);
    expect(told.at(-1)).toBe("lost at 3000");
  });

  test("is not renewed while nothing is asked here, and is taken anew afterwards", async () => {
    const { renewals, session, asked, told, to, settle, setFit } = byHand();
    renewals.begin(session, keys);
    asked[0]?.answer();
    await settle();
    setFit(false);
    await to(3500);
    expect([asked.length, told]).toEqual([1, ["renewed after 0", "lost at 3000"]]);
    setFit(true);
    await to(4000);
    asked[1]?.answer();
    await settle();
    expect(told.at(-1)).toBe("renewed after 0");
  });

  test("that is let go of is asked for no more", async () => {
    const { renewals, session, asked, told, to, settle } = byHand();
    renewals.begin(session, keys);
    asked[0]?.answer();
    await settle();
    renewals.forget();
    await to(100_000);
    expect([asked.length, told]).toEqual([1, ["renewed after 0"]]);
  });
});
