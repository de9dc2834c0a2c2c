// Sweeps over 1,000 deployments in this process: the fleet's threads against a simulated provider in another process.

import { join } from "node:path";
import { systemClock } from "../src/clock.ts";
import { parseConfig } from "../src/config/read.ts";
import { uniformConfig } from "../src/demo/fleet.ts";
import { startFleet } from "../src/fleet/fleet.ts";
import { createRegistry } from "../src/registry/registry.ts";
import { resolveDeployments } from "../src/registry/resolve.ts";
import { createReader } from "../src/table/reader.ts";
import { createTable, threadWord } from "../src/table/table.ts";

const count = 1000;
const firstRoundsMs = 3500;
const wide = {
  max_in_flight: 1000,
  max_in_flight_per_provider: 1000,
  max_in_flight_per_host: 1000,
  max_in_flight_per_key: 1000,
  start_rate: 1_000_000,
  max_rate: 1_000_000,
  jitter: 0,
};

async function fleetOf(url: string, settings: Record<string, number>, hanging: number) {
  const text = uniformConfig({ url, count, hanging, settings: { ...wide, ...settings } });
  const config = parseConfig(text, { file: "bench.yaml", flags: {}, environment: {}, cores: 2 });
  const { deployments } = resolveDeployments(config.entries, config.settings, {});
  const table = createTable(count);
  const registry = createRegistry();
  const reader = createReader(table);
  const fleet = startFleet({
    table,
    registry,
    threads: config.settings.threads,
    clock: systemClock,
    entry: new URL(join("file://", import.meta.dir, "../workers/prober.ts")),
    restored: new Map(),
    onRestore: () => {},
    onRetire: () => {},
    onAssigned: () => {},
    onNotice: (notice) => console.error(notice),
  });
  while (!fleet.allReady()) await Bun.sleep(1);
  const change = registry.replace(deployments);
  const hangs = new Set(
    registry.slots().filter((slot) => registry.at(slot)?.apiBase?.includes("/hang-")),
  );
  const completed = () =>
    fleet.threads().reduce((sum, { thread }) => sum + threadWord(table, thread, "completed"), 0);
  const begin = () => fleet.apply(change, config.settings);
  return { fleet, registry, reader, hangs, completed, begin };
}

/** One sweep: wall and CPU time from the first to the last status. */
export async function sweep(url: string) {
  const { fleet, registry, reader, completed, begin } = await fleetOf(
    url,
    { interval: 600, timeout: 30 },
    0,
  );
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  await begin();
  // Two words a look: what waits for the end must not be what is measured.
  while (completed() < count) await Bun.sleep(5);
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  await Bun.sleep(50);
  const good = registry.slots().filter((slot) => reader.read(slot).row.state === 1).length;
  await fleet.stop();
  return { wallMs, cpuMs: (user + system) / 1000, good };
}

/** How late probes of well deployments start, the worst of some rounds after the first one, which asks all at once, while others hang. */
export async function besideHanging(url: string, hanging: number, seconds: number) {
  const { fleet, registry, reader, hangs, begin } = await fleetOf(
    url,
    { interval: 2, timeout: 3 },
    hanging,
  );
  await begin();
  // By then each was asked twice: the first time with all others, the second time at its place in the interval.
  await Bun.sleep(firstRoundsMs);
  const worst = new Map<number, number>();
  const endMs = performance.now() + seconds * 1000;
  while (performance.now() < endMs) {
    for (const slot of registry.slots()) {
      if (hangs.has(slot)) continue;
      const { startLatenessMicros } = reader.read(slot).row;
      worst.set(slot, Math.max(worst.get(slot) ?? 0, startLatenessMicros / 1000));
    }
    await Bun.sleep(20);
  }
  await fleet.stop();
  const sorted = [...worst.values()].sort((a, b) => a - b);
  return { p50Ms: sorted[Math.floor(sorted.length / 2)] ?? 0, maxMs: sorted.at(-1) ?? 0 };
}
