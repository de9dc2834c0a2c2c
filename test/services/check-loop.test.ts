import { describe, expect, test } from "bun:test";
import {
  type Check,
  type CheckLoopOptions,
  startCheckLoop,
} from "../../src/services/check-loop.ts";

/** A loop with time, timers and answers moved by hand. */
function start(options: Partial<CheckLoopOptions> & { readonly check: Check }) {
  let nowMs = 0;
  let next = 1;
  const waiting = new Map<number, { callback: () => void; atMs: number }>();
  const loop = startCheckLoop({
    intervalMs: 5000,
    timeoutMs: 2000,
    secrets: [],
    clock: { wallMs: () => 1_000_000 + nowMs, monotonicMs: () => nowMs },
    timers: {
      set(callback, delayMs) {
        waiting.set(next, { callback, atMs: nowMs + delayMs });
        return next++;
      },
      clear: (timer) => void waiting.delete(timer as number),
    },
    ...options,
  });
  return {
    loop,
    waiting,
    /** Answers are heard first, then timers run; time stands at `ms` meanwhile. */
    async advanceTo(ms: number) {
      nowMs = ms;
      await settled();
      for (const [timer, { callback, atMs }] of [...waiting]) {
        if (atMs <= nowMs && waiting.delete(timer)) callback();
      }
      await settled();
    },
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

/** A service that answers as `answer` says, and counts. */
function service(answer: () => Promise<void>) {
  const seen = { opened: 0, asked: 0, closed: 0 };
  const check: Check = {
    async open() {
      seen.opened += 1;
    },
    ask() {
      seen.asked += 1;
      return answer();
    },
    close() {
      seen.closed += 1;
    },
  };
  return { seen, check };
}

const forEver = () => new Promise<void>(() => {});

describe("a service", () => {
  test("that was never asked is disconnected and not yet checked", () => {
    const { loop } = start({ check: service(forEver).check });
    expect(loop.report()).toEqual({
      status: "disconnected",
      latencyMs: null,
      lastCheckMs: null,
      lastChangeMs: null,
      error: "not checked yet",
    });
  });

  test("is asked at once, then at its interval, however late a round was", async () => {
    const { seen, check } = service(async () => {});
    const hand = start({ check });
    await hand.advanceTo(0);
    expect(seen.asked).toBe(1);
    await hand.advanceTo(5030);
    expect(seen.asked).toBe(2);
    await hand.advanceTo(9999);
    expect(seen.asked).toBe(2);
    await hand.advanceTo(10_000);
    expect(seen.asked).toBe(3);
  });

  test("is asked once, not many times, after the process itself stood still", async () => {
    const { seen, check } = service(async () => {});
    const hand = start({ check });
    await hand.advanceTo(0);
    await hand.advanceTo(60_000);
    await hand.advanceTo(60_001);
    expect(seen.asked).toBe(3);
    await hand.advanceTo(62_000);
    expect(seen.asked).toBe(3);
  });

  test("that fails is asked again after a second, over a new connection", async () => {
    const { seen, check } = service(() => Promise.reject(new Error("down")));
    const hand = start({ check });
    await hand.advanceTo(0);
    expect(hand.loop.report()).toMatchObject({ status: "disconnected", error: "down" });
    expect(seen).toEqual({ opened: 1, asked: 1, closed: 1 });
    await hand.advanceTo(999);
    expect(seen.asked).toBe(1);
    await hand.advanceTo(1000);
    expect(seen).toEqual({ opened: 2, asked: 2, closed: 2 });
  });

  test("that never answers is given up at the deadline, and its connection is dropped", async () => {
    const { seen, check } = service(forEver);
    const hand = start({ check });
    await hand.advanceTo(1999);
    expect(hand.loop.report().error).toBe("not checked yet");
    await hand.advanceTo(2000);
    expect(hand.loop.report().error).toBe("no answer within 2000 ms");
    expect(seen.closed).toBe(1);
  });

  test("that never lets itself be connected to is given up at the deadline too", async () => {
    const hand = start({ check: { ...service(forEver).check, open: forEver } });
    await hand.advanceTo(2000);
    expect(hand.loop.report().error).toBe("no answer within 2000 ms");
  });

  test("is told when its round is given up", async () => {
    const signals: AbortSignal[] = [];
    const check = { ...service(forEver).check, open: (signal: AbortSignal) => opened(signal) };
    const opened = async (signal: AbortSignal) => void signals.push(signal);
    const hand = start({ check });
    await hand.advanceTo(2000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test("that answers after it was given up is not heard", async () => {
    const answers: (() => void)[] = [];
    const { check } = service(() => new Promise((resolve) => answers.push(resolve)));
    const hand = start({ check });
    await hand.advanceTo(2000);
    answers[0]?.();
    await hand.advanceTo(2001);
    expect(hand.loop.report().status).toBe("disconnected");
  });

  test("is never asked twice at once", async () => {
    const { seen, check } = service(forEver);
    const hand = start({ check, intervalMs: 100 });
    await hand.advanceTo(1000);
    expect(seen.asked).toBe(1);
  });

  test("has the round trip as its latency, without the time to connect", async () => {
    const waits: (() => void)[] = [];
    const wait = () => new Promise<void>((resolve) => waits.push(resolve));
    const hand = start({ check: { open: wait, ask: wait, close() {} } });
    await hand.advanceTo(300);
    waits.shift()?.();
    await hand.advanceTo(300);
    waits.shift()?.();
    await hand.advanceTo(312);
    expect(hand.loop.report()).toMatchObject({ status: "connected", latencyMs: 12 });
  });

  test("keeps the time of its last change while its status stays", async () => {
    const hand = start({ check: service(async () => {}).check });
    await hand.advanceTo(0);
    await hand.advanceTo(5000);
    expect(hand.loop.report()).toMatchObject({ lastCheckMs: 1_005_000, lastChangeMs: 1_000_000 });
  });

  test("tells of its first result and of every change, and of nothing else", async () => {
    let well = false;
    const told: string[] = [];
    const { check } = service(async () => {
      if (!well) throw new Error("down");
    });
    const hand = start({ check, onChange: ({ status }) => void told.push(status) });
    await hand.advanceTo(0);
    await hand.advanceTo(1000);
    well = true;
    await hand.advanceTo(2000);
    await hand.advanceTo(7000);
    expect(told).toEqual(["disconnected", "connected"]);
  });

  test("that was connected once is remembered as such", async () => {
    let well = true;
    const { check } = service(async () => {
      if (!well) throw new Error("down");
    });
    const hand = start({ check });
    expect(hand.loop.wasConnected()).toBe(false);
    await hand.advanceTo(0);
    well = false;
    await hand.advanceTo(5000);
    expect(hand.loop.wasConnected()).toBe(true);
  });

  test("that is stopped has no timer left, and its connection is dropped", async () => {
    const { seen, check } = service(forEver);
    const hand = start({ check });
    hand.loop.stop();
    await hand.advanceTo(10_000);
    expect(hand.waiting.size).toBe(0);
    expect(seen).toEqual({ opened: 1, asked: 1, closed: 1 });
  });
});

describe("an error", () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["shows no secret", new Error("no entry for hunter2!"), "no entry for [redacted]"],
    ["is one line", new Error("first\n   second"), "first second"],
    ["is at most 160 characters", new Error("a ".repeat(500)), "a ".repeat(80)],
    ["has its code", Object.assign(new Error("refused"), { code: "E1" }), "E1: refused"],
    [
      "of several addresses is that of the first",
      Object.assign(new Error(""), { errors: [new Error("refused by the first")] }),
      "refused by the first",
    ],
    ["without words is still one", undefined, "the check failed"],
  ];
  for (const [title, error, shown] of cases) {
    test(title, async () => {
      const { check } = service(() => Promise.reject(error));
      const hand = start({ check, secrets: ["hunter2!"] });
      await hand.advanceTo(0);
      expect(hand.loop.report().error).toBe(shown);
    });
  }
});
