import { describe, expect, test } from "bun:test";
import { startDelivery } from "../../src/history/delivery.ts";
import type { Batch, CheckEntry } from "../../src/history/entries.ts";
import { memorySpool, type Parcel } from "../../src/history/spool.ts";

const batch = (at_ms: number): Batch => ({
  ...{ subjects: [], transitions: [], minutes: [], hours: [], litellm: [] },
  checks: [{ key: "a", at_ms, state: 1, class: 0 } as CheckEntry],
});

/** A delivery whose store a test answers for, and whose timers it lets ring. */
function started(write: (parcel: Parcel) => Promise<void> = async () => {}, isThere = true) {
  const spool = memorySpool();
  const outbox = { first: () => spool.first(0), drop: ({ seq }: Parcel) => spool.drop(seq) };
  const told: string[] = [];
  let ring: { callback: () => void; delayMs: number } | null = null;
  const delays: number[] = [];
  const store = { isThere, prepared: 0 };
  const delivery = startDelivery({
    outbox,
    async prepare() {
      store.prepared += 1;
      if (!store.isThere) throw new Error("not there");
    },
    write,
    onPrepared: () => told.push("prepared"),
    onWritten: ({ seq }) => told.push(`written ${seq}`),
    onDropped: ({ seq }) => told.push(`dropped ${seq}`),
    onFailure: (error) => told.push(`failed: ${(error as Error).message}`),
    timers: {
      set(callback, delayMs) {
        ring = { callback, delayMs };
        delays.push(delayMs);
        return ring;
      },
      clear(timer) {
        if (timer === ring) ring = null;
      },
    },
  });
  const settled = async () => {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  };
  return {
    ...{ spool, told, delays, store, delivery, settled },
    isWaiting: () => ring !== null,
    async ringTimer() {
      const { callback } = ring ?? { callback: () => {} };
      ring = null;
      callback();
      await settled();
    },
  };
}

describe("delivery", () => {
  test("brings batches in the order in which they came, each once", async () => {
    const order: number[] = [];
    const { spool, delivery, settled, told } = started(async ({ seq }) => void order.push(seq));
    for (const at of [1, 2, 3]) spool.push(batch(at));
    delivery.wake();
    await settled();
    expect(order).toEqual([1, 2, 3]);
    expect(told).toEqual(["prepared", "written 1", "written 2", "written 3"]);
    expect(spool.first(0)).toBeNull();
  });

  test("does not go past a batch that cannot be brought just now, and comes again later and later, up to five seconds", async () => {
    const order: number[] = [];
    let isDown = true;
    const { spool, delivery, settled, ringTimer, delays } = started(async ({ seq }) => {
      if (isDown) throw new Error("connection reset");
      order.push(seq);
    });
    spool.push(batch(1));
    spool.push(batch(2));
    delivery.wake();
    await settled();
    for (let time = 0; time < 6; time += 1) await ringTimer();
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    isDown = false;
    await ringTimer();
    expect(order).toEqual([1, 2]);
    // The next failure begins with the short wait again.
    isDown = true;
    spool.push(batch(3));
    delivery.wake();
    await settled();
    expect(delays.at(-1)).toBe(250);
  });

  test("waits for its next try, however often it is woken meanwhile", async () => {
    let tries = 0;
    const { spool, delivery, settled } = started(async () => {
      tries += 1;
      throw new Error("down");
    });
    spool.push(batch(1));
    delivery.wake();
    await settled();
    for (let time = 0; time < 5; time += 1) delivery.wake();
    await settled();
    expect(tries).toBe(1);
  });

  test("leaves out a batch that the database refuses for what is in it, says so, and goes on with the next", async () => {
    const { spool, delivery, settled, told } = started(async ({ seq }) => {
      if (seq === 1) throw Object.assign(new Error("numeric out of range"), { code: "22003" });
    });
    spool.push(batch(1));
    spool.push(batch(2));
    delivery.wake();
    await settled();
    expect(told).toEqual(["prepared", "dropped 1", "written 2"]);
  });

  test("makes the store ready before the first batch, again and again until it is, and not once more", async () => {
    const { spool, store, delivery, settled, ringTimer, told } = started(undefined, false);
    spool.push(batch(1));
    await settled();
    await ringTimer();
    expect(told).toEqual(["failed: not there", "failed: not there"]);
    store.isThere = true;
    await ringTimer();
    spool.push(batch(2));
    delivery.wake();
    await settled();
    expect(told.slice(2)).toEqual(["prepared", "written 1", "written 2"]);
    expect(store.prepared).toBe(3);
  });

  test("tells when all is brought, and tries at once when asked for that", async () => {
    let isDown = true;
    const { spool, delivery, settled, isWaiting } = started(async () => {
      if (isDown) throw new Error("down");
    });
    spool.push(batch(1));
    delivery.wake();
    await settled();
    expect(isWaiting()).toBe(true);
    isDown = false;
    await delivery.emptied();
    expect(spool.first(0)).toBeNull();
    expect(isWaiting()).toBe(false);
  });

  test("brings nothing and leaves no timer after it was stopped", async () => {
    const order: number[] = [];
    const { spool, delivery, settled, isWaiting } = started(async ({ seq }) => {
      order.push(seq);
      throw new Error("down");
    });
    spool.push(batch(1));
    delivery.wake();
    await settled();
    delivery.stop();
    expect(isWaiting()).toBe(false);
    delivery.wake();
    await settled();
    expect(order).toEqual([1]);
  });
});
