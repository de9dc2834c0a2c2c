import { expect, test } from "bun:test";
import { once } from "node:events";
import { getPriority } from "node:os";
import { Worker } from "node:worker_threads";

async function priorityOf(kind: string): Promise<unknown> {
  const worker = new Worker(new URL("./yielding.ts", import.meta.url), { workerData: kind });
  const [priority] = await once(worker, "message");
  await worker.terminate();
  return priority;
}

test.skipIf(process.platform !== "linux")(
  "what can wait goes behind what has its time, and both behind the server's thread",
  async () => {
    const own = getPriority(0);
    expect(await priorityOf("punctual")).toBe(Math.max(own, 4));
    expect(await priorityOf("patient")).toBe(Math.max(own, 10));
    expect(getPriority(0)).toBe(own);
  },
);
