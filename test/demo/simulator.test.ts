// The simulated provider as a thread and as a process, which is how the service and the
// measurements start it.

import { afterEach, expect, test } from "bun:test";
import { Worker } from "node:worker_threads";

const entry = new URL("../../workers/simulator.ts", import.meta.url);
let cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
  cleanUps = [];
});

interface Addresses {
  readonly url: string;
  readonly rawUrl: string;
}

const statusAt = async ({ url }: Addresses) => (await fetch(`${url}/ok-1/api/tags`)).status;

test("as a thread it posts the addresses at which it answers", async () => {
  const worker = new Worker(entry);
  cleanUps.push(() => worker.terminate());
  const addresses = await new Promise<Addresses>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  expect(await statusAt(addresses)).toBe(200);
});

async function run(...args: string[]) {
  const child = Bun.spawn([process.execPath, Bun.fileURLToPath(entry), ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  cleanUps.push(() => {
    child.kill("SIGKILL");
    return child.exited;
  });
  const { value } = await child.stdout.getReader().read();
  return { child, line: new TextDecoder().decode(value) };
}

test("as a process it prints its addresses as one line of JSON", async () => {
  const { line } = await run("--latency-ms", "0");
  expect(line.trim().split("\n")).toHaveLength(1);
  expect(await statusAt(JSON.parse(line) as Addresses)).toBe(200);
});

test("as a process it ends when it is told to", async () => {
  const { child } = await run();
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
});
