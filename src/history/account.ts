// What the recorder knows of one deployment: what it accounted for last, and its open minute and hour, which a restart goes on with.

import { type Accounted, nothingAccounted } from "./accounted.ts";
import type { RollupEntry, Subject } from "./entries.ts";
import { type Rollup, rollupEntry, rollupOf } from "./rollup.ts";

/** How an account stands. */
export interface Standing {
  accounted: Accounted;
  minute: Rollup | null;
  hour: Rollup | null;
  /** Until when its time is in the hour's `upMs` and `downMs`. */
  countedMs: number;
}

export interface Account extends Standing {
  subject: Subject;
}

/** Begins where `before` ends. */
export function openStanding(nowMs: number, before = nothingAccounted): Standing {
  return { accounted: before, minute: null, hour: null, countedMs: nowMs };
}

/** The open minute and hour as text, to go on with after a restart. */
export function textOfOpen({ subject: { key }, minute, hour }: Account): string {
  if (minute === null && hour === null) return "";
  return JSON.stringify({
    minute: minute === null ? null : rollupEntry(key, minute),
    hour: hour === null ? null : rollupEntry(key, hour),
  });
}

/** Goes on with the open minute and hour of an earlier process. Text that is none is left out. */
export function reopen(standing: Standing, text: string): void {
  if (text === "") return;
  try {
    const { minute, hour } = JSON.parse(text) as Record<"minute" | "hour", RollupEntry | null>;
    standing.minute = minute === null ? null : rollupOf(minute);
    standing.hour = hour === null ? null : rollupOf(hour);
  } catch {
    // Of another version: a minute of roll-ups is not worth a start that fails.
  }
}
