// One probe from the moment it is taken from the timetable: through the bounds, to its upstream, and how late it was.
//
// Late is what this thread makes late. Time that a probe waits for a bound that somebody set (the rate; in flight a key, host,
// provider or thread) is queueing, and counted apart.

import type { Clock } from "../clock.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { ProbeTarget } from "../registry/deployment.ts";
import type { Definition } from "./definition.ts";
import { createAdmission, type LaneLimits } from "./lanes.ts";

/** A deployment that can be asked. */
export type Askable = Pick<Definition, "lanes" | "deadlines" | "target">;

export interface Asked {
  readonly outcome: Outcome;
  /** The target to use from now on, when the answer taught us something. */
  readonly adapted: ProbeTarget | null;
}

/** Asks one deployment once. Never rejects. */
export type Ask = (deployment: Askable) => Promise<Asked>;

/** Counters of a thread, kept up to date by the rounds. */
export interface RoundsGauge {
  queued(change: 1 | -1): void;
  inFlight(change: 1 | -1): void;
  /** `queuedMs` it waited for a bound; `latenessMs` is what it started later than planned besides. */
  started(latenessMs: number, queuedMs: number): void;
  completed(): void;
}

export interface Turn {
  readonly plannedMs: number;
  /** When the rate allowed it: not before it was planned. */
  readonly allowedMs: number;
  /** Its last probe may have taken a whole deadline. */
  readonly suspect: boolean;
  /** Whether it is still wanted when its turn comes. */
  readonly isWanted: () => boolean;
}

export interface Asking {
  /** Null when it was not wanted any more. `delayMs`: how much later than planned it started, for whatever reason. */
  ask(
    deployment: Askable,
    turn: Turn,
  ): Promise<{ readonly asked: Asked; readonly delayMs: number } | null>;
  setLimits(limits: LaneLimits): void;
}

export function createAsking(
  limits: LaneLimits,
  askOnce: Ask,
  gauge: RoundsGauge,
  clock: Clock,
): Asking {
  const admission = createAdmission(limits);
  /** Probes that ended so far, and changes of bounds: only then can one start that waits for a bound. */
  let openings = 0;

  return {
    ask(deployment, { plannedMs, allowedMs, suspect, isWanted }) {
      const takenMs = clock.monotonicMs();
      const openingsBefore = openings;
      gauge.queued(1);
      return admission.admit(deployment.lanes, suspect, async () => {
        gauge.queued(-1);
        if (!isWanted()) {
          openings += 1;
          return null;
        }
        const startMs = clock.monotonicMs();
        const delayMs = Math.max(0, startMs - plannedMs);
        const waitedMs = openings === openingsBefore ? 0 : startMs - takenMs;
        const queuedMs = Math.min(delayMs, allowedMs - plannedMs + waitedMs);
        gauge.started(delayMs - queuedMs, queuedMs);
        gauge.inFlight(1);
        const asked = await askOnce(deployment);
        gauge.inFlight(-1);
        gauge.completed();
        openings += 1;
        return { asked, delayMs };
      });
    },
    setLimits(next) {
      openings += 1;
      admission.setLimits(next);
    },
  };
}
