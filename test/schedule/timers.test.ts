import { expect, test } from "bun:test";
import { systemTimers } from "../../src/clock.ts";

test("a call that is due in a month is not made at once", async () => {
  let called = false;
  const timer = systemTimers.set(() => {
    called = true;
  }, 30 * 86_400_000);
  // The runtime would have made it a millisecond after it was set.
  await new Promise<void>((resolve) => systemTimers.set(resolve, 5));
  systemTimers.clear(timer);
  expect(called).toBe(false);
});
