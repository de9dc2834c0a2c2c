// What a new row means for the account of its deployment: a check, a change of state, another model, minutes and hours that ended. Of
// outcomes that came between two looks, only the last has a check entry. What a peer told is accounted for like what was asked here; whether
// it is written down is for others to say.

import { isOfPeer, type Row } from "../table/row.ts";
import type { Account } from "./account.ts";
import { type Accounted, accountedOf, checksSince } from "./accounted.ts";
import { baselineOf } from "./baseline.ts";
import { type Closed, close, closeForGood } from "./closing.ts";
import {
  type CheckEntry,
  hourMs,
  minuteMs,
  type RollupEntry,
  startOf,
  storable,
  type TransitionEntry,
} from "./entries.ts";
import { addDifference, newRollup } from "./rollup.ts";
import { addTime } from "./uptime.ts";

/** What a new row means, with the minutes and hours that ended with it. */
export interface Observed extends Closed {
  readonly check: CheckEntry | null;
  readonly transition: TransitionEntry | null;
  /** Another model answers than did before: an entry of transitions that leads to the same state. */
  readonly modelChange: TransitionEntry | null;
  /** Outcomes that have no check entry of their own. */
  readonly unseen: number;
}

/**
 * Accounts for a row that differs from the one before. With `isShared`, minutes and hours are of either this replica or its peers: they end
 * where the deployment passes from one to the other.
 */
export function observe(account: Account, row: Row, nowMs: number, isShared = false): Observed {
  const last = account.accounted;
  const passes = isShared && last.isOfPeer !== isOfPeer(row);
  const ended = passes ? handOver(account, nowMs) : close(account, nowMs);
  const before = baselineOf(last, row);
  const checks = checksSince(before, row);
  const transition = transitionOf(account, before, row, nowMs);
  const modelChange = modelChangeOf(account.subject.key, before, row, nowMs);
  account.accounted = accountedOf(row);
  if (checks === 0) return { ...ended, check: null, transition, modelChange, unseen: 0 };
  account.minute ??= newRollup(startOf(nowMs, minuteMs));
  account.hour ??= newRollup(startOf(nowMs, hourMs));
  addDifference(account.minute, before, row);
  addDifference(account.hour, before, row);
  // A failure of the prober itself is counted, and says nothing of the deployment.
  if (row.lastCheckMs === before.lastCheckMs)
    return { ...ended, check: null, transition, modelChange, unseen: 0 };
  const check = checkOf(account.subject.key, before, row, nowMs);
  return { ...ended, check, transition, modelChange, unseen: checks - 1 };
}

/** Without an hour of no check and little time: a process that starts has all deployments until it hears of its peers, who asked them. */
function handOver(account: Account, nowMs: number): Closed {
  const { minutes, hours } = closeForGood(account, nowMs);
  const isWorth = ({ checks, up_ms, down_ms }: RollupEntry) =>
    checks > 0 || up_ms + down_ms >= minuteMs;
  return { minutes, hours: hours.filter(isWorth) };
}

function checkOf(key: string, before: Accounted, row: Row, nowMs: number): CheckEntry {
  return {
    key,
    at_ms: checkedMs(row, nowMs),
    state: row.state,
    class: row.outcomeClass,
    http_status: row.httpStatus,
    latency_us: row.latencyMicros,
    prompt_tokens: row.promptTokens - before.promptTokens,
    completion_tokens: row.completionTokens - before.completionTokens,
    cost_nano_usd:
      row.costUnknownProbes > before.costUnknownProbes
        ? null
        : row.costNanoUsd - before.costNanoUsd,
    text: storable(row.text),
  };
}

function transitionOf(
  account: Account,
  before: Accounted,
  row: Row,
  nowMs: number,
): TransitionEntry | null {
  const { state } = account.accounted;
  if (row.state === state && row.transitions === before.transitions) {
    addTime(account, nowMs);
    return null;
  }
  const isKnown = row.sinceMs > 0 && row.sinceMs <= nowMs;
  addTime(account, isKnown ? Math.max(row.sinceMs, account.countedMs) : nowMs);
  if (row.state === state || isInherited(account, row)) return null;
  return {
    key: account.subject.key,
    at_ms: isKnown ? row.sinceMs : nowMs,
    from_state: state,
    to_state: row.state,
    class: row.outcomeClass,
    http_status: row.httpStatus,
    text: storable(row.text),
  };
}

/** A first row that shows a state and no change into it was another's: who saw the change has written it down. */
function isInherited(account: Account, row: Row): boolean {
  return account.accounted.lastCheckMs === 0 && row.lastCheckMs > 0 && row.transitions === 0;
}

function modelChangeOf(
  key: string,
  before: Accounted,
  row: Row,
  nowMs: number,
): TransitionEntry | null {
  const { servedModel } = row;
  if (before.servedModel === "" || servedModel === before.servedModel) return null;
  return {
    key,
    at_ms: checkedMs(row, nowMs),
    from_state: row.state,
    to_state: row.state,
    class: row.outcomeClass,
    http_status: row.httpStatus,
    text: storable(`${servedModel} answers where ${before.servedModel} did`),
  };
}

/** The time of the last check, unless it is none or a later one than now. */
function checkedMs({ lastCheckMs }: Row, nowMs: number): number {
  return lastCheckMs > 0 && lastCheckMs <= nowMs ? lastCheckMs : nowMs;
}
