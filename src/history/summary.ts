// What history says about one deployment: how long it was up, how its checks ended and how fast they were, over the last hour, day,
// week and month. From minutes for the last hour, from hours for the rest, with the open ones that are not written yet.

import { outcomeClassOf } from "../table/outcome-class.ts";
import { states } from "../table/row.ts";
import { hourMs, minuteMs, type RollupEntry, startOf, type TransitionEntry } from "./entries.ts";
import { quantiles } from "./latency-sketch.ts";
import { briefCheck, briefTransition } from "./shown.ts";
import { addCountsOf, type Counts, pairsOf } from "./sparse-counts.ts";
import type { HistoryReads } from "./store.ts";

/** How far back, in hours. */
const windows = { "1h": 1, "24h": 24, "7d": 24 * 7, "30d": 24 * 30 } as const;
const recentMax = 20;
/** Changes within one hour that are looked at: one every 4 seconds. */
const changesMax = 1000;
const percentiles = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const;

/** What the recorder has of this deployment that is not written yet. */
export interface Open {
  readonly minute: RollupEntry | null;
  readonly hour: RollupEntry | null;
  /** A peer writes them down when they are over: what is of the same time in the store is a part of them. */
  readonly isOfPeer: boolean;
}

/** The summary as it is shown; rejects when the store cannot be asked. */
export async function summaryOf(reads: HistoryReads, key: string, open: Open, nowMs: number) {
  const monthStart = startOf(nowMs - windows["30d"] * hourMs, hourMs);
  const edges = Object.values(windows).map((hours) => startOf(nowMs - hours * hourMs, hourMs));
  const [hourRows, minuteRows, checks, recent, ...changes] = await Promise.all([
    reads.rollups(key, "hour", monthStart),
    reads.rollups(key, "minute", startOf(nowMs - hourMs, minuteMs)),
    reads.checks(key, recentMax),
    reads.transitions(key, 0, nowMs + 1, recentMax),
    ...edges.map((edge) => reads.transitions(key, edge, edge + hourMs, changesMax)),
  ]);
  const hours = withOpen(hourRows, open.hour, open.isOfPeer);
  const minutes = withOpen(minuteRows, open.minute, open.isOfPeer);
  const shown = Object.entries(windows).map(([name, length], index) => {
    const fromMs = nowMs - length * hourMs;
    const edge = edges[index] ?? fromMs;
    const counted = name === "1h" ? minutes : hours.filter(({ start_ms }) => start_ms >= edge);
    return [name, { ...uptimeOf(hours, changes[index] ?? [], fromMs, nowMs), ...sumOf(counted) }];
  });
  return {
    windows: Object.fromEntries(shown) as Record<keyof typeof windows, unknown>,
    recent_checks: checks.map(briefCheck),
    recent_transitions: recent.map(briefTransition).reverse(),
  };
}

function withOpen(
  rows: readonly RollupEntry[],
  open: RollupEntry | null,
  isOfPeer: boolean,
): readonly RollupEntry[] {
  if (open === null) return rows;
  const isThere = isOfPeer && rows.some(({ start_ms }) => start_ms === open.start_ms);
  return isThere ? rows : [...rows, open];
}

/**
 * Share of the known time in which it was up, and share of the window that is known (time in which this service ran
 * and the deployment was not unknown). The hour in which the window begins is taken apart by its changes.
 */
function uptimeOf(
  hours: readonly RollupEntry[],
  changes: readonly TransitionEntry[],
  fromMs: number,
  nowMs: number,
) {
  const edge = startOf(fromMs, hourMs);
  let upMs = 0;
  let downMs = 0;
  for (const hour of hours) {
    if (hour.start_ms < edge) continue;
    const share = hour.start_ms === edge ? edgeShare(hour, changes, fromMs) : { up: 1, down: 1 };
    upMs += hour.up_ms * share.up;
    downMs += hour.down_ms * share.down;
  }
  const knownMs = upMs + downMs;
  return {
    uptime: knownMs === 0 ? null : rounded(upMs / knownMs),
    known: rounded(Math.min(1, knownMs / (nowMs - fromMs))),
  };
}

/** Which part of an hour's up and down time lies after `fromMs`. */
function edgeShare(hour: RollupEntry, changes: readonly TransitionEntry[], fromMs: number) {
  const endMs = hour.start_ms + hourMs;
  const inside = { up: 0, down: 0 };
  const whole = { up: 0, down: 0 };
  let atMs = hour.start_ms;
  let state = stateAtStart(hour, changes);
  for (const { at_ms, to_state } of [...changes, { at_ms: endMs, to_state: 0 }]) {
    if (state !== null) {
      whole[state] += at_ms - atMs;
      inside[state] += Math.max(0, at_ms - Math.max(atMs, fromMs));
    }
    atMs = at_ms;
    state = direction(to_state);
  }
  const part = (name: "up" | "down") =>
    whole[name] === 0 ? (endMs - fromMs) / hourMs : inside[name] / whole[name];
  return { up: part("up"), down: part("down") };
}

function stateAtStart(hour: RollupEntry, changes: readonly TransitionEntry[]) {
  const [first] = changes;
  if (first !== undefined) return direction(first.from_state);
  return hour.up_ms >= hour.down_ms ? "up" : "down";
}

function direction(state: number): "up" | "down" | null {
  const name = states[state] ?? "unknown";
  return name === "unknown" ? null : name === "unhealthy" ? "down" : "up";
}

function sumOf(rollups: readonly RollupEntry[]) {
  const classes: Counts = [];
  const latency: Counts = [];
  const sum = { checks: 0, passed: 0, prompt_tokens: 0, completion_tokens: 0, costNanoUsd: 0 };
  for (const rollup of rollups) {
    addCountsOf(classes, rollup.classes);
    addCountsOf(latency, rollup.latency);
    sum.checks += rollup.checks;
    sum.passed += rollup.passed;
    sum.prompt_tokens += rollup.prompt_tokens;
    sum.completion_tokens += rollup.completion_tokens;
    sum.costNanoUsd += rollup.cost_nano_usd;
  }
  const { costNanoUsd, ...counts } = sum;
  const values = quantiles(latency, Object.values(percentiles));
  return {
    ...counts,
    outcomes: Object.fromEntries(
      pairsOf(classes).map(([code, count]) => [outcomeClassOf(code), count]),
    ),
    latency_ms: Object.fromEntries(
      Object.keys(percentiles).map((name, index) => {
        const micros = values[index] ?? null;
        return [name, micros === null ? null : Math.round(micros) / 1000];
      }),
    ),
    cost_usd: costNanoUsd / 1e9,
  };
}

function rounded(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}
