// The CPU time of a probe beside that of peers: all ask the same simulated fleet, in turn, on the same cores. What a probe
// costs depends on the pace: who wakes up for a single one pays more for it. Ours has the pace of a large fleet, which is slow.

import { blackbox } from "./peers/blackbox.ts";
import { requestsAt } from "./peers/fleet.ts";
import { litellm } from "./peers/litellm.ts";
import { startOurs } from "./peers/ours.ts";
import {
  type Course,
  cpuMsOf,
  type Peer,
  type Prober,
  type Program,
  pace,
} from "./peers/prober.ts";
import { median, startSimulator } from "./processes.ts";
import { say } from "./report.ts";

const rounds = 3;
const idleMs = 3000;
/** Share of the probes that may be under way when counting begins or ends, and by which a pace may be missed. */
const tolerance = 0.05;

export async function peers(): Promise<void> {
  const programs = new Map<Peer, Program>();
  for (const peer of [litellm, blackbox]) {
    try {
      programs.set(peer, await peer.install());
    } catch (error) {
      say(`${peer.name} is missing: ${reason(error)}`, "");
    }
  }
  for (const latencyMs of [0, 50]) await beside(programs, latencyMs);
}

/** A prober that is measured in one way: in each round, microseconds of CPU a probe. */
interface Runner {
  readonly name: string;
  readonly prober: Prober;
  /** CPU time as a share of wall time while it is not asked for anything. */
  readonly idleShare: number;
  readonly course: Course;
  readonly micros: number[];
  failure: string | null;
}

async function beside(programs: ReadonlyMap<Peer, Program>, latencyMs: number): Promise<void> {
  const simulator = await startSimulator(latencyMs);
  const started: Prober[] = [];
  async function enter(
    prober: Prober,
    name: string,
    courses: readonly Course[],
  ): Promise<Runner[]> {
    started.push(prober);
    const idle = await spent(prober, () => Bun.sleep(idleMs));
    const idleShare = idle.cpuMs / idle.wallMs;
    return courses.map((course) => ({
      name,
      prober,
      idleShare,
      course,
      micros: [],
      failure: null,
    }));
  }
  try {
    const ours = await enter(await startOurs(simulator.url), "this service", [
      { how: `${pace.perSecond} probes/s`, perSecond: pace.perSecond, ratioMin: 1 },
    ]);
    const theirs: Runner[] = [];
    for (const [peer, program] of programs) {
      const name = `${peer.name} ${program.version}`;
      try {
        const prober = await peer.start(program, simulator.url);
        theirs.push(...(await enter(prober, name, peer.courses)));
      } catch (error) {
        say(`${name} does not run: ${reason(error)}`, "");
      }
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const runner of [...ours, ...theirs]) await measure(runner, simulator.url);
    }
    say(`CPU of a probe, answered ${latencyMs === 0 ? "at once" : `after ${latencyMs} ms`}`, "");
    for (const runner of ours) report(runner);
    for (const runner of theirs) report(runner, ours[0]);
  } finally {
    for (const prober of started) await prober.stop();
    simulator.stop();
  }
}

/** CPU time while it probes, less what it takes idle, divided by the probes. */
async function measure(runner: Runner, simulatorUrl: string): Promise<void> {
  const { prober, course, idleShare } = runner;
  if (runner.failure !== null) return;
  try {
    await prober.begin?.();
    const before = await requestsAt(simulatorUrl);
    const { result, cpuMs, wallMs } = await spent(prober, () => prober.probe(course.perSecond));
    const arrived = (await requestsAt(simulatorUrl)) - before - 1;
    await prober.end?.();
    const kept = (1000 * result) / wallMs;
    if (Math.abs(arrived - result) > arrived * tolerance)
      runner.failure = `${result} probes went well and ${arrived} arrived`;
    else if (course.perSecond !== Infinity && kept < course.perSecond * (1 - tolerance))
      runner.failure = `it kept up ${kept.toFixed(0)} probes/s only`;
    else runner.micros.push((1000 * (cpuMs - idleShare * wallMs)) / result);
  } catch (error) {
    runner.failure = reason(error);
  }
}

function report({ name, course, micros, failure }: Runner, ours?: Runner): void {
  const what = `  ${name}, ${course.how}`;
  if (failure !== null) {
    say(`${what}: not measured, ${failure}`, "");
    return;
  }
  say(what, `${median(micros).toFixed(0)} µs`);
  if (ours === undefined || ours.failure !== null) return;
  const ratio = median(micros.map((one, round) => one / (ours.micros[round] ?? 0)));
  const { ratioMin } = course;
  say("    as a multiple of ours", ratio.toFixed(2), `>= ${ratioMin}`, ratio >= ratioMin);
}

async function spent<T>({ pid }: Prober, work: () => Promise<T>) {
  const cpuMs = cpuMsOf(pid);
  const startMs = performance.now();
  const result = await work();
  const wallMs = performance.now() - startMs;
  return { result, wallMs, cpuMs: cpuMsOf(pid) - cpuMs };
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
