import { beforeEach, describe, expect, test } from "bun:test";
import { createReleases, type Releases } from "../../src/fleet/releases.ts";

interface Sent {
  readonly type: string;
  readonly ticket?: number;
}

let sent: Sent[] = [];
let replaced: string[] = [];
let alive = true;
let timers: Set<() => void> = new Set();
let releases: Releases;
const thread = {
  thread: 0,
  isAlive: () => alive,
  send: (message: Sent | (() => Sent)) =>
    void sent.push(typeof message === "function" ? message() : message),
  replace: (why: string) => void replaced.push(why),
};

beforeEach(() => {
  sent = [];
  replaced = [];
  alive = true;
  timers = new Set();
  releases = createReleases({
    set(callback) {
      timers.add(callback);
      return callback;
    },
    clear: (timer) => void timers.delete(timer as () => void),
  });
});

/** Whether the slots were let go of, once everything has run that waits for nothing. */
async function ended(release: Promise<void>): Promise<boolean> {
  let is = false;
  void release.then(() => {
    is = true;
  });
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return is;
}

const ring = () => {
  for (const callback of timers) callback();
};

describe("a thread that is to let go of slots", () => {
  test("is waited for until it says so", async () => {
    const release = releases.release(thread, [1, 2]);
    expect(await ended(release)).toBe(false);
    expect(sent).toEqual([{ type: "release", slots: [1, 2], ticket: 1 } as Sent]);
    releases.settle(1);
    expect(await ended(release)).toBe(true);
    expect(timers.size).toBe(0);
  });

  test("is waited for until it has ended", async () => {
    const release = releases.release(thread, [1]);
    releases.abandon(0);
    expect(await ended(release)).toBe(true);
  });

  test("is not asked when it is dead", async () => {
    alive = false;
    expect(await ended(releases.release(thread, [1]))).toBe(true);
    expect(sent).toEqual([]);
  });

  test("is replaced when it lives and does not answer", async () => {
    const release = releases.release(thread, [1]);
    ring();
    expect(await ended(release)).toBe(true);
    expect(replaced).toEqual(["does not let go of its deployments"]);
  });

  test("is not waited for without end when it died and cannot be ended", async () => {
    const release = releases.release(thread, [1]);
    alive = false;
    ring();
    expect(await ended(release)).toBe(true);
    expect(replaced).toEqual([]);
  });
});
