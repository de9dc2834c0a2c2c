// History as a fleet leaves it behind: batches of roll-ups, outcomes and changes that a recorder would have written over months, made in
// seconds. The same numbers give the same history.

import type { Batch, CheckEntry, RollupEntry, TransitionEntry } from "../src/history/entries.ts";
import { hourMs, minuteMs } from "../src/history/entries.ts";
import { addLatency } from "../src/history/latency-sketch.ts";
import { addCount, type Counts, textOfCounts } from "../src/history/sparse-counts.ts";
import { outcomeClasses } from "../src/table/outcome-class.ts";
import { states } from "../src/table/row.ts";

export interface AgedFleet {
  readonly deployments: number;
  readonly intervalMs: number;
  /** Changes of state of a deployment a day; half of them are back to healthy. */
  readonly transitionsADay: number;
  readonly nowMs: number;
  /** How far back each kind reaches. */
  readonly checksMs: number;
  readonly minutesMs: number;
  readonly hoursMs: number;
  readonly transitionsMs: number;
}

/** Keys are those of `uniformConfig`'s deployments (src/demo/fleet.ts). */
export function keyOf(deployment: number): string {
  return `id d-${deployment}|0`;
}

/** One batch an hour of history, oldest first, so that it is written in the order of time. */
export function* agedHistory(fleet: AgedFleet): Generator<Batch> {
  const subjects = Array.from({ length: fleet.deployments }, (_, index) => ({
    key: keyOf(index),
    model_id: `d-${index}`,
    model_name: `group-${index % 50}`,
    model: `openai/model-${index}`,
    provider: "openai",
  }));
  const longestMs = Math.max(fleet.hoursMs, fleet.transitionsMs);
  const firstMs = Math.floor((fleet.nowMs - longestMs) / hourMs) * hourMs;
  const lastMs = Math.floor(fleet.nowMs / hourMs) * hourMs;
  const changes = fleet.transitionsADay / 24;
  for (let startMs = firstMs; startMs < lastMs; startMs += hourMs) {
    const age = fleet.nowMs - startMs;
    const hour = Math.round((startMs - firstMs) / hourMs);
    const checks: CheckEntry[] = [];
    const transitions: TransitionEntry[] = [];
    const minutes: RollupEntry[] = [];
    const hours: RollupEntry[] = [];
    for (let index = 0; index < fleet.deployments; index += 1) {
      const key = keyOf(index);
      const count = Math.max(1, Math.round(hourMs / fleet.intervalMs));
      const latencies = Array.from({ length: count }, (_, check) => micros(index, hour, check));
      const times = latencies.map((_, check) => startMs + Math.floor((check * hourMs) / count));
      if (age <= fleet.hoursMs) hours.push(rollup(key, startMs, latencies, hourMs));
      if (age <= fleet.minutesMs) {
        for (const [check, latency] of latencies.entries()) {
          const minute = Math.floor((times[check] ?? 0) / minuteMs) * minuteMs;
          minutes.push(rollup(key, minute, [latency], 0));
        }
      }
      if (age <= fleet.checksMs) {
        for (const [check, latency] of latencies.entries()) {
          checks.push(checkOf(key, times[check] ?? 0, latency, (hour + check + index) % 100 === 0));
        }
      }
      const before = Math.floor((hour + index / fleet.deployments) * changes);
      const after = Math.floor((hour + 1 + index / fleet.deployments) * changes);
      for (let change = before; change < after && age <= fleet.transitionsMs; change += 1) {
        transitions.push(transitionOf(key, startMs + (change - before) * 1000, change % 2 === 0));
      }
    }
    yield { subjects, checks, transitions, minutes, hours, litellm: [] };
  }
}

/** Lognormal around a level of the deployment's own. */
function micros(deployment: number, hour: number, check: number): number {
  const level = 60_000 + draw(deployment) * 400_000;
  const seed = deployment * 7919 + hour * 104_729 + check * 31;
  const deviation = 2 * (draw(seed) + draw(seed + 1) + draw(seed + 2) - 1.5);
  return Math.round(level * Math.exp(0.25 * deviation));
}

function draw(seed: number): number {
  let bits = Math.imul((seed + 1) ^ ((seed + 1) >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

function rollup(
  key: string,
  start_ms: number,
  latencies: readonly number[],
  up_ms: number,
): RollupEntry {
  const sketch: Counts = [];
  const classes: Counts = [];
  for (const latency of latencies) addLatency(sketch, latency);
  addCount(classes, outcomeClasses.ok.code, latencies.length);
  return {
    key,
    start_ms,
    checks: latencies.length,
    passed: latencies.length,
    classes: textOfCounts(classes),
    latency: textOfCounts(sketch),
    prompt_tokens: latencies.length * 8,
    completion_tokens: latencies.length * 2,
    cost_nano_usd: latencies.length * 2400,
    up_ms,
    down_ms: 0,
  };
}

const failure = "HTTP 500: The server had an error while processing your request";

function checkOf(key: string, at_ms: number, latency_us: number, failed: boolean): CheckEntry {
  return {
    key,
    at_ms,
    state: states.indexOf("healthy"),
    class: failed ? outcomeClasses.server_error.code : outcomeClasses.ok.code,
    http_status: failed ? 500 : 200,
    latency_us,
    prompt_tokens: 8,
    completion_tokens: 2,
    cost_nano_usd: 2400,
    text: failed ? failure : "",
  };
}

function transitionOf(key: string, at_ms: number, falls: boolean): TransitionEntry {
  return {
    key,
    at_ms,
    from_state: states.indexOf(falls ? "healthy" : "unhealthy"),
    to_state: states.indexOf(falls ? "unhealthy" : "healthy"),
    class: falls ? outcomeClasses.server_error.code : outcomeClasses.ok.code,
    http_status: falls ? 500 : 200,
    text: falls ? failure : "",
  };
}
