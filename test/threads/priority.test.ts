import { expect, test } from "bun:test";
import { once } from "node:events";
import { getPriority } from "node:os";
import { Worker } from "node:worker_threads";

test.skipIf(process.platform !== "linux")(
  "a thread that yields goes behind the server's, and takes no other with it",
  async () => {
    const own = getPriority(0);
    const worker = new Worker(new URL("./yielding.ts", import.meta.url));
    const [priority] = await once(worker, "message");
    await worker.terminate();
    expect(priority).toBe(Math.max(own, 4));
    expect(getPriority(0)).toBe(own);
  },
);
