// What an answer costs by the size of the fleet, and for how long it holds the thread that answers: liveliness, which needs no
// more than that thread, is asked meanwhile. A hundred deployments a second change, so that no answer stands for long.

import { join } from "node:path";
import { uniformConfig } from "../src/demo/fleet.ts";
import { eventually } from "../test/servers/process.ts";
import { ask, askEverySecond, scraperHeaders } from "./asker.ts";
import { folder, type Load, load, median, startService, startSimulator } from "./processes.ts";
import { reload } from "./reload.ts";
import { count, ms, row, say } from "./report.ts";

const sizes = [100, 1000, 10_000, 100_000];
const answers: readonly { readonly path: string; readonly encoding: string }[] = [
  { path: "/health", encoding: "identity" },
  { path: "/health", encoding: "gzip" },
  { path: "/health", encoding: "zstd" },
  { path: "/health?limit=100", encoding: "identity" },
  { path: "/health/models", encoding: "identity" },
  { path: "/metrics", encoding: "identity" },
  { path: "/metrics", encoding: "gzip" },
];
/** What a scraper asks for. */
const scrape = answers.length - 1;
const scrapeMsMax = 1000;
const changesPerSecond = 100;
/** How often each answer is asked for: so many times, or for so long. */
const asksMax = 20;
const askingMs = 10_000;
const pauseMs = 100;
const rounds = 3;
const loadSeconds = 3;
const connections = 16;
const requestsPerSecond = 1000;
/** All are asked every so often; a larger fleet is held back to the changes that all fleets have. */
const intervalSeconds = 1;
const knownMs = 180_000;
const targetSize = 10_000;
const addedMsMax = 10;

interface Cost {
  readonly medianMs: number;
  readonly worstMs: number;
  readonly bytes: number;
}

interface Liveliness {
  readonly idle: Load;
  readonly health: Load;
  readonly metrics: Load;
}

export async function rendering(): Promise<void> {
  const simulator = await startSimulator(0);
  const measured: { size: number; costs: readonly Cost[]; liveliness: Liveliness }[] = [];
  for (const size of sizes) {
    try {
      measured.push({ size, ...(await ofSize(size, simulator.url)) });
    } catch (error) {
      say(`${count(size)} deployments are not measured: ${String(error)}`, "", "", false);
    }
  }
  simulator.stop();

  console.log(`Answers by size of the fleet, ${changesPerSecond} changes/s: median / worst, bytes`);
  row(["deployments", ...answers.map(({ path, encoding }) => `${path} ${encoding}`)], 34);
  for (const { size, costs } of measured) {
    const cells = costs.map(
      ({ medianMs, worstMs, bytes }) => `${ms(medianMs)} / ${ms(worstMs)}, ${count(bytes)}`,
    );
    row([count(size), ...cells], 34);
  }
  for (const { size, costs } of measured) {
    const cost = costs[scrape];
    if (cost === undefined) continue;
    const figure = `${ms(cost.medianMs)}, ${count(cost.bytes)} B`;
    const title = `a scrape of ${count(size)} deployments, sent packed: median, bytes unpacked`;
    // Prometheus gives up after ten seconds; a scrape should not be noticed.
    if (size !== targetSize) say(title, figure);
    else say(title, figure, `<= ${scrapeMsMax} ms`, cost.medianMs <= scrapeMsMax);
  }
  console.log("/health/liveliness p50 / p99 / max");
  row(["deployments", "idle", "/health a second", "/metrics scraped a second"], 34);
  for (const { size, liveliness } of measured) {
    const { idle, health, metrics } = liveliness;
    const cells = [idle, health, metrics].map(
      ({ p50Ms, p99Ms, maxMs }) => `${ms(p50Ms)} / ${ms(p99Ms)} / ${ms(maxMs)}`,
    );
    row([count(size), ...cells], 34);
  }
  for (const { size, liveliness } of measured.filter((one) => one.size === targetSize)) {
    const { idle, health, metrics } = liveliness;
    for (const [path, { maxMs }] of [
      ["/health", health],
      ["/metrics", metrics],
    ] as const) {
      const addedMs = Math.max(0, maxMs - idle.maxMs);
      say(
        `${path} of ${count(size)} a second: added to the worst liveliness`,
        ms(addedMs),
        `<= ${addedMsMax} ms`,
        addedMs <= addedMsMax,
      );
    }
  }
}

async function ofSize(size: number, url: string) {
  const sqlite_file = `"${join(folder, `rendering-${size}.sqlite`)}"`;
  const config = (settings: Record<string, number>) =>
    uniformConfig({ url, count: size, settings: { sqlite_file, ...settings } });
  const fast = 20_000;
  const service = await startService(
    config({ interval: 86_400, start_rate: fast, max_rate: fast }),
  );
  try {
    await eventually(
      `all ${size} are known`,
      async () => {
        await Bun.sleep(pauseMs);
        return (await service.counts()).unknown_count === 0;
      },
      knownMs,
    );
    // What is late by design is not what is asked about.
    await reload(
      service,
      config({ interval: intervalSeconds, max_rate: changesPerSecond, stale_after: 86_400 }),
    );
    await Bun.sleep(3000);
    const costs: Cost[] = [];
    for (const { path, encoding } of answers)
      costs.push(await costOf(`${service.url}${path}`, encoding));
    return { costs, liveliness: await livelinessOf(service.url) };
  } finally {
    await service.stop();
  }
}

async function costOf(url: string, encoding: string): Promise<Cost> {
  const headers = { "accept-encoding": encoding };
  const tookMs: number[] = [];
  let bytes = 0;
  // The first one may find what nobody has rendered yet.
  await ask(url, headers);
  const endMs = performance.now() + askingMs;
  while (tookMs.length < asksMax && performance.now() < endMs) {
    await Bun.sleep(pauseMs);
    const answer = await ask(url, headers);
    tookMs.push(answer.tookMs);
    bytes = answer.body.length;
  }
  return { medianMs: median(tookMs), worstMs: Math.max(...tookMs), bytes };
}

/** Asked in turn, several times: of each the round in the middle, by its worst answer. */
async function livelinessOf(url: string): Promise<Liveliness> {
  const asked = () => load(`${url}/health/liveliness`, connections, loadSeconds, requestsPerSecond);
  const beside = async (path: string, headers?: Readonly<Record<string, string>>) => {
    const asking = askEverySecond(`${url}${path}`, headers);
    const taken = await asked();
    await asking.stop();
    return taken;
  };
  const idle: Load[] = [];
  const health: Load[] = [];
  const metrics: Load[] = [];
  for (let round = 0; round < rounds; round += 1) {
    idle.push(await asked());
    health.push(await beside("/health"));
    metrics.push(await beside("/metrics", scraperHeaders));
  }
  return { idle: middle(idle), health: middle(health), metrics: middle(metrics) };
}

function middle(loads: readonly Load[]): Load {
  const sorted = [...loads].sort((a, b) => a.maxMs - b.maxMs);
  const one = sorted[Math.floor(sorted.length / 2)];
  if (one === undefined) throw new Error("nothing was measured");
  return one;
}
