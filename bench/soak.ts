// The storm for an hour, or for as many minutes as are given: `bun bench/run.ts soak 60`. A scrape of /metrics and a whole /health a
// second, and a page of /health a hundred times a second. Memory and sockets have to stay where they are once all has warmed up, and
// so has what is planned. That is what stands for timers, of which the runtime tells no number outside of the thread that
// holds them: a thread has one for all that it has planned and one for all deadlines (test/fleet/timers.test.ts counts them).

import { askEverySecond, backlog, scraperHeaders } from "./asker.ts";
import { residentMiB, sockets, threads } from "./process-state.ts";
import { load, median } from "./processes.ts";
import { count, mib, per, row, say } from "./report.ts";
import { type Probing, probingIn, type StormFleet, startStormFleet, storm } from "./storm-fleet.ts";

export const soakMinutes = 60;
const lineMs = 30_000;
const lookMs = 5000;
/** Of a short run, a third is warming up. */
const warmMsMax = 10 * 60_000;
const warmShare = 1 / 3;
/** What is compared: the first and the last part of what comes after warming up. */
const partShare = 1 / 4;
/** Memory goes up and down with what was collected last, sockets with the probes that are under way. */
const growthMax = 0.1;
/** Planned is what was so at the last heartbeat, in flight what is so now. */
const planShare = 0.05;
/** Of less, the ups and downs of collection would be taken for a slope. */
const slopeMsMin = 10 * 60_000;
const connections = 8;
const requestsPerSecond = 100;
const hourMs = 3_600_000;
const complaintsMax = 10;

interface Look {
  readonly atMs: number;
  readonly residentMiB: number;
  readonly sockets: number;
  readonly threads: number;
  /** Deployments that are planned, that wait for a bound and that are in flight: all of them, each once. */
  readonly planned: number;
}

export async function soak(minutes: number): Promise<void> {
  const fleet = await startStormFleet();
  const { service } = fleet;
  let probing: Probing | null = null;
  await fleet.raging();
  const scraping = askEverySecond(`${service.url}/metrics`, scraperHeaders, (answer) => {
    probing = probingIn(answer);
  });
  const reading = askEverySecond(`${service.url}/health`);
  const durationMs = minutes * 60_000;
  const page = `${service.url}/health?limit=100`;
  const paging = load(page, connections, durationMs / 1000, requestsPerSecond);
  try {
    const looks = await watch(fleet, durationMs, () => probing);
    await Promise.all([scraping.stop(), reading.stop()]);
    const { p50Ms, p99Ms, maxMs, errors } = await paging;
    row(
      [
        "/health?limit=100",
        ...[p50Ms, p99Ms, maxMs].map((one) => one.toFixed(1)),
        `${errors} errors`,
      ],
      14,
    );
    verdict(looks, durationMs);
    const complaints = service.complaints();
    say("lines of warnings and errors", count(complaints.length), "0", complaints.length === 0);
    for (const complaint of complaints.slice(-complaintsMax)) console.log(`  ${complaint}`);
  } finally {
    await fleet.stop();
  }
}

async function watch(
  { service, simulator }: StormFleet,
  durationMs: number,
  probingNow: () => Probing | null,
): Promise<readonly Look[]> {
  const looks: Look[] = [];
  const startMs = performance.now();
  let lineAtMs = startMs + lineMs;
  let before = probingNow();
  const columns = ["memory", "sockets", "threads", "planned", "in flight", "probes", "probes/s"];
  row(["after", ...columns, "warnings"], 11);
  while (performance.now() - startMs < durationMs) {
    await Bun.sleep(lookMs);
    if (service.hasEnded())
      throw new Error(`the service ended: ${service.complaints().join("\n")}`);
    const look = {
      atMs: performance.now() - startMs,
      residentMiB: residentMiB(service.pid),
      sockets: sockets(service.pid),
      threads: threads(service.pid),
      planned: await planned(service.url),
    };
    looks.push(look);
    const now = probingNow();
    before ??= now;
    if (performance.now() < lineAtMs) continue;
    lineAtMs += lineMs;
    const rate =
      now === null || before === null
        ? 0
        : (1000 * (now.probes - before.probes)) / Math.max(1, now.atMs - before.atMs);
    row(
      [
        `${(look.atMs / 60_000).toFixed(1)} min`,
        mib(look.residentMiB),
        count(look.sockets),
        count(look.threads),
        count(look.planned),
        count(now?.inFlight ?? 0),
        count(now?.probes ?? 0),
        per(rate),
        count(service.complaints().length),
      ],
      11,
    );
    before = now;
  }
  say("  sockets of the simulated provider", count(sockets(simulator.pid)));
  return looks;
}

/** 0 where there is no answer: a look that fails is not the end of an hour. */
async function planned(url: string): Promise<number> {
  const sum = async () => {
    const { scheduled, inFlight, queued } = await backlog(url);
    return scheduled + inFlight + queued;
  };
  return await sum().catch(() => 0);
}

function verdict(all: readonly Look[], durationMs: number): void {
  const warmMs = Math.min(warmMsMax, durationMs * warmShare);
  const looks = all.filter(({ atMs }) => atMs >= warmMs);
  const part = Math.max(1, Math.floor(looks.length * partShare));
  const compared = (of: (look: Look) => number) => {
    const early = median(looks.slice(0, part).map(of));
    const late = median(looks.slice(-part).map(of));
    return { early, late, growth: late / Math.max(1, early) - 1 };
  };
  const span = `after ${(warmMs / 60_000).toFixed(0)} min and at the end`;
  const memory = compared((look) => look.residentMiB);
  const perHour = slope(looks.map(({ atMs, residentMiB: y }) => ({ x: atMs / hourMs, y })));
  say(
    `resident memory ${span}`,
    `${memory.early.toFixed(0)} / ${mib(memory.late)}`,
    `<= +${(100 * growthMax).toFixed(0)} %`,
    memory.growth <= growthMax,
  );
  if (durationMs - warmMs >= slopeMsMin) say("  slope", `${perHour.toFixed(1)} MiB/h`);
  const open = compared((look) => look.sockets);
  say(
    `sockets ${span}`,
    `${count(open.early)} / ${count(open.late)}`,
    `<= +${(100 * growthMax).toFixed(0)} %`,
    open.growth <= growthMax,
  );
  const running = compared((look) => look.threads);
  say(
    `threads ${span}`,
    `${count(running.early)} / ${count(running.late)}`,
    "no more",
    running.late <= running.early,
  );
  const plan = compared((look) => look.planned);
  const off = Math.abs(plan.late - storm.deployments) / storm.deployments;
  say(
    `planned, waiting and in flight ${span}`,
    `${count(plan.early)} / ${count(plan.late)}`,
    `${count(storm.deployments)} +-${100 * planShare} %`,
    off <= planShare,
  );
}

/** Of the straight line through the points that is nearest to them (least squares). */
function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const [middleX, middleY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const squares = points.reduce((sum, { x }) => sum + (x - middleX) ** 2, 0);
  const products = points.reduce((sum, { x, y }) => sum + (x - middleX) * (y - middleY), 0);
  return squares === 0 ? 0 : products / squares;
}
