// The whole service as a prober: all its threads, its server, and history written to a file. Between measurements it has the same
// fleet and nothing to probe.

import { join } from "node:path";
import { eventually } from "../../test/servers/process.ts";
import { ask, sumOf } from "../asker.ts";
import { folder, startService } from "../processes.ts";
import { reload } from "../reload.ts";
import { deployments, fleetOf } from "./fleet.ts";
import { type Prober, pace } from "./prober.ts";

/** Until the compiler has nothing left to do: a service in earnest has been there since its first hours. */
const probesToWarm = 25_000;
const warmPerSecond = 2000;
/** After a reload, until all follow their new interval. */
const settleMs = 1500;

export async function startOurs(simulatorUrl: string): Promise<Prober> {
  const settings = {
    sqlite_file: `"${join(folder, `peers-${crypto.randomUUID()}.sqlite`)}"`,
    max_rate: 2 * warmPerSecond,
  };
  const config = (interval: number) => fleetOf(simulatorUrl, { ...settings, interval });
  const service = await startService(config(deployments / warmPerSecond));

  const passed = async () =>
    sumOf((await ask(`${service.url}/metrics`)).body, "fleetpulse_probes_total", 'class="ok"');

  async function probeEvery(interval: number): Promise<void> {
    await reload(service, config(interval));
    await Bun.sleep(settleMs);
  }

  async function probe(): Promise<number> {
    const before = await passed();
    await Bun.sleep(pace.seconds * 1000);
    return (await passed()) - before;
  }

  const isWarm = async () => {
    await Bun.sleep(500);
    return (await passed()) > probesToWarm;
  };
  try {
    await eventually("the service is warm", isWarm, 60_000);
    await probeEvery(0);
  } catch (error) {
    await service.stop();
    throw error;
  }
  return {
    pid: service.pid,
    begin: () => probeEvery(deployments / pace.perSecond),
    probe,
    end: () => probeEvery(0),
    stop: service.stop,
  };
}
