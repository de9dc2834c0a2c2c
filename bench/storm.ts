// Latency of the routes in a storm of probes with a scrape a second, beside that of the same service with the same fleet, when nothing
// is probed; of those that are asked often once more with the scrapes alone, which tells what is theirs.

import { type Answer, askEverySecond, scraperHeaders } from "./asker.ts";
import { cpuMsOf } from "./peers/prober.ts";
import { type Load, load, median, startBare } from "./processes.ts";
import { count, ms, per, row, say } from "./report.ts";
import {
  type Probing,
  probingIn,
  punctualMs,
  type StormFleet,
  startStormFleet,
  storm,
} from "./storm-fleet.ts";

const rounds = 3;
/** What has a target is asked so often in each weather, in turn with the bare server: one p99 on shared cores tells little. */
const turns = 3;
const loadSeconds = 4;
/** Of routes that are asked gently. */
const gentleSeconds = 2;
const connections = 16;
const gentleConnections = 2;
const complaintsMax = 5;
const punctualShareMin = 0.99;
/** After a change of the configuration, until its own work is over. */
const restMs = 3000;

const livelinessPath = "/health/liveliness";
const livelinessPerSecond = 1000;

interface Route {
  readonly path: string;
  readonly requestsPerSecond: number;
  /** What its p99 in the storm may be as a multiple of its idle one. */
  readonly ratioMax: number | null;
  /** Asked over fewer connections, for a shorter time, and not beside scrapes alone. */
  readonly isGentle?: boolean;
}

const gently = (path: string, requestsPerSecond: number): Route => ({
  ...{ path, requestsPerSecond },
  ratioMax: null,
  isGentle: true,
});

const routes: readonly Route[] = [
  { path: livelinessPath, requestsPerSecond: livelinessPerSecond, ratioMax: 1.5 },
  { path: "/health?limit=100", requestsPerSecond: 200, ratioMax: 2 },
  {
    path: `/health/models/d-{${storm.deployments}}`,
    requestsPerSecond: 200,
    ratioMax: null,
  },
  // Whole, that is of all deployments: of so few answers the p99 is the slowest.
  gently("/health", 4),
  gently("/health/models", 4),
  gently("/health/latest", 4),
  gently("/health/history", 20),
  gently("/health/services", 100),
  gently("/health/readiness", 100),
];

/** Asked like liveliness, but of a process that does nothing else: what the shared cores alone do to latency. */
const bareName = "a bare server in a process of its own";

const bare: Route = {
  path: bareName,
  requestsPerSecond: livelinessPerSecond,
  ratioMax: null,
};

const weathers = ["idle", "scraped", "storm"] as const;
type Weather = (typeof weathers)[number];

interface Measured {
  /** By path, and those of the bare server by its name. */
  readonly loads: ReadonlyMap<string, readonly Load[]>;
  readonly scrapesMs: readonly number[];
  readonly probing: readonly Probing[];
  /** Cores that are busy. */
  readonly serviceCores: number;
  readonly simulatorCores: number;
}

export async function stormSection(): Promise<void> {
  const all: Record<Weather, Measured[]> = { idle: [], scraped: [], storm: [] };
  const complaints: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const fleet = await startStormFleet();
    const bareServer = await startBare(Buffer.from('"I\'m alive!"'));
    try {
      await fleet.raging();
      await Bun.sleep(restMs);
      all.storm.push(await measure(fleet, bareServer.url, "storm"));
      complaints.push(...fleet.service.complaints());
      await fleet.calm();
      await Bun.sleep(restMs);
      all.idle.push(await measure(fleet, bareServer.url, "idle"));
      all.scraped.push(await measure(fleet, bareServer.url, "scraped"));
    } finally {
      await bareServer.stop();
      await fleet.stop();
    }
  }
  reportWeather(all.storm);
  reportRoutes(all);
  for (const complaint of complaints.slice(0, complaintsMax)) console.log(`  ${complaint}`);
}

async function measure(
  { service, simulator }: StormFleet,
  bareUrl: string,
  weather: Weather,
): Promise<Measured> {
  const answers: Answer[] = [];
  const scraping =
    weather === "idle"
      ? null
      : askEverySecond(`${service.url}/metrics`, scraperHeaders, (answer) => answers.push(answer));
  const asked = async ({ path, requestsPerSecond, isGentle = false }: Route) => {
    const url = path === bareName ? bareUrl : `${service.url}${path}`;
    const sockets = isGentle ? gentleConnections : connections;
    return await load(url, sockets, isGentle ? gentleSeconds : loadSeconds, requestsPerSecond);
  };
  const inTurn = [...routes.filter(({ ratioMax }) => ratioMax !== null), bare];
  // All is as warm in the storm, which comes first, as it is afterwards: the compiler's threads are not what is asked about.
  for (const route of inTurn) await asked(route);
  const startMs = performance.now();
  const cpuMs = [service, simulator].map(({ pid }) => cpuMsOf(pid));
  const loads = new Map<string, Load[]>();
  for (let turn = 0; turn < turns; turn += 1) {
    for (const route of inTurn) {
      loads.set(route.path, [...(loads.get(route.path) ?? []), await asked(route)]);
    }
  }
  for (const route of routes) {
    if (loads.has(route.path) || (route.isGentle && weather === "scraped")) continue;
    loads.set(route.path, [await asked(route)]);
  }
  const [serviceCores = 0, simulatorCores = 0] = [service, simulator].map(
    ({ pid }, index) => (cpuMsOf(pid) - (cpuMs[index] ?? 0)) / (performance.now() - startMs),
  );
  const scrapesMs =
    scraping === null ? await alone(`${service.url}/metrics`) : await scraping.stop();
  return { loads, scrapesMs, probing: answers.map(probingIn), serviceCores, simulatorCores };
}

