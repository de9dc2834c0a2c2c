// `bun run bench`: what the service promises, measured in one run as ratios against a bare limit. Machines are noisy: an absolute
// figure means little, a ratio of two things measured in turn means something.

import { cpus } from "node:os";
import { join } from "node:path";
import { uniformConfig } from "../src/demo/fleet.ts";
import { descendants, signalIfThere } from "../test/servers/process.ts";
import { callbacks } from "./callbacks.ts";
import { cluster } from "./cluster.ts";
import { hammered as hammer } from "./hammer.ts";
import { ages, recording, restart } from "./history.ts";
import { lateness } from "./lateness.ts";
import { memory } from "./memory.ts";
import { peers } from "./peers.ts";
import { type Load, load, median, startBare, startService, startSimulator } from "./processes.ts";
import { recorderMemory } from "./recorder-memory.ts";
import { rendering } from "./rendering.ts";
import { ms, per, say } from "./report.ts";
import { soak, soakMinutes } from "./soak.ts";
import { stormSection } from "./storm.ts";
import { besideHanging, sweep } from "./sweep.ts";
import { threadMemory } from "./thread-memory.ts";
import { timetable } from "./timetable.ts";
import { transport } from "./transport.ts";

const rounds = 3;
const pricesAndQuiet = { interval: 600, sqlite_file: '":memory:"' };

/** Requests a second of the service and of bare static bytes in turn; the median of the ratios. */
async function serving(): Promise<void> {
  const simulator = await startSimulator(0);
  const service = await startService(
    uniformConfig({ url: simulator.url, count: 500, settings: pricesAndQuiet }),
  );
  while ((await service.counts()).unknown_count > 0) await Bun.sleep(20);
  for (const [path, target] of [
    ["/health/liveliness", 0.9],
    ["/health", 0.85],
  ] as const) {
    const bytes = await (await fetch(`${service.url}${path}`)).bytes();
    const bare = await startBare(bytes);
    const ratios: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const limit = await load(bare.url, 64, 2);
      const served = await load(`${service.url}${path}`, 64, 2);
      ratios.push(served.perSecond / limit.perSecond);
      ours.push(served.perSecond);
    }
    await bare.stop();
    const ratio = median(ratios);
    say(`${path} (${bytes.length} bytes), requests a second`, per(median(ours)));
    say(
      "  as a share of a bare static answer of the same bytes",
      ratio.toFixed(2),
      `>= ${target}`,
      ratio >= target,
    );
  }
  await service.stop();
  simulator.stop();
}

/** Latency of liveliness with nothing to do and while 1,000 deployments are probed as fast as the bounds allow. */
async function underProbing(): Promise<void> {
  const simulator = await startSimulator(0);
  const fleet = (interval: number) =>
    uniformConfig({
      url: simulator.url,
      count: 1000,
      settings: { ...pricesAndQuiet, interval, jitter: 0.1 },
    });
  const results: { idle: Load; probing: Load }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const measured = async (interval: number) => {
      const service = await startService(fleet(interval));
      while ((await service.counts()).unknown_count > 0) await Bun.sleep(20);
      // Both are warm before they are measured: the compiler's threads are not what is asked about.
      await load(`${service.url}/health/liveliness`, 16, 3, 1000);
      const result = await load(`${service.url}/health/liveliness`, 16, 3, 1000);
      await service.stop();
      return result;
    };
    results.push({ idle: await measured(600), probing: await measured(0.1) });
  }
  simulator.stop();
  const ratio = median(results.map((one) => one.probing.p99Ms / one.idle.p99Ms));
  say(
    "/health/liveliness idle, p50 / p99",
    `${ms(median(results.map((one) => one.idle.p50Ms)))} / ${ms(median(results.map((one) => one.idle.p99Ms)))}`,
  );
  say(
    "  while 1,000 deployments are probed as fast as allowed, p50 / p99",
    `${ms(median(results.map((one) => one.probing.p50Ms)))} / ${ms(median(results.map((one) => one.probing.p99Ms)))}`,
  );
  say("  p99 as a multiple of idle", ratio.toFixed(2), "<= 2", ratio <= 2);
}

