// What the recorder knows of one deployment: what it accounted for last, and its open minute and hour. It turns a new row into entries. Counts come from the row's counters, which only grow, so the roll-ups are exact even when two
// outcomes came between two looks; of those only the last has a check entry.

import { outcomeClasses, outcomeClassNames } from "../table/outcome-class.ts";
import { emptyRow, type Row, type State, states } from "../table/row.ts";
import {
  type CheckEntry,
  hourMs,
  minuteMs,
  type RollupEntry,
  type Subject,
  storable,
  type TransitionEntry,
} from "./entries.ts";
import { addLatency } from "./latency-sketch.ts";
import {
  addCount,
  addCountsOf,
  type Counts,
  countOf,
  pairsOf,
  textOfCounts,
} from "./sparse-counts.ts";

/** A minute or an hour that is not over. */
export interface Rollup {
  startMs: number;
  classes: Counts;
  latency: Counts;
  promptTokens: number;
  completionTokens: number;
  costNanoUsd: number;
  upMs: number;
  downMs: number;
}

/** What of a row is accounted for: the rest is not needed again, and there is one of these for every deployment. */
export type Accounted = Readonly<
  Pick<
    Row,
    | "state"
    | "transitions"
    | "lastCheckMs"
    | "promptTokens"
    | "completionTokens"
    | "costNanoUsd"
    | "costUnknownProbes"
    | "servedModel"
  >
> & { readonly classes: Counts };

export interface Account {
  subject: Subject;
  accounted: Accounted;
  minute: Rollup | null;
  hour: Rollup | null;
  /** Until when its time is in the hour's `upMs` and `downMs`. */
  countedMs: number;
}

/** What a new row means. */
export interface Observed {
  readonly check: CheckEntry | null;
  readonly transition: TransitionEntry | null;
  /** Another model answers than did before: an entry of transitions that leads to the same state. */
  readonly modelChange: TransitionEntry | null;
  /** Outcomes that have no check entry of their own. */
  readonly unseen: number;
  /** Minutes and hours that ended with it. */
  readonly minutes: readonly RollupEntry[];
  readonly hours: readonly RollupEntry[];
}

const passedCodes: ReadonlySet<number> = new Set(
  outcomeClassNames
    .filter((name) => outcomeClasses[name].effect === "passed")
    .map((name) => outcomeClasses[name].code),
);
const upStates: ReadonlySet<State> = new Set(["healthy", "degraded"]);

const nothing = accountedOf(emptyRow());

export function accountedOf(row: Row): Accounted {
  const { state, transitions, lastCheckMs, promptTokens, completionTokens } = row;
  const classes: Counts = [];
  for (let code = 0; code < row.classCounts.length; code += 1) {
    const count = row.classCounts[code] ?? 0;
    if (count > 0) classes.push(code, count);
  }
  return {
    ...{ state, transitions, lastCheckMs, promptTokens, completionTokens, classes },
    ...{ costNanoUsd: row.costNanoUsd, costUnknownProbes: row.costUnknownProbes },
    servedModel: row.servedModel,
  };
}

/** Begins where `before` ends. */
export function openAccount(subject: Subject, nowMs: number, before = nothing): Account {
  return { subject, accounted: before, minute: null, hour: null, countedMs: nowMs };
}

/** Rows that tell something new; a row that was only planned anew does not. */
export function isNews({ accounted }: Account, row: Row): boolean {
  if (accounted.lastCheckMs !== row.lastCheckMs || accounted.state !== row.state) return true;
  for (let code = 0; code < row.classCounts.length; code += 1) {
    if (countOf(accounted.classes, code) !== row.classCounts[code]) return true;
  }
  return false;
}

