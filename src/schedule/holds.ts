// Keys that a provider asked to leave alone for a while (Retry-After, rate-limit headers). Pure: time comes in.
//
// What is limited is an account at a host, so a hold is of a key at a host: other keys there go on, and so does the same
// dummy key at another server, or the next server that has no key.

import type { Outcome } from "../probe/outcome.ts";
import { exhaustedMs } from "../probe/rate-limits.ts";
import type { Lanes } from "../registry/deployment.ts";
import type { OutcomeClass } from "../table/outcome-class.ts";

/** However long a provider asks for. */
export const longestHoldMs = 15 * 60_000;
/** A hold that grows by less tells nobody anything new. */
const noticeableMs = 1000;
/** Expired holds are looked for when there are so many, and each time that they have doubled. */
const sweepMin = 64;

/** Answers that speak of the key, and not of the one deployment. */
const ofTheKey: ReadonlySet<OutcomeClass> = new Set([
  "rate_limited",
  "quota_exhausted",
  "overloaded",
]);

/** The name of what is held: a key at a host. The key is a fingerprint. */
export function holdNameOf({ host, key }: Lanes): string {
  return `${host} ${key}`;
}

/** How long an outcome holds the others with its key back, or null. */
export function holdMs(outcomeClass: OutcomeClass, retryAfterMs: number | null): number | null {
  if (retryAfterMs === null || !ofTheKey.has(outcomeClass)) return null;
  return Math.min(longestHoldMs, Math.max(0, retryAfterMs));
}

/** Until a limit that this very answer says is used up begins anew, bounded as holds are; null when it is not, or only for a moment. */
export function limitedMs({ limits }: Outcome, wallMs: number): number | null {
  const ms = limits === undefined ? null : exhaustedMs(limits, wallMs, true);
  return ms === null || ms < noticeableMs ? null : Math.min(longestHoldMs, ms);
}

/** How long after the end of a hold those that were held come back: so they come at ten times their usual pace at most. */
function spreadMs(intervalMs: number): number {
  return Math.min(60_000, Math.max(1000, intervalMs / 10));
}

interface End {
  untilMs: number;
  /** What was told as news last. */
  toldMs: number;
}

/** A name that is held, and for how long still. */
export interface HoldLeft {
  readonly name: string;
  readonly forMs: number;
}

export interface Held {
  readonly untilMs: number;
  /** When to ask instead. */
  readonly dueMs: number;
}

export class Holds {
  readonly #ends = new Map<string, End>();
  #sweepAt = sweepMin;

  get size(): number {
    return this.#ends.size;
  }

  /** Holds a key back until then, if it is not already; true when that is news. */
  hold(name: string, untilMs: number, nowMs: number): boolean {
    const end = Math.min(untilMs, nowMs + longestHoldMs);
    const known = this.#ends.get(name);
    if (end <= (known?.untilMs ?? nowMs)) return false;
    if (this.#ends.size >= this.#sweepAt) this.#sweep(nowMs);
    const toldMs = known?.toldMs ?? nowMs;
    const isNews = end - toldMs >= noticeableMs;
    this.#ends.set(name, { untilMs: end, toldMs: isNews ? end : toldMs });
    return isNews;
  }

  /** What is held back still. */
  left(nowMs: number): HoldLeft[] {
    return [...this.#ends].flatMap(([name, { untilMs }]) =>
      untilMs > nowMs ? [{ name, forMs: untilMs - nowMs }] : [],
    );
  }

  /** For a deployment that is due at `dueMs`: null when its key is not held back then. `random` is in [0, 1). */
  keepsBack(
    lanes: Lanes,
    intervalMs: number,
    dueMs: number,
    nowMs: number,
    random: number,
  ): Held | null {
    if (this.#ends.size === 0) return null;
    const name = holdNameOf(lanes);
    const untilMs = this.#ends.get(name)?.untilMs;
    if (untilMs === undefined) return null;
    if (untilMs <= nowMs) this.#ends.delete(name);
    if (untilMs <= nowMs || untilMs <= dueMs) return null;
    return { untilMs, dueMs: untilMs + random * spreadMs(intervalMs) };
  }

  #sweep(nowMs: number): void {
    for (const [name, { untilMs }] of this.#ends) {
      if (untilMs <= nowMs) this.#ends.delete(name);
    }
    this.#sweepAt = Math.max(sweepMin, 2 * this.#ends.size);
  }
}
