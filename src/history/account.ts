// What the recorder knows of one deployment: what it accounted for last, and its open minute and hour, which a restart goes on with.

import { type Accounted, nothingAccounted } from "./accounted.ts";
import type { RollupEntry, Subject } from "./entries.ts";
import { type Rollup, rollupEntry, rollupOf } from "./rollup.ts";

export interface Account {
  subject: Subject;
  accounted: Accounted;
  minute: Rollup | null;
  hour: Rollup | null;
  /** Until when its time is in the hour's `upMs` and `downMs`. */
  countedMs: number;
}

/** Begins where `before` ends. */
export function openAccount(subject: Subject, nowMs: number, before = nothingAccounted): Account {
  return { subject, accounted: before, minute: null, hour: null, countedMs: nowMs };
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
export function reopen(account: Account, text: string): void {
  if (text === "") return;
  try {
    const { minute, hour } = JSON.parse(text) as Record<"minute" | "hour", RollupEntry | null>;
    account.minute = minute === null ? null : rollupOf(minute);
    account.hour = hour === null ? null : rollupOf(hour);
  } catch {
    // Of another version: a minute of roll-ups is not worth a start that fails.
  }
}
