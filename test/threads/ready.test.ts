import { expect, test } from "bun:test";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { threadName } from "../../src/threads/own-threads.ts";
import type { Ready } from "../../src/threads/ready.ts";

test.skipIf(process.platform !== "linux")(
  "a thread that is ready is shown under its name, and no other is",
  async () => {
    const own = threadName(process.pid);
    const worker = new Worker(new URL("./echo-worker.ts", import.meta.url));
    const [{ thread }] = (await once(worker, "message")) as [Ready];
    const shown = threadName(thread ?? 0);
    await worker.terminate();
    expect(shown).toBe("echo");
    expect(threadName(process.pid)).toBe(own);
  },
);