/** Accounts for a row that differs from the one before. */
export function observe(account: Account, row: Row, nowMs: number): Observed {
  const ended = close(account, nowMs);
  // Counters that went back belong to a slot that began anew: then all of them are new.
  const last = account.accounted;
  const before = hasGoneBack(last, row) ? { ...nothing, state: last.state } : last;
  const atMs = row.lastCheckMs > 0 && row.lastCheckMs <= nowMs ? row.lastCheckMs : nowMs;
  const checks = checksIn(row) - checksBefore(before);
  const transition = transitionOf(account, before, row, nowMs);
  const modelChange = modelChangeOf(account.subject.key, before, row, nowMs);
  account.accounted = accountedOf(row);
  if (checks === 0) return { ...ended, check: null, transition, modelChange, unseen: 0 };
  for (const rollup of openRollups(account, nowMs)) addDifference(rollup, before, row);
  // A failure of the prober itself is counted, and says nothing of the deployment.
  if (row.lastCheckMs === before.lastCheckMs)
    return { ...ended, check: null, transition, modelChange, unseen: 0 };
  const check: CheckEntry = {
    key: account.subject.key,
    at_ms: atMs,
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
  return { ...ended, check, transition, modelChange, unseen: checks - 1 };
}

export interface Closed {
  readonly minutes: readonly RollupEntry[];
  readonly hours: readonly RollupEntry[];
}

const nothingClosed: Closed = { minutes: [], hours: [] };

/** Ends the minute and the hour when they are over. */
export function close(account: Account, nowMs: number): Closed {
  // Asked every second of every deployment: of 100,000 the rest would leave 30 MB of garbage each time.
  if (!isSomethingOver(account, nowMs)) return nothingClosed;
  const minutes: RollupEntry[] = [];
  const hours: RollupEntry[] = [];
  const { minute } = account;
  if (minute !== null && minute.startMs + minuteMs <= nowMs) {
    minutes.push(rollupEntry(account, minute));
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
    hours.push(rollupEntry(account, hour));
    account.hour = null;
  }
}

function isSomethingOver({ minute, hour, countedMs }: Account, nowMs: number): boolean {
  if (minute !== null && minute.startMs + minuteMs <= nowMs) return true;
  if (hour !== null && hour.startMs + hourMs <= countedMs) return true;
  return startOf(countedMs, hourMs) + hourMs <= nowMs;
}

/** Ends the minute and the hour as they are, for a deployment that is taken out of the configuration. */
export function closeForGood(account: Account, nowMs: number) {
  const { minutes, hours } = close(account, nowMs);
  addTime(account, nowMs);
  const entries = {
    minutes: account.minute === null ? minutes : [...minutes, rollupEntry(account, account.minute)],
    hours: account.hour === null ? hours : [...hours, rollupEntry(account, account.hour)],
  };
  account.minute = null;
  account.hour = null;
  return entries;
}

/** The open hour with the time up to now in it, as an entry; null when there is nothing in it. Call after `close`. */
export function openHour(account: Account, nowMs: number): RollupEntry | null {
  addTime(account, nowMs);
  return account.hour === null ? null : rollupEntry(account, account.hour);
}

export function openMinute(account: Account): RollupEntry | null {
  return account.minute === null ? null : rollupEntry(account, account.minute);
}

/** The open minute and hour as text, to go on with after a restart. */
export function textOfOpen(account: Account): string {
  const minute = openMinute(account);
  const hour = account.hour === null ? null : rollupEntry(account, account.hour);
  return minute === null && hour === null ? "" : JSON.stringify({ minute, hour });
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
  const changedMs =
    row.sinceMs > 0 && row.sinceMs <= nowMs ? Math.max(row.sinceMs, account.countedMs) : nowMs;
  addTime(account, changedMs);
  if (row.state === state || isInherited(account, row)) return null;
  return {
    key: account.subject.key,
    at_ms: row.sinceMs > 0 && row.sinceMs <= nowMs ? row.sinceMs : nowMs,
    from_state: state,
    to_state: row.state,
    class: row.outcomeClass,
    http_status: row.httpStatus,
    text: storable(row.text),
  };
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
    at_ms: row.lastCheckMs > 0 && row.lastCheckMs <= nowMs ? row.lastCheckMs : nowMs,
    from_state: row.state,
    to_state: row.state,
    class: row.outcomeClass,
    http_status: row.httpStatus,
    text: storable(`${servedModel} answers where ${before.servedModel} did`),
  };
}

