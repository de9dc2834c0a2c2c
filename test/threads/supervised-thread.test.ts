import { afterEach, describe, expect, test } from "bun:test";
import { MessageChannel } from "node:worker_threads";
import type { Clock } from "../../src/clock.ts";
import { ownThread, waitedMs } from "../../src/threads/run-queue.ts";
import { type SupervisedThread, superviseThread } from "../../src/threads/supervised-thread.ts";
import { eventually } from "../servers/process.ts";

const stuckMs = 600;
let nowMs = 1000;
let waited = 0;
let notices: string[] = [];
let thread: SupervisedThread<object> | null = null;
let births = 0;
let told: unknown[] = [];
const clock: Clock = { wallMs: () => nowMs, monotonicMs: () => nowMs };

afterEach(async () => {
  await thread?.stop();
  thread = null;
  nowMs = 1000;
  waited = 0;
  notices = [];
  births = 0;
  told = [];
});

function supervise(worker: string): SupervisedThread<object> {
  const started = superviseThread<object, { readonly type: "none" }>({
    name: "the thread",
    clock,
    entry: new URL(worker, import.meta.url),
    stuckMs,
    waitedMs: () => waited,
    birth: () => {
      births += 1;
      return null;
    },
    fence: () => {},
    heartbeat: () => 1,
    onReady: () => {},
    onMessage: (message) => told.push(message),
    onNotice: (text) => notices.push(text),
  });
  thread = started;
  return started;
}

/** A thread that beats once, when it begins. */
async function quietThread(): Promise<SupervisedThread<object>> {
  const started = supervise("./quiet-worker.ts");
  await eventually("it runs", async () => started.isAlive());
  started.check(0);
  return started;
}

describe("a thread whose heart does not beat", () => {
  test("is replaced after its patience", async () => {
    const quiet = await quietThread();
    nowMs += stuckMs;
    quiet.check(0);
    expect(quiet.restarts()).toBe(0);
    nowMs += 1;
    quiet.check(0);
    expect(quiet.restarts()).toBe(1);
    expect(notices[0]).toContain("the thread has been silent for 601 ms");
  });

  test("is left alone while the machine does not run it", async () => {
    const quiet = await quietThread();
    for (let second = 0; second < 5; second += 1) {
      nowMs += 1000;
      waited += 950;
      quiet.check(0);
    }
    expect(quiet.restarts()).toBe(0);
    nowMs += stuckMs;
    quiet.check(0);
    expect(quiet.restarts()).toBe(1);
  });

  test("is replaced in the end, however busy the machine is", async () => {
    const quiet = await quietThread();
    nowMs += 20 * stuckMs;
    waited += 20 * stuckMs;
    quiet.check(0);
    expect(quiet.restarts()).toBe(1);
  });
});

test("stopping waits for the end of a thread that is being replaced", async () => {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const beating = superviseThread<object, { readonly type: "none" }>({
    name: "the thread",
    clock,
    entry: new URL("./beating-worker.ts", import.meta.url),
    stuckMs,
    waitedMs: () => 0,
    birth: () => beats,
    fence: () => {},
    heartbeat: () => 1,
    onReady: () => {},
    onMessage: () => {},
    onNotice: () => {},
  });
  thread = beating;
  await eventually("it runs", async () => beating.isAlive());
  beating.check(0);
  nowMs += stuckMs + 1;
  beating.check(0);
  await beating.stop();
  const before = Atomics.load(beats, 0);
  await Bun.sleep(50);
  expect(Atomics.load(beats, 0)).toBe(before);
});

test("a thread that does not end is told of once, and not replaced before", async () => {
  const quiet = await quietThread();
  quiet.replace("is of no use");
  expect(notices).toEqual(["the thread is of no use; it is replaced"]);
  // In the same turn of the event loop: nobody can have ended.
  for (const passedMs of [5000, 1, 5001]) {
    nowMs += passedMs;
    quiet.check(0);
  }
  expect(notices.slice(1)).toEqual([
    "the thread has not ended within 5000 ms, and is not replaced before; restart the service",
  ]);
  expect(births).toBe(1);
  await eventually("it has a successor", () => births === 2);
});

describe("a thread that does not start", () => {
  const startMs = 10_000;

  test("is replaced, and its successor has twice as long", async () => {
    const mute = supervise("./mute-worker.ts");
    for (const patienceMs of [startMs, 2 * startMs, 4 * startMs]) {
      const before = births;
      nowMs += patienceMs;
      mute.check(0);
      expect(notices).toHaveLength(before - 1);
      nowMs += 1;
      mute.check(0);
      expect(notices.at(-1)).toContain(`did not start within ${patienceMs + 1} ms`);
      await eventually("it has a successor", () => births === before + 1);
    }
  });

  test("has more time where the machine did not run the main thread either", async () => {
    const mute = supervise("./mute-worker.ts");
    nowMs += 2 * startMs;
    mute.check(startMs);
    expect(mute.restarts()).toBe(0);
    nowMs += 1;
    mute.check(0);
    expect(mute.restarts()).toBe(1);
  });

  test("is replaced in the end, however late everything is", async () => {
    const mute = supervise("./mute-worker.ts");
    nowMs += 20 * startMs;
    mute.check(20 * startMs);
    expect(mute.restarts()).toBe(1);
  });
});

describe("what a thread is sent", () => {
  /** Held, so that it is no collector of garbage that closes the port which nobody was given. */
  const channels: MessageChannel[] = [];
  const openChannel = () => {
    const channel = new MessageChannel();
    channels.push(channel);
    return channel;
  };
  const closed = ({ port1 }: MessageChannel) =>
    new Promise<string>((resolve) => port1.on("close", () => resolve("closed")));

  test("arrives in order, also behind what cannot be sent, which is said", async () => {
    const echo = supervise("./echo-worker.ts");
    await eventually("it runs", () => echo.isAlive());
    echo.send({ type: "no copy", of: () => {} });
    echo.send({ type: "first" });
    echo.send(() => {
      throw new Error("it cannot be made");
    });
    echo.send(() => ({ type: "second" }));
    await eventually("both came", () => told.length === 2);
    expect(told).toEqual([{ type: "first" }, { type: "second" }]);
    expect(notices).toHaveLength(2);
    expect(notices[1]).toBe("the thread misses a message that cannot be sent: it cannot be made");
  });

  test("with a port while it does not run is dropped, and the port is closed", async () => {
    const mute = supervise("./mute-worker.ts");
    const channel = openChannel();
    mute.send({ port: channel.port2 }, channel.port2);
    expect(await closed(channel)).toBe("closed");
  });

  test("with a port and not sent before it is replaced is dropped, and the port is closed", async () => {
    const quiet = await quietThread();
    const channel = openChannel();
    quiet.send({ type: "first" });
    quiet.send({ port: channel.port2 }, channel.port2);
    nowMs += stuckMs + 1;
    quiet.check(0);
    expect(await closed(channel)).toBe("closed");
  });
});

describe("the kernel's count of waiting", () => {
  test("is there for a thread of this process", () => {
    const own = ownThread();
    if (own !== null) expect(waitedMs(own)).toBeGreaterThanOrEqual(0);
  });

  test("is 0 for a thread that is not there", () => {
    expect(waitedMs(0)).toBe(0);
  });
});
