// What traffic says of the health of deployments. A request that was answered proves that its deployment works; failures count by their
// own thresholds: so many in a row, or such a share of a window's requests when there were enough. What the caller or the proxy is to
// blame for says nothing. Reports are few: at once when something changes, and then every few seconds.

import { type OutcomeClass, outcomeClasses } from "../table/outcome-class.ts";
import { outcomeOf, type TrafficClass } from "./traffic-class.ts";

export interface PassiveSettings {
  /** Failures in a row that decide. */
  readonly fall: number;
  /** The share of failures that decides, from so many requests in the window on. */
  readonly failureShare: number;
  readonly volumeMin: number;
  readonly windowMs: number;
}

/** Whom a request was of: the slot is its own while the id is there. */
export interface Asked {
  readonly slot: number;
  readonly modelId: string;
}

export interface PassiveReport extends Asked {
  readonly outcome: OutcomeClass;
  /** When the request ended. */
  readonly atMs: number;
  /** The thresholds are reached; else it is a suspicion. Always true of what passed. */
  readonly decided: boolean;
  /** For a person; empty when all is well. */
  readonly words: string;
}

export interface Passive {
  note(asked: Asked, requestClass: TrafficClass, endMs: number): void;
  /** Forgets the others. */
  keep(isKept: (modelId: string) => boolean): void;
  /** What there is to report since the last call. */
  take(): PassiveReport[];
}

/** A window moves in as many steps. */
const steps = 6;
/** Between two reports that say the same of a deployment. */
const repeatMs = 5000;
/** Between two suspicions about a deployment: each costs a probe. */
const suspectMs = 30_000;
/** What ended longer ago is history. */
const oldMs = 300_000;

interface Seen {
  failuresInRow: number;
  newestMs: number;
  /** The step that the newest counts are of. */
  step: number;
  readonly passed: number[];
  readonly failed: number[];
  said: string;
  saidMs: number;
  suspectedMs: number;
}

export function createPassive(settings: PassiveSettings, wallMs: () => number): Passive {
  const { fall, failureShare, volumeMin, windowMs } = settings;
  const stepMs = windowMs / steps;
  const seen = new Map<string, Seen>();
  const reports = new Map<string, PassiveReport>();

  function stateOf(modelId: string): Seen {
    const known = seen.get(modelId);
    if (known !== undefined) return known;
    const zeros = () => new Array<number>(steps).fill(0);
    const begun: Seen = {
      ...{ failuresInRow: 0, newestMs: 0, step: 0, said: "", saidMs: 0 },
      suspectedMs: Number.NEGATIVE_INFINITY,
      ...{ passed: zeros(), failed: zeros() },
    };
    seen.set(modelId, begun);
    return begun;
  }

  /** Empties the steps that the window has left. */
  function moveTo(state: Seen, endMs: number): void {
    const step = Math.floor(endMs / stepMs);
    const left = Math.min(steps, step - state.step);
    for (let index = 0; index < left; index += 1) {
      state.passed[(step - index) % steps] = 0;
      state.failed[(step - index) % steps] = 0;
    }
    state.step = Math.max(state.step, step);
    state.newestMs = Math.max(state.newestMs, endMs);
  }

  function tooManyFail({ passed, failed }: Seen): boolean {
    const failures = sumOf(failed);
    const all = failures + sumOf(passed);
    return all >= volumeMin && failures / all >= failureShare;
  }

  function report(state: Seen, one: PassiveReport): void {
    if (!one.decided) {
      if (one.atMs - state.suspectedMs < suspectMs) return;
      state.suspectedMs = one.atMs;
    }
    const saying = `${one.outcome} ${one.decided}`;
    if (saying === state.said && one.atMs - state.saidMs < repeatMs) return;
    state.said = saying;
    state.saidMs = one.atMs;
    reports.set(one.modelId, one);
  }

  return {
    note(asked, requestClass, endMs) {
      const outcome = outcomeOf(requestClass);
      const nowMs = wallMs();
      if (outcome === null || nowMs - endMs > oldMs) return;
      const state = stateOf(asked.modelId);
      // The proxy's clock may be ahead of ours.
      const atMs = Math.min(endMs, nowMs);
      if (atMs <= state.newestMs - windowMs) return;
      moveTo(state, atMs);
      const place = Math.floor(atMs / stepMs) % steps;
      const hasPassed = outcomeClasses[outcome].effect === "passed";
      const counts = hasPassed ? state.passed : state.failed;
      counts[place] = (counts[place] ?? 0) + 1;
      state.failuresInRow = hasPassed ? 0 : state.failuresInRow + 1;
      const share = tooManyFail(state);
      if (hasPassed) {
        if (!share) report(state, { ...asked, outcome, atMs, decided: true, words: "" });
        return;
      }
      const decided = share || state.failuresInRow >= fall;
      const words = share
        ? `${sumOf(state.failed)} of the last ${sumOf(state.failed) + sumOf(state.passed)} requests failed`
        : `${state.failuresInRow} requests in a row failed`;
      report(state, {
        ...{ ...asked, outcome, atMs, decided },
        words: `${words}, as the proxy reports: ${outcomeClasses[outcome].sentence}`,
      });
    },
    keep(isKept) {
      for (const modelId of seen.keys()) if (!isKept(modelId)) seen.delete(modelId);
    },
    take() {
      const taken = [...reports.values()];
      reports.clear();
      return taken;
    },
  };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
