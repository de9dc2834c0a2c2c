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

test.skipIf(process.platform !== "linux")(
  "the threads that help to collect garbage go behind, and the main thread does not",
  async () => {
    const own = getPriority(0);
    const script = new URL("./collecting.ts", import.meta.url).pathname;
    const child = Bun.spawn([process.execPath, script], { stdout: "pipe" });
    const { priorities } = (await new Response(child.stdout).json()) as {
      priorities: [name: string, priority: number][];
    };
    const collectors = priorities.filter(([name]) => name === "HeapHelper");
    expect(new Set(collectors.map(([, priority]) => priority))).toEqual(
      new Set(collectors.length === 0 ? [] : [Math.max(own, 4)]),
    );
    expect(priorities[0]?.[1]).toBe(own);
  },
);
