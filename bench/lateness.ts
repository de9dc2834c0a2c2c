// How late probes start: 1,000 a second from one thread, of 1,000, 10,000 and 100,000 deployments, against the simulated provider in another
// process. Each size in turn, several times: the machine has other work too.

import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { systemClock } from "../src/clock.ts";
import { parseConfig } from "../src/config/read.ts";
import { uniformConfig } from "../src/demo/fleet.ts";
import { startFleet } from "../src/fleet/fleet.ts";
import type { Deployment } from "../src/registry/deployment.ts";
import { createRegistry } from "../src/registry/registry.ts";
import { resolveDeployments } from "../src/registry/resolve.ts";
import { startBucketsSeconds } from "../src/table/layout.ts";
import { createReader } from "../src/table/reader.ts";
import { createTable, setThreadWord, threadWord } from "../src/table/table.ts";
import { readHistogram } from "../src/table/thread-histogram.ts";
import { median, startSimulator } from "./processes.ts";
import { ms, say } from "./report.ts";
import { tickWords } from "./ticking.ts";

const wide = {
  max_in_flight: 4000,
  max_in_flight_per_provider: 4000,
  max_in_flight_per_host: 4000,
  max_in_flight_per_key: 4000,
  max_rate: 2000,
  start_rate: 1000,
  timeout: 10,
};
const latencyMs = 100;
const settleMs = 4000;
const measuredMs = 12_000;
const rounds = 3;

interface Measured {
  readonly withinShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How late a thread that only ticks was at the same time. */
  readonly tickMaxMs: number;
  readonly tickWithinShare: number;
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly loopLagMs: number;
  readonly replaced: number;
}

/** One resolved deployment many times, each at an address of its own. */
function deploymentsOf(url: string, count: number, intervalSeconds: number) {
  const text = uniformConfig({ url, count: 1, settings: { ...wide, interval: intervalSeconds } });
  const config = parseConfig(text, { file: "bench.yaml", flags: {}, environment: {}, cores: 2 });
  const [one] = resolveDeployments(config.entries, config.settings, {}).deployments;
  if (one?.target === null || one === undefined) throw new Error("nothing can be asked");
  const { target } = one;
  const deployments = Array.from({ length: count }, (_, index): Deployment => {
    const baseUrl = target.baseUrl.replace(/-\d+/, `-${index}`);
    return { ...one, key: `${index}`, modelId: `${index}`, target: { ...target, baseUrl } };
  });
  return { deployments, settings: config.settings };
}

async function measure(url: string, count: number, intervalSeconds: number): Promise<Measured> {
  const { deployments, settings } = deploymentsOf(url, count, intervalSeconds);
  const table = createTable(count);
  const registry = createRegistry();
  let replaced = 0;
  const fleet = startFleet({
    table,
    registry,
    threads: 1,
    clock: systemClock,
    entry: new URL(join("file://", import.meta.dir, "../workers/prober.ts")),
    restored: new Map(),
    onRestore: () => {},
    onRetire: () => {},
    onAssigned: () => {},
    onNotice: () => {
      replaced += 1;
    },
  });
  while (!fleet.allReady()) await Bun.sleep(1);
  await fleet.apply(registry.replace(deployments), settings);
  const ticks = new Int32Array(new SharedArrayBuffer(16));
  const ticking = new Worker(new URL("./ticking.ts", import.meta.url), {
    workerData: ticks.buffer,
  });
  await Bun.sleep(settleMs);

  const loopLagMs = threadWord(table, 0, "loopLagMaxMicros") / 1000;
  setThreadWord(table, 0, "loopLagMaxMicros", 0);
  setThreadWord(table, 0, "startLatenessMaxMicros", 0);
  ticks.fill(0);
  const before = readHistogram(table, 0, "startLateness").counts;
  const completedBefore = threadWord(table, 0, "completed");
  const cpuBefore = process.cpuUsage();
  const fromMs = Date.now();
  const startMs = performance.now();
  await Bun.sleep(measuredMs);
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const completed = threadWord(table, 0, "completed") - completedBefore;
  const after = readHistogram(table, 0, "startLateness").counts;

  const maxMs = threadWord(table, 0, "startLatenessMaxMicros") / 1000;
  const tickMaxMs = (ticks[tickWords.latestMicros] ?? 0) / 1000;
  const tickWithinShare = 1 - (ticks[tickWords.late] ?? 0) / (ticks[tickWords.ticks] ?? 1);
  await ticking.terminate();

  const counts = after.map((value, index) => value - (before[index] ?? 0));
  const sum = (parts: readonly number[]) => parts.reduce((total, value) => total + value, 0);
  const reader = createReader(table);
  const late = registry
    .slots()
    .map((slot) => reader.read(slot).row)
    .filter((row) => row.lastCheckMs >= fromMs)
    .map((row) => row.startLatenessMicros / 1000)
    .sort((a, b) => a - b);
  await fleet.stop();
  const at = (share: number) => late[Math.floor((late.length - 1) * share)] ?? 0;
  return {
    withinShare: sum(counts.slice(0, startBucketsSeconds.indexOf(0.02) + 1)) / sum(counts),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs,
    tickMaxMs,
    tickWithinShare,
    perSecond: completed / seconds,
    cpuMicros: (user + system) / completed,
    loopLagMs,
    replaced,
  };
}

export async function lateness(): Promise<void> {
  const simulator = await startSimulator(latencyMs);
  const sizes = [
    { count: 1000, intervalSeconds: 1 },
    { count: 10_000, intervalSeconds: 10 },
    { count: 100_000, intervalSeconds: 100 },
  ];
  const results = sizes.map(() => [] as Measured[]);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { count, intervalSeconds }] of sizes.entries()) {
      results[index]?.push(await measure(simulator.url, count, intervalSeconds));
    }
  }
  simulator.stop();
  for (const [index, { count, intervalSeconds }] of sizes.entries()) {
    const all = results[index] ?? [];
    const of = (value: (one: Measured) => number) => median(all.map(value));
    const share = of((one) => one.withinShare);
    say(
      `${count.toLocaleString("en")} deployments every ${intervalSeconds} s: started within 20 ms of the plan`,
      `${(share * 100).toFixed(2)} %`,
      ">= 99 %",
      share >= 0.99,
    );
    say(
      "  p50 / p99 / latest",
      [of((one) => one.p50Ms), of((one) => one.p99Ms), of((one) => one.maxMs)].map(ms).join(" / "),
    );
    say(
      "  a thread that only ticks, at the same time: within 20 ms / latest",
      `${(of((one) => one.tickWithinShare) * 100).toFixed(2)} % / ${ms(of((one) => one.tickMaxMs))}`,
    );
    say(
      "  probes a second, CPU time of one",
      `${of((one) => one.perSecond).toFixed(0)}/s, ${of((one) => one.cpuMicros).toFixed(0)} µs`,
    );
    const replaced = all.reduce((total, one) => total + one.replaced, 0);
    say(
      "  while it took them over: event loop held up, thread replaced",
      `${ms(of((one) => one.loopLagMs))}, ${replaced} times`,
      "never",
      replaced === 0,
    );
  }
}
