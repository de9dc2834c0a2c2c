// Resident memory by the size of the fleet, how long each takes to start, and what liveliness notices of that and of the size.

import { join } from "node:path";
import { uniformConfig } from "../src/demo/fleet.ts";
import { eventually } from "../test/servers/process.ts";
import { ask, backlog } from "./asker.ts";
import { residentMaxMiB } from "./process-state.ts";
import { folder, load, median, startService, startSimulator } from "./processes.ts";
import { count, mib, ms, row, say } from "./report.ts";

const sizes = [0, 1000, 10_000, 100_000];
const usual = 1000;
const largest = 100_000;
const startMsMax = 5000;
/** Numbers of planned probes are as old as a heartbeat: what ended since may be missing. */
const scheduledShare = 0.99;
/** Liveliness while the service starts: gently, for that is measured too. */
const starting = { connections: 4, seconds: 4, perSecond: 200 };
const idling = { connections: 16, seconds: 3, perSecond: 1000, rounds: 5 };
/** p99 of idle liveliness with the largest fleet as a multiple of that with the usual one, both asked in turn. */
const ratioMax = 1.5;
/** 600 MB. */
const residentMiBMax = 572;
/** The first round is to be over soon: who still asks is not idle. */
const max_rate = 5000;
const boundMs = 120_000;
/** Until what starting left behind is given back: idle is when nothing has changed for a while. */
const lookMs = 2000;
const agreeingLooks = 4;
/** Every look is an answer, which leaves something behind as well. */
const pauseMs = 500;
const sameShare = 0.02;
const looksMax = 15;
const bytesOfMiB = 1024 * 1024;

interface Taken {
  readonly size: number;
  readonly startedMs: number;
  readonly scheduledMs: number;
  readonly startingP99Ms: number;
  readonly idleP99Ms: number;
  /** Of a service with the usual fleet, asked in turn with this one. */
  readonly usualP99Ms: number;
  /** The most that was seen while every deployment was asked once, as fast as allowed. */
  readonly probedMiB: number;
  readonly idleMiB: number;
  readonly askedMiB: number;
  readonly mostMiB: number;
}

export async function memory(): Promise<void> {
  const simulator = await startSimulator(0);
  const taken: Taken[] = [];
  console.log("Resident memory by size of the fleet");
  row(
    [
      "deployments",
      "first status",
      "all scheduled",
      "while probed",
      "idle",
      "a deployment",
      "all answers asked",
      "most so far",
    ],
    18,
  );
  for (const size of sizes) {
    try {
      const one = await ofSize(size, simulator.url);
      taken.push(one);
      const { startedMs, scheduledMs, probedMiB, idleMiB, askedMiB, mostMiB } = one;
      const added = idleMiB - (taken[0]?.idleMiB ?? 0);
      const each = size === 0 ? "" : `${count((added * bytesOfMiB) / size)} bytes`;
      row(
        [
          count(size),
          ms(startedMs),
          ms(scheduledMs),
          ...[probedMiB, idleMiB].map(mib),
          each,
          mib(askedMiB),
          mib(mostMiB),
        ],
        18,
      );
    } catch (error) {
      say(`${count(size)} deployments are not measured: ${String(error)}`, "", "", false);
    }
  }
  simulator.stop();

  console.log("/health/liveliness by size of the fleet, p99");
  row(["deployments", "while it starts", "idle", `${count(usual)} in turn`], 18);
  for (const { size, startingP99Ms, idleP99Ms, usualP99Ms } of taken)
    row([count(size), ms(startingP99Ms), ms(idleP99Ms), ms(usualP99Ms)], 18);
  for (const one of taken.filter(({ size }) => size === largest)) {
    const { size, startedMs, scheduledMs, idleP99Ms, usualP99Ms, probedMiB, idleMiB } = one;
    const ratio = idleP99Ms / usualP99Ms;
    say(
      `${count(size)} deployments: idle, as a multiple of that with ${count(usual)}`,
      ratio.toFixed(2),
      `<= ${ratioMax}`,
      ratio <= ratioMax,
    );
    say(
      `${count(size)} deployments: alive and the first status there`,
      ms(startedMs),
      `<= ${startMsMax} ms`,
      startedMs <= startMsMax,
    );
    say(
      "  all of them scheduled",
      ms(scheduledMs),
      `<= ${startMsMax} ms`,
      scheduledMs <= startMsMax,
    );
    say(
      "  resident memory while they are asked, 5,000 a second",
      mib(probedMiB),
      `<= ${residentMiBMax} MiB`,
      probedMiB <= residentMiBMax,
    );
    say(
      "  resident memory, idle",
      mib(idleMiB),
      `<= ${residentMiBMax} MiB`,
      idleMiB <= residentMiBMax,
    );
  }
}

