// Resident memory by the size of the fleet, and how long the largest takes to start.

import { join } from "node:path";
import { uniformConfig } from "../src/demo/fleet.ts";
import { eventually } from "../test/servers/process.ts";
import { ask } from "./asker.ts";
import { residentMaxMiB } from "./process-state.ts";
import { folder, startService, startSimulator } from "./processes.ts";
import { count, mib, ms, row, say } from "./report.ts";

const sizes = [0, 1000, 10_000, 100_000];
const largest = 100_000;
const startMsMax = 5000;
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
      "started",
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
      const { startedMs, probedMiB, idleMiB, askedMiB, mostMiB } = one;
      const added = idleMiB - (taken[0]?.idleMiB ?? 0);
      const each = size === 0 ? "" : `${count((added * bytesOfMiB) / size)} bytes`;
      row(
        [
          count(size),
          ms(startedMs),
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

  for (const { size, startedMs, probedMiB, idleMiB } of taken.filter(
    (one) => one.size === largest,
  )) {
    say(
      `${count(size)} deployments: alive and the first status there`,
      ms(startedMs),
      `<= ${startMsMax} ms`,
      startedMs <= startMsMax,
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

async function ofSize(size: number, url: string): Promise<Taken> {
  const sqlite_file = `"${join(folder, `memory-${size}.sqlite`)}"`;
  const service = await startService(
    uniformConfig({ url, count: size, settings: { sqlite_file, interval: 86_400, max_rate } }),
  );
  try {
    await eventually(
      `the first status of ${size} deployments`,
      async () => {
        const alive = await fetch(`${service.url}/health/liveliness`, {
          signal: AbortSignal.timeout(boundMs),
        });
        return alive.status === 200 && (size === 0 || (await service.counts()).healthy_count > 0);
      },
      boundMs,
    );
    const startedMs = performance.now() - service.startedMs;
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
    const idleMiB = await settled(service.residentMiB);
    for (const path of ["/health", "/health/models", "/metrics"])
      await ask(`${service.url}${path}`);
    const askedMiB = await settled(service.residentMiB);
    const mostMiB = residentMaxMiB(service.pid);
    return { size, startedMs, probedMiB, idleMiB, askedMiB, mostMiB };
  } finally {
    await service.stop();
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
