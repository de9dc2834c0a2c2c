// Replicas that divide 10,000 deployments among them over one Redis: what a check costs then, how many checks the fleet is asked, how long
// a new replica needs until it knows all, and another one to take over what was a dead one's.

import { uniformConfig } from "../src/demo/fleet.ts";
import { eventually } from "../test/servers/process.ts";
import { type RedisServer, startRedis } from "../test/servers/redis.ts";
import { ask, sumOf } from "./asker.ts";
import { cpuMsOf } from "./peers/prober.ts";
import { startService, startSimulator } from "./processes.ts";
import { count, ms, per, say } from "./report.ts";

const deployments = 10_000;
const intervalSeconds = 10;
const replicas = 2;
const heartbeatSeconds = 2;
/** All were asked once, and the compiler's threads are done. */
const settleMs = 2 * intervalSeconds * 1000;
const measuredMs = 20_000;
const boundMs = 60_000;
/** Each check is asked by one of them, and what the other does with it must be less than to ask it. */
const checksMax = 1.05;
const cpuMax = 2;
/** A lease ends within two heartbeats; then it is seen, waited for others, and divided anew. */
const takeOverSecondsMax = 3 * heartbeatSeconds;

type Service = Awaited<ReturnType<typeof startService>>;

interface Measured {
  readonly checksPerSecond: number;
  readonly cpuMicros: number;
}

export async function cluster(): Promise<void> {
  const redis = await startRedis().catch((error: unknown) => {
    say(`no cluster is measured: ${String(error)}`, "", "", false);
    return null;
  });
  if (redis === null) return;
  const simulator = await startSimulator(0);
  const running: Service[] = [];
  try {
    await measureAll(redis, simulator.url, running);
  } finally {
    for (const service of running) await service.stop();
    simulator.stop();
    await redis.stop();
  }
}

async function measureAll(redis: RedisServer, url: string, running: Service[]): Promise<void> {
  const started = async (settings: Readonly<Record<string, string | number>>) => {
    const service = await startService(
      uniformConfig({
        ...{ url, count: deployments },
        settings: {
          interval: intervalSeconds,
          start_rate: deployments,
          max_rate: deployments,
          sqlite_file: '":memory:"',
          ...settings,
        },
      }),
      { REDIS_URL: redis.url },
    );
    running.push(service);
    return service;
  };
  const shared = { cluster: "bench", cluster_heartbeat: heartbeatSeconds };

  const alone = await started({});
  await known(alone);
  const single = await measured([alone]);
  await alone.stop();
  running.length = 0;

  const first = await started(shared);
  await known(first);
  await Bun.sleep(settleMs);
  const next = await started(shared);
  await known(next);
  const knownMs = performance.now() - next.startedMs;
  await eventually("both have their share", async () => (await ownedBy(first)) < deployments);
  const both = await measured(running);

  const before = performance.now();
  running.shift();
  await first.stop();
  await eventually(
    "the one that is left asks all",
    async () => (await ownedBy(next)) === deployments,
    boundMs,
  );
  const takeOverSeconds = (performance.now() - before) / 1000;

  say(
    `${count(deployments)} deployments, one replica without a cluster: checks, CPU a check`,
    `${per(single.checksPerSecond)}, ${single.cpuMicros.toFixed(0)} µs`,
  );
  say(
    `  ${replicas} replicas over one Redis: checks of both, CPU of both a check`,
    `${per(both.checksPerSecond)}, ${both.cpuMicros.toFixed(0)} µs`,
  );
  const checks = both.checksPerSecond / single.checksPerSecond;
  say("  checks as a multiple", checks.toFixed(2), `<= ${checksMax}`, checks <= checksMax);
  const cpu = both.cpuMicros / single.cpuMicros;
  say("  CPU as a multiple", cpu.toFixed(2), `<= ${cpuMax}`, cpu <= cpuMax);
  say("  the second one knows all statuses after its start", ms(knownMs));
  say(
    "  one is killed: the other asks all",
    `${takeOverSeconds.toFixed(1)} s`,
    `<= ${takeOverSecondsMax} s`,
    takeOverSeconds <= takeOverSecondsMax,
  );
}

async function known(service: Service): Promise<void> {
  const isKnown = async () => (await service.counts()).unknown_count === 0;
  await eventually("every status", isKnown, boundMs);
}

async function metrics(service: Service): Promise<Uint8Array> {
  return (await ask(`${service.url}/metrics`)).body;
}

async function ownedBy(service: Service): Promise<number> {
  const text = new TextDecoder().decode(await metrics(service));
  return Number(/^fleetpulse_cluster_owned_deployments (\d+)/m.exec(text)?.[1] ?? 0);
}

/** What all of them do together while nothing else is asked of them. */
async function measured(services: readonly Service[]): Promise<Measured> {
  await Bun.sleep(settleMs);
  const checked = async () => {
    const bodies = await Promise.all(services.map(metrics));
    return bodies.reduce((sum, body) => sum + sumOf(body, "fleetpulse_probes_total"), 0);
  };
  const cpuMs = () => services.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0);
  const checksBefore = await checked();
  const startMs = performance.now();
  const cpuBefore = cpuMs();
  await Bun.sleep(measuredMs);
  const usedMs = cpuMs() - cpuBefore;
  const seconds = (performance.now() - startMs) / 1000;
  const checks = (await checked()) - checksBefore;
  return { checksPerSecond: checks / seconds, cpuMicros: (usedMs * 1000) / checks };
}
