// All that happened to a deployment in a minute or an hour that is not over. Counts are differences of the row's counters, which only
// grow, so the roll-ups are exact even when two outcomes came between two looks.

import { outcomeClasses, outcomeClassNames } from "../table/outcome-class.ts";
import type { Row } from "../table/row.ts";
import type { Accounted } from "./accounted.ts";
import type { RollupEntry } from "./entries.ts";
import { addLatency } from "./latency-sketch.ts";
import {
  addCount,
  addCountsOf,
  type Counts,
  countOf,
  pairsOf,
  textOfCounts,
} from "./sparse-counts.ts";

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

const passedCodes: ReadonlySet<number> = new Set(
  outcomeClassNames
    .filter((name) => outcomeClasses[name].effect === "passed")
    .map((name) => outcomeClasses[name].code),
);

export function newRollup(startMs: number): Rollup {
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

/** Adds what the row counted since `before`. */
export function addDifference(rollup: Rollup, before: Accounted, row: Row): void {
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

/** The roll-up of the deployment with this key, as it is written down. */
export function rollupEntry(key: string, rollup: Rollup): RollupEntry {
  let checks = 0;
  let passed = 0;
  for (const [code, count] of pairsOf(rollup.classes)) {
    checks += count;
    if (passedCodes.has(code)) passed += count;
  }
  return {
    key,
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

/** What was written down, to go on with. */
export function rollupOf(entry: RollupEntry): Rollup {
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
