// Entries of callbacks that are counted a second, and what liveliness notices of it.

import { join } from "node:path";
import { uniformConfig } from "../src/demo/fleet.ts";
import { load, median, startService, startSimulator } from "./processes.ts";
import { count, mib, ms, per, say } from "./report.ts";

const rounds = 3;
const seconds = 4;
const deployments = 500;
/** Of liveliness, beside the callbacks. */
const requestsPerSecond = 1000;
const paceShare = 0.95;
const addedMsMax = 10;

interface Sent {
  readonly perSecond: number;
  readonly bodyBytes: number;
  readonly p50Ms: number;
  readonly errors: number;
}

const ways: readonly { readonly title: string; readonly pace: number; readonly packed: string }[] =
  [
    { title: "entries that are counted, 10,000 a second offered", pace: 10_000, packed: "" },
    { title: "entries that are counted, as many as are taken", pace: 0, packed: "" },
    { title: "entries that are counted, as many as are taken, packed", pace: 0, packed: "gzip" },
  ];

async function sent(url: string, connections: number, pace = 0, packed = ""): Promise<Sent> {
  const given = [`${url}/callbacks/litellm`, deployments, connections, seconds + 1, pace, packed];
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "callback-sender.ts"), ...given.map(String)],
    { stdout: "pipe" },
  );
  return JSON.parse(await new Response(child.stdout).text()) as Sent;
}

export async function callbacks(): Promise<void> {
  const simulator = await startSimulator(0);
  const service = await startService(
    uniformConfig({
      url: simulator.url,
      count: deployments,
      settings: { interval: 600, sqlite_file: '":memory:"' },
    }),
  );
  while ((await service.counts()).unknown_count > 0) await Bun.sleep(20);
  const liveliness = () =>
    load(`${service.url}/health/liveliness`, 16, seconds - 1, requestsPerSecond);
  await liveliness();
  say("500 deployments, resident memory before any callback", mib(service.residentMiB()));
  const { bodyBytes } = await sent(service.url, 1);
  say("a callback of 512 entries, bytes", count(bodyBytes));
  const idle: number[] = [];
  for (let round = 0; round < rounds; round += 1) idle.push((await liveliness()).p99Ms);
  say("/health/liveliness without callbacks, p99", ms(median(idle)));
  for (const { title, pace, packed } of ways) {
    const counted: Sent[] = [];
    const beside: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const [taken, alive] = await Promise.all([sent(service.url, 2, pace, packed), liveliness()]);
      counted.push(taken);
      beside.push(alive.p99Ms);
    }
    const rate = median(counted.map(({ perSecond }) => perSecond));
    // A sender that keeps a pace ends in the middle of a beat.
    if (pace === 0) say(title, per(rate));
    else say(title, per(rate), `>= ${per(pace * paceShare)}`, rate >= pace * paceShare);
    say("  answer to a batch of 512, p50", ms(median(counted.map(({ p50Ms }) => p50Ms))));
    const errors = counted.reduce((sum, one) => sum + one.errors, 0);
    say("  batches that were not taken", String(errors), "0", errors === 0);
    const addedMs = Math.max(0, median(beside) - median(idle));
    const p99 = ms(median(beside));
    if (pace === 0) say("  /health/liveliness meanwhile, p99", p99);
    else {
      const wanted = `<= ${addedMsMax} ms more than without`;
      say("  /health/liveliness meanwhile, p99", p99, wanted, addedMs <= addedMsMax);
    }
  }
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const result = (name: string) =>
    Number(new RegExp(`source="callback",result="${name}"} (.*)`).exec(text)?.[1] ?? 0);
  say(
    "  entries that were taken for others",
    count(result("duplicate")),
    "0",
    result("duplicate") === 0,
  );
  say("  resident memory, at once", mib(service.residentMiB()));
  await Bun.sleep(10_000);
  say("  10 s later", mib(service.residentMiB()));
  await service.stop();
  simulator.stop();
}
