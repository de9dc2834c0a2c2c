// The storm: 10,000 deployments of which 3,000 hang, 1,000 probes a second and 5,000 in flight, against one simulated provider.
//
// A hanging deployment is in flight for 8 s and then left alone for the interval of 8.55 s: 181 probes a second and 1,450 in flight.
// A well one is asked every interval and answers after 4.3 s: 819 a second and 3,520 in flight. (That 3,000 hanging ones alone were
// 5,000 in flight cannot be: no deployment is asked twice at once.)

import { join } from "node:path";
import { uniformConfig } from "../src/demo/fleet.ts";
import { type Answer, ask, sumOf, unpacked } from "./asker.ts";
import { openFilesMax } from "./process-state.ts";
import { folder, startService, startSimulator } from "./processes.ts";
import { reload } from "./reload.ts";

export const storm = { deployments: 10_000, hanging: 3000, perSecond: 1000, inFlight: 5000 };
const wellMs = 4300;
const interval = 8.55;
const timeout = 8;
/** Who hangs may fill a quarter of every bound. */
const bound = 12_000;
const settings = {
  interval,
  // The first probes are spread over the longest cycle, so that the hanging ones never move in a body.
  start_rate: Math.round(storm.deployments / (timeout + interval)),
  max_rate: 1.2 * storm.perSecond,
  timeout,
  // From its first failure on, a hanging one is asked at the pace that back-off would end at.
  confirm_interval: interval,
  unhealthy_interval: interval,
  backoff_max: interval,
  max_in_flight: bound,
  max_in_flight_per_provider: bound,
  max_in_flight_per_host: bound,
  max_in_flight_per_key: bound,
};
/** Sockets in flight, kept ones and what a process has besides. */
const openFilesMin = 8192;
const settleMs = 60_000;
const lookMs = 1000;
const nearly = 0.95;

/** What /metrics tells of probing. */
export interface Probing {
  readonly atMs: number;
  readonly probes: number;
  readonly timeouts: number;
  readonly inFlight: number;
  readonly queued: number;
  /** Started so far, and of those within the bound of their plan. */
  readonly started: number;
  readonly punctual: number;
}

const lateness = "fleetpulse_probe_start_lateness_seconds";
export const punctualMs = 20;

export function probingIn(answer: Answer): Probing {
  const body = unpacked(answer.body);
  return {
    atMs: answer.atMs,
    probes: sumOf(body, "fleetpulse_probes_total"),
    timeouts: sumOf(body, "fleetpulse_probes_total", 'class="timeout'),
    inFlight: sumOf(body, "fleetpulse_thread_probes_in_flight"),
    queued: sumOf(body, "fleetpulse_thread_probes_queued"),
    started: sumOf(body, `${lateness}_count`),
    punctual: sumOf(body, `${lateness}_bucket`, `le="${punctualMs / 1000}"`),
  };
}

export type StormFleet = Awaited<ReturnType<typeof startStormFleet>>;

export async function startStormFleet() {
  const simulator = await startSimulator(wellMs);
  const sqlite_file = `"${join(folder, `storm-${crypto.randomUUID()}.sqlite`)}"`;
  const config = (changed: Record<string, number>) =>
    uniformConfig({
      url: simulator.url,
      count: storm.deployments,
      hanging: storm.hanging,
      settings: { ...settings, ...changed, sqlite_file },
    });
  const service = await startService(config({}));
  async function stop(): Promise<void> {
    await service.stop();
    simulator.stop();
  }
  for (const pid of [service.pid, simulator.pid]) {
    if (openFilesMax(pid) >= openFilesMin) continue;
    await stop();
    throw new Error(
      `the storm needs ${openFilesMin} open files a process: ulimit -n ${openFilesMin}`,
    );
  }

  /** In vain too: what is measured then is told with the figures that were reached. */
  async function within(isThere: () => Promise<boolean>): Promise<void> {
    const endMs = performance.now() + settleMs;
    while (!(await isThere().catch(() => false)) && performance.now() < endMs)
      await Bun.sleep(lookMs);
  }
  const inFlight = async () => probingIn(await ask(`${service.url}/metrics`)).inFlight;

  return {
    service,
    simulator,
    /** Resolves when all have had their turn and as many are in flight as there should be. */
    async raging(): Promise<void> {
      await within(async () => (await service.counts()).unknown_count === 0);
      await within(async () => (await inFlight()) >= nearly * storm.inFlight);
    },
    /** The same fleet, with nothing to probe. */
    async calm(): Promise<void> {
      await reload(service, config({ interval: 0 }));
      await within(async () => (await inFlight()) === 0);
    },
    stop,
  };
}