/** With a fleet that is asked once. */
function started(size: number, url: string) {
  const sqlite_file = `"${join(folder, `memory-${crypto.randomUUID()}.sqlite`)}"`;
  const settings = { sqlite_file, interval: 86_400, max_rate };
  return startService(uniformConfig({ url, count: size, settings }));
}

async function ofSize(size: number, url: string): Promise<Taken> {
  const service = await started(size, url);
  const { connections, seconds, perSecond } = starting;
  const liveliness = `${service.url}/health/liveliness`;
  /** How long after its start the service was so far. */
  async function reached(what: string, isThere: () => Promise<boolean>): Promise<number> {
    await eventually(`${what} of ${size} deployments`, isThere, boundMs);
    return performance.now() - service.startedMs;
  }
  try {
    const beside = load(liveliness, connections, seconds, perSecond);
    const [startedMs, scheduledMs] = await Promise.all([
      reached("the first status", async () => {
        const signal = AbortSignal.timeout(boundMs);
        const isAlive = (await fetch(liveliness, { signal })).status === 200;
        return isAlive && (size === 0 || (await service.counts()).healthy_count > 0);
      }),
      reached("the plan", () => isScheduled(service.url, size)),
    ]);
    let probedMiB = 0;
    await eventually(
      `every status of ${size} deployments`,
      async () => {
        await Bun.sleep(pauseMs);
        probedMiB = Math.max(probedMiB, service.residentMiB());
        return (await service.counts()).unknown_count === 0;
      },
      boundMs,
    );
    const { p99Ms: startingP99Ms } = await beside;
    const idleMiB = await settled(service.residentMiB);
    const { idleP99Ms, usualP99Ms } = await idleLiveliness(liveliness, url);
    for (const path of ["/health", "/health/models", "/metrics"])
      await ask(`${service.url}${path}`);
    const askedMiB = await settled(service.residentMiB);
    const mostMiB = residentMaxMiB(service.pid);
    return {
      ...{ size, startedMs, scheduledMs, startingP99Ms, idleP99Ms, usualP99Ms },
      ...{ probedMiB, idleMiB, askedMiB, mostMiB },
    };
  } finally {
    await service.stop();
  }
}

async function isScheduled(url: string, size: number): Promise<boolean> {
  const { scheduled, inFlight, queued } = await backlog(url);
  return scheduled + inFlight + queued >= size * scheduledShare;
}

/** In turn with a service that has the usual fleet: what the machine does besides falls on both. */
async function idleLiveliness(url: string, upstream: string) {
  const { connections, seconds, perSecond, rounds } = idling;
  const other = await started(usual, upstream);
  try {
    await eventually(
      `every status of ${usual} deployments`,
      async () => (await other.counts()).unknown_count === 0,
      boundMs,
    );
    await settled(other.residentMiB);
    const urls = { own: url, usual: `${other.url}/health/liveliness` };
    const p99Ms = { own: [] as number[], usual: [] as number[] };
    const pair = ["own", "usual"] as const;
    // The first round warms both.
    for (let round = 0; round <= rounds; round += 1) {
      for (const which of round % 2 === 0 ? pair : pair.toReversed()) {
        const one = await load(urls[which], connections, seconds, perSecond);
        if (round > 0) p99Ms[which].push(one.p99Ms);
      }
    }
    return { idleP99Ms: median(p99Ms.own), usualP99Ms: median(p99Ms.usual) };
  } finally {
    await other.stop();
  }
}

async function settled(resident: () => number): Promise<number> {
  let before = resident();
  let agreeing = 0;
  for (let look = 0; look < looksMax && agreeing < agreeingLooks; look += 1) {
    await Bun.sleep(lookMs);
    const now = resident();
    agreeing = Math.abs(now - before) <= before * sameShare ? agreeing + 1 : 0;
    before = now;
  }
  return before;
}