async function sweeps(): Promise<void> {
  const simulator = await startSimulator(1000);
  const ours = await sweep(simulator.url);
  const loop = Bun.spawn(
    [process.execPath, join(import.meta.dir, "fetch-loop.ts"), simulator.url, "1000"],
    {
      env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: "4096" },
      stdout: "pipe",
    },
  );
  const bare = JSON.parse(await new Response(loop.stdout).text()) as typeof ours;
  say(
    "1,000 deployments that answer in 1 s, all in flight: sweep",
    ms(ours.wallMs),
    "<= 1300 ms",
    ours.wallMs <= 1300 && ours.good === 1000,
  );
  say("  a bare fetch loop over the same", ms(bare.wallMs));
  say(
    "  CPU a probe, and of the fetch loop",
    `${(ours.cpuMs).toFixed(0)} / ${bare.cpuMs.toFixed(0)} µs`,
  );
  say("  CPU as a multiple of the fetch loop", (ours.cpuMs / bare.cpuMs).toFixed(2));

  const alone = await besideHanging(simulator.url, 0, 7);
  const beside = await besideHanging(simulator.url, 300, 7);
  say(
    "start of well probes after their plan, none hanging, p50 / worst",
    `${ms(alone.p50Ms)} / ${ms(alone.maxMs)}`,
  );
  say("  with 300 of 1,000 hanging, p50 / worst", `${ms(beside.p50Ms)} / ${ms(beside.maxMs)}`);
  const added = beside.maxMs - alone.maxMs;
  say("  delay that the hanging ones add", ms(Math.max(0, added)), "<= 50 ms", added <= 50);
  simulator.stop();
}

async function startUp(): Promise<void> {
  const simulator = await startSimulator(0);
  const firsts: number[] = [];
  const alls: number[] = [];
  for (let round = 0; round < rounds + 2; round += 1) {
    const service = await startService(
      uniformConfig({ url: simulator.url, count: 500, settings: pricesAndQuiet }),
    );
    let first = 0;
    for (;;) {
      const counts = await service.counts();
      if (first === 0 && counts.healthy_count > 0) first = performance.now() - service.startedMs;
      if (counts.unknown_count === 0) break;
      await Bun.sleep(2);
    }
    firsts.push(first);
    alls.push(performance.now() - service.startedMs);
    await service.stop();
  }
  say(
    "500 fast deployments: first status after the process's start",
    ms(median(firsts)),
    "<= 500 ms",
    median(firsts) <= 500,
  );
  say("  all 500", ms(median(alls)));

  const service = await startService(
    uniformConfig({ url: simulator.url, count: 1000, settings: pricesAndQuiet }),
  );
  while ((await service.counts()).unknown_count > 0) await Bun.sleep(20);
  await Bun.sleep(8000);
  const resident = service.residentMiB();
  say(
    "1,000 deployments, idle: resident memory",
    `${resident.toFixed(0)} MiB`,
    "<= 143 MiB",
    resident <= 143,
  );
  await service.stop();
  simulator.stop();
}

// However it ends, nothing that it started stays.
process.on("exit", () => {
  for (const pid of descendants(process.pid)) signalIfThere(pid, "SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    console.error(`ended by ${signal}`);
    process.exit(1);
  });
}

const [cpu] = cpus();
console.log(`Bun ${Bun.version}, ${cpus().length} x ${cpu?.model ?? "unknown"}\n`);
const sections = {
  transport,
  serving,
  underProbing,
  sweeps,
  startUp,
  recording,
  ages,
  restart,
  hammer,
  rendering,
  memory,
  storm: stormSection,
  peers,
  timetable,
  lateness,
  threadMemory,
  recorderMemory,
  callbacks,
  cluster,
};
const [first, ...others] = process.argv.slice(2);
if (first === "soak") {
  await soak(Number(others[0] ?? soakMinutes));
  process.exit(0);
}
const wanted = first === undefined ? [] : [first, ...others];
for (const [name, section] of Object.entries(sections)) {
  if (wanted.length === 0 || wanted.includes(name)) await section();
}
process.exit(0);
