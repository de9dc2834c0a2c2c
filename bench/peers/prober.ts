// One who probes the simulated fleet and whose CPU time is counted: this service, or a peer.

import { readFileSync } from "node:fs";
import { descendants } from "../../test/servers/process.ts";

/** The pace of ours, and of a peer that can keep one; and how long it is kept. */
export const pace = { perSecond: 200, seconds: 5 };

export interface Prober {
  readonly pid: number;
  /** What comes before a measurement, and after it: who is not asked has nothing to probe. */
  begin?(): Promise<void>;
  end?(): Promise<void>;
  /** Probes for a while at this pace, with Infinity as fast as it can; returns how many found their deployment well. */
  probe(perSecond: number): Promise<number>;
  stop(): Promise<void>;
}

/** A way in which somebody is measured. */
export interface Course {
  readonly how: string;
  readonly perSecond: number;
  /** What its CPU time a probe should be at least, as a multiple of ours. */
  readonly ratioMin: number;
}

export interface Program {
  readonly file: string;
  readonly version: string;
}

export interface Peer {
  readonly name: string;
  readonly courses: readonly Course[];
  /** Brings it to this machine if need be; throws with the reason when it cannot. */
  install(): Promise<Program>;
  start(program: Program, simulatorUrl: string): Promise<Prober>;
}

/** The kernel tells hundredths of a second, on every architecture. */
const tickMs = 10;

/** User and system time of a process and all that come from it, living or ended. */
export function cpuMsOf(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, one) => sum + ticksOf(one) * tickMs, 0);
}

function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in brackets may hold anything; after it come fields 3 and on. utime, stime, cutime, cstime are 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
