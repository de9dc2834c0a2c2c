// How many at once: a probe passes the bounds of its key, its host, its provider and its thread, in that
// order, narrow ones first, so that a probe that waits for its own host holds nothing that others need.
//
// Deployments whose last probe ran into a deadline are suspects: they may fill a quarter of each bound only.
// So a host (or a whole provider) that hangs keeps three quarters of every lane free for the rest.

import pLimit from "p-limit";
import type { Lanes } from "../registry/deployment.ts";
import { type OutcomeClass, outcomeClassOf } from "../table/outcome-class.ts";
import type { Row } from "../table/row.ts";
import { Lane, passThrough } from "./lane.ts";

/** This thread's part of each bound; names are as in a deployment's lanes. */
export interface LaneLimits {
  readonly thread: number;
  readonly provider: Readonly<Record<string, number>>;
  readonly host: Readonly<Record<string, number>>;
  readonly key: Readonly<Record<string, number>>;
}

const suspectShare = 0.25;

export interface Admission {
  /** Runs the task when every bound lets it; resolves with what the task returns. */
  admit<T>(lanes: Lanes, suspect: boolean, task: () => Promise<T>): Promise<T>;
  /** Changes the bounds; what runs goes on. Lanes that are not named any more are forgotten. */
  setLimits(limits: LaneLimits): void;
}

interface LanePair {
  readonly all: Lane;
  readonly suspects: Lane;
}

export function createAdmission(limits: LaneLimits): Admission {
  const thread = { all: pLimit(limits.thread), suspects: new Lane(suspectsOf(limits.thread)) };
  const scopes = {
    provider: new Map<string, LanePair>(),
    host: new Map<string, LanePair>(),
    key: new Map<string, LanePair>(),
  };
  let current = limits;

  function laneOf(scope: keyof typeof scopes, name: string): LanePair {
    const known = scopes[scope].get(name);
    if (known !== undefined) return known;
    const limit = current[scope][name] ?? 1;
    const lane = { all: new Lane(limit), suspects: new Lane(suspectsOf(limit)) };
    scopes[scope].set(name, lane);
    return lane;
  }

  return {
    admit(lanes, suspect, task) {
      const key = laneOf("key", lanes.key);
      const host = laneOf("host", lanes.host);
      const provider = laneOf("provider", lanes.provider);
      const narrow = suspect
        ? [key.suspects, host.suspects, provider.suspects, thread.suspects]
        : [];
      return passThrough([...narrow, key.all, host.all, provider.all], () => thread.all(task));
    },
    setLimits(next) {
      current = next;
      thread.all.concurrency = next.thread;
      thread.suspects.setLimit(suspectsOf(next.thread));
      const changed: Lane[] = [thread.suspects];
      for (const scope of ["provider", "host", "key"] as const) {
        for (const [name, { all, suspects }] of scopes[scope]) {
          const limit = next[scope][name];
          if (limit === undefined) {
            scopes[scope].delete(name);
            continue;
          }
          all.setLimit(limit);
          suspects.setLimit(suspectsOf(limit));
          changed.push(all, suspects);
        }
      }
      // Not before all are set: who is let in by one goes on to the next.
      for (const lane of changed) lane.letIn();
    },
  };
}

function suspectsOf(limit: number): number {
  return Math.max(1, Math.floor(limit * suspectShare));
}

/** Ends that can take a whole deadline: a deployment that ended so may do so again. */
const slowEnds: ReadonlySet<OutcomeClass> = new Set([
  "dns",
  "connect",
  "tls",
  "timeout_first_byte",
  "timeout_total",
]);

/** True for a deployment whose last probe may have taken a whole deadline. */
export function isSuspect(row: Row): boolean {
  return slowEnds.has(outcomeClassOf(row.outcomeClass));
}
