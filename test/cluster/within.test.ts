// Work that hangs holds nobody up for longer than it may.

import { expect, test } from "bun:test";
import { within } from "../../src/cluster/within.ts";

function byHand() {
  const waits = new Set<() => void>();
  const timers = {
    set(callback: () => void) {
      waits.add(callback);
      return callback;
    },
    clear: (timer: unknown) => void waits.delete(timer as () => void),
  };
  return { waits, timers };
}

test("what hangs is waited for until the bound", async () => {
  const { waits, timers } = byHand();
  const waited = within(timers, 10, new Promise(() => {}));
  for (const callback of waits) callback();
  await waited;
  expect(waits.size).toBe(0);
});

test("what ends, or fails, is waited for no longer, and leaves no wait behind", async () => {
  const { waits, timers } = byHand();
  await within(timers, 10, Promise.resolve());
  await within(timers, 10, Promise.reject(new Error("no")));
  expect(waits.size).toBe(0);
});