/** A few scrapes with nothing beside them. */
async function alone(url: string): Promise<readonly number[]> {
  const scraping = askEverySecond(url, scraperHeaders);
  await Bun.sleep(loadSeconds * 1000);
  return await scraping.stop();
}

function reportWeather(measured: readonly Measured[]): void {
  const samples = measured.flatMap(({ probing }) => probing);
  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const rate = (of: (probing: Probing) => number) =>
    average(
      measured.map(({ probing }) => {
        const [first, last] = [probing.at(0), probing.at(-1)];
        if (first === undefined || last === undefined) return 0;
        return ((of(last) - of(first)) * 1000) / Math.max(1, last.atMs - first.atMs);
      }),
    );
  const inFlight = average(samples.map((one) => one.inFlight));
  const perSecond = rate((one) => one.probes);
  say(
    `storm over ${count(storm.deployments)} deployments, ${count(storm.hanging)} hanging: in flight`,
    count(inFlight),
    `>= ${0.9 * storm.inFlight}`,
    inFlight >= 0.9 * storm.inFlight,
  );
  say(
    "  probes",
    per(perSecond),
    `>= ${0.9 * storm.perSecond}/s`,
    perSecond >= 0.9 * storm.perSecond,
  );
  say("  of which ran into their deadline", per(rate((one) => one.timeouts)));
  const punctual = rate((one) => one.punctual) / rate((one) => one.started);
  say(
    `  that were late by ${punctualMs} ms at most, waiting for bounds aside`,
    `${(100 * punctual).toFixed(1)} %`,
    `>= ${100 * punctualShareMin} %`,
    punctual >= punctualShareMin,
  );
  say(
    "  due and waiting for a bound, at most",
    count(Math.max(...samples.map((one) => one.queued))),
  );
  say(
    "  busy cores: the service, the simulated provider",
    [
      median(measured.map((one) => one.serviceCores)),
      median(measured.map((one) => one.simulatorCores)),
    ]
      .map((cores) => cores.toFixed(2))
      .join(" / "),
  );
}

function reportRoutes(all: Readonly<Record<Weather, readonly Measured[]>>): void {
  row(["p99, worst", ...weathers], 30);
  for (const { path, ratioMax } of [...routes, bare]) {
    const loadsOf = (weather: Weather) =>
      all[weather].flatMap(({ loads }) => loads.get(path) ?? []);
    const p99Ms = (weather: Weather) => median(loadsOf(weather).map((one) => one.p99Ms));
    const worstMs = (weather: Weather) => median(loadsOf(weather).map((one) => one.maxMs));
    const cell = (weather: Weather) =>
      loadsOf(weather).length === 0 ? "" : `${ms(p99Ms(weather))}, ${ms(worstMs(weather))}`;
    console.log(path);
    row(["", ...weathers.map(cell)], 30);
    const errors = weathers.flatMap(loadsOf).reduce((sum, one) => sum + one.errors, 0);
    const ratio = p99Ms("storm") / p99Ms("idle");
    say(
      errors === 0
        ? "  p99 in the storm as a multiple of idle"
        : `  ${errors} answers were not 200;`,
      ratio.toFixed(2),
      ratioMax === null ? "" : `<= ${ratioMax}`,
      ratioMax === null ? null : ratio <= ratioMax && errors === 0,
    );
  }
  const inStorm = (path: string) =>
    median(all.storm.flatMap(({ loads }) => loads.get(path) ?? []).map((one) => one.p99Ms));
  const ofBare = inStorm(livelinessPath) / inStorm(bareName);
  say("  p99 of liveliness in the storm as a multiple of that one's", ofBare.toFixed(2));
  console.log("/metrics, a scrape a second: median, worst");
  const scrapes = (weather: Weather) => all[weather].flatMap(({ scrapesMs }) => scrapesMs);
  row(
    [
      "",
      ...weathers.map((weather) => {
        const took = scrapes(weather);
        return `${ms(median(took))}, ${ms(Math.max(...took))}`;
      }),
    ],
    30,
  );
}