/** A first row that shows a state and no change into it was another's: who saw the change has written it down. */
function isInherited(account: Account, row: Row): boolean {
  return account.accounted.lastCheckMs === 0 && row.lastCheckMs > 0 && row.transitions === 0;
}

/** Adds the time since it was counted last to the hour, by the state that the account stands in. */
function addTime(account: Account, untilMs: number): void {
  const passedMs = untilMs - account.countedMs;
  if (passedMs <= 0) return;
  const state = states[account.accounted.state] ?? "unknown";
  if (state !== "unknown") {
    account.hour ??= newRollup(startOf(account.countedMs, hourMs));
    if (upStates.has(state)) account.hour.upMs += passedMs;
    else account.hour.downMs += passedMs;
  }
  account.countedMs = untilMs;
}

function openRollups(account: Account, nowMs: number): readonly Rollup[] {
  account.minute ??= newRollup(startOf(nowMs, minuteMs));
  account.hour ??= newRollup(startOf(nowMs, hourMs));
  return [account.minute, account.hour];
}

function addDifference(rollup: Rollup, before: Accounted, row: Row): void {
  for (let code = 0; code < row.classCounts.length; code += 1) {
    const count = row.classCounts[code] ?? 0;
    if (count === 0) continue;
    const more = count - countOf(before.classes, code);
    if (more > 0) addCount(rollup.classes, code, more);
  }
  // How fast it answers is told by its answers; how long it took to fail says nothing of that.
  if (row.lastCheckMs !== before.lastCheckMs && passedCodes.has(row.outcomeClass)) {
    addLatency(rollup.latency, row.latencyMicros);
  }
  rollup.promptTokens += row.promptTokens - before.promptTokens;
  rollup.completionTokens += row.completionTokens - before.completionTokens;
  rollup.costNanoUsd += row.costNanoUsd - before.costNanoUsd;
}

/** Loops by index here and below: with callbacks the recorder takes a fifth more. */
function hasGoneBack({ classes }: Accounted, row: Row): boolean {
  for (let at = 0; at < classes.length; at += 2) {
    if ((row.classCounts[classes[at] ?? 0] ?? 0) < (classes[at + 1] ?? 0)) return true;
  }
  return false;
}

function checksIn({ classCounts }: Row): number {
  let sum = 0;
  for (let code = 0; code < classCounts.length; code += 1) sum += classCounts[code] ?? 0;
  return sum;
}

function checksBefore({ classes }: Accounted): number {
  let sum = 0;
  for (let at = 1; at < classes.length; at += 2) sum += classes[at] ?? 0;
  return sum;
}

function startOf(ms: number, spanMs: number): number {
  return Math.floor(ms / spanMs) * spanMs;
}

function newRollup(startMs: number): Rollup {
  return {
    startMs,
    classes: [],
    latency: [],
    promptTokens: 0,
    completionTokens: 0,
    costNanoUsd: 0,
    upMs: 0,
    downMs: 0,
  };
}

function rollupEntry(account: Account, rollup: Rollup): RollupEntry {
  let checks = 0;
  let passed = 0;
  for (const [code, count] of pairsOf(rollup.classes)) {
    checks += count;
    if (passedCodes.has(code)) passed += count;
  }
  return {
    key: account.subject.key,
    start_ms: rollup.startMs,
    checks,
    passed,
    classes: textOfCounts(rollup.classes),
    latency: textOfCounts(rollup.latency),
    prompt_tokens: rollup.promptTokens,
    completion_tokens: rollup.completionTokens,
    cost_nano_usd: rollup.costNanoUsd,
    up_ms: rollup.upMs,
    down_ms: rollup.downMs,
  };
}

function rollupOf(entry: RollupEntry): Rollup {
  const rollup = newRollup(entry.start_ms);
  addCountsOf(rollup.classes, entry.classes);
  addCountsOf(rollup.latency, entry.latency);
  rollup.promptTokens = entry.prompt_tokens;
  rollup.completionTokens = entry.completion_tokens;
  rollup.costNanoUsd = entry.cost_nano_usd;
  rollup.upMs = entry.up_ms;
  rollup.downMs = entry.down_ms;
  return rollup;
}
