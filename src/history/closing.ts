// Minutes and hours as entries: those that are over, and those that are open as they stand.

import type { Account, Standing } from "./account.ts";
import { hourMs, minuteMs, type RollupEntry, startOf } from "./entries.ts";
import { rollupEntry } from "./rollup.ts";
import { addTime } from "./uptime.ts";

export interface Closed {
  readonly minutes: readonly RollupEntry[];
  readonly hours: readonly RollupEntry[];
}

export const nothingClosed: Closed = { minutes: [], hours: [] };

/** Ends the minute and the hour when they are over. */
export function close(account: Account, nowMs: number): Closed {
  if (overMsOf(account) > nowMs) return nothingClosed;
  const { key } = account.subject;
  const minutes: RollupEntry[] = [];
  const hours: RollupEntry[] = [];
  const { minute } = account;
  if (minute !== null && minute.startMs + minuteMs <= nowMs) {
    minutes.push(rollupEntry(key, minute));
    account.minute = null;
  }
  // After a pause (a restart) the open hour may be an old one: time that is counted now is not of it.
  endHour(account.countedMs);
  for (;;) {
    const endMs = startOf(account.countedMs, hourMs) + hourMs;
    if (endMs > nowMs) break;
    addTime(account, endMs);
    endHour(endMs);
  }
  return { minutes, hours };

  function endHour(atMs: number): void {
    const { hour } = account;
    if (hour === null || hour.startMs + hourMs > atMs) return;
    hours.push(rollupEntry(key, hour));
    account.hour = null;
  }
}

/** Goes on from another time: what lies between the two is not known. Ends what was over before, and what would begin only later. */
export function leapTo(account: Account, fromMs: number, toMs: number): Closed {
  const { minutes, hours } = close(account, fromMs);
  addTime(account, fromMs);
  account.countedMs = toMs;
  const { minute, hour, subject } = account;
  const isMinuteLater = minute !== null && minute.startMs > toMs;
  const isHourLater = hour !== null && hour.startMs > toMs;
  if (isMinuteLater) account.minute = null;
  if (isHourLater) account.hour = null;
  return {
    minutes: isMinuteLater ? [...minutes, rollupEntry(subject.key, minute)] : minutes,
    hours: isHourLater ? [...hours, rollupEntry(subject.key, hour)] : hours,
  };
}

/** When there is something to end. */
export function overMsOf({ minute, hour, countedMs }: Standing): number {
  if (hour !== null && hour.startMs + hourMs <= countedMs) return -Infinity;
  const hourEndMs = startOf(countedMs, hourMs) + hourMs;
  return minute === null ? hourEndMs : Math.min(hourEndMs, minute.startMs + minuteMs);
}

/** Ends the minute and the hour as they are, for a deployment that is taken out of the configuration. */
export function closeForGood(account: Account, nowMs: number): Closed {
  const { minutes, hours } = close(account, nowMs);
  const minute = openMinute(account);
  const hour = openHour(account, nowMs);
  account.minute = null;
  account.hour = null;
  return {
    minutes: minute === null ? minutes : [...minutes, minute],
    hours: hour === null ? hours : [...hours, hour],
  };
}

/** The open hour with the time up to now in it, as an entry; null when there is nothing in it. Call after `close`. */
export function openHour(account: Account, nowMs: number): RollupEntry | null {
  addTime(account, nowMs);
  return account.hour === null ? null : rollupEntry(account.subject.key, account.hour);
}

export function openMinute({ subject, minute }: Account): RollupEntry | null {
  return minute === null ? null : rollupEntry(subject.key, minute);
}
