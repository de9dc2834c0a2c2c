// One deployment as clients see it. Built from an allow-list of fields: a credential has no way in here.

import { timeOf } from "../clock.ts";
import type { Listed } from "../registry/directory.ts";
import { addressOfWords } from "../table/address-words.ts";
import { outcomeClasses, outcomeClassNames, outcomeClassOf } from "../table/outcome-class.ts";
import { type Row, type State, sourceOf, stateOf } from "../table/row.ts";

import { economyDetails, economyFields } from "./economy-fields.ts";

/** The documented vocabulary: degraded counts as healthy there. */
export type ListName = "healthy" | "unhealthy" | "unknown";

export function listOf(state: State): ListName {
  return state === "degraded" ? "healthy" : state;
}

/**
 * The entry of the documented lists. `status` speaks the documented words; `state` tells degraded apart.
 * Without details only `model`, `status` and `error` are shown.
 */
export function entryOf(deployment: Listed, row: Row, details: boolean) {
  const state = stateOf(row);
  const outcomeClass = outcomeClassOf(row.outcomeClass);
  const fine = outcomeClasses[outcomeClass].effect === "passed";
  const error = fine && row.text === "" ? null : errorOf(outcomeClass, row, fine);
  const brief = {
    model: deployment.model,
    status: listOf(state),
    ...(error === null ? {} : { error }),
  };
  if (!details) return brief;
  return {
    model: deployment.model,
    model_name: deployment.modelName,
    model_id: deployment.modelId,
    api_base: deployment.apiBase,
    provider: deployment.provider,
    mode: deployment.mode,
    status: listOf(state),
    state,
    source: sourceOf(row),
    last_check: timeOf(row.lastCheckMs),
    last_change: timeOf(row.sinceMs),
    // Traffic alone measures none.
    latency_ms: row.latencyMicros === 0 ? null : row.latencyMicros / 1000,
    ...(row.firstTokenMicros === 0 ? {} : { ttft_ms: row.firstTokenMicros / 1000 }),
    consecutive_failures: row.consecutiveFailures,
    error,
    error_type: fine ? null : outcomeClass,
    http_status: row.httpStatus === 0 ? null : row.httpStatus,
    ...economyFields(deployment, row),
  };
}

/** The entry of one deployment with everything the table remembers of it. */
export function detailedEntryOf(deployment: Listed, row: Row, wallMs: number) {
  const passed = outcomeClassNames
    .filter((name) => outcomeClasses[name].effect === "passed")
    .reduce((sum, name) => sum + (row.classCounts[outcomeClasses[name].code] ?? 0), 0);
  const checks = row.classCounts.reduce((sum, count) => sum + count, 0);
  return {
    ...entryOf(deployment, row, true),
    consecutive_successes: row.consecutiveSuccesses,
    last_success: timeOf(row.lastSuccessMs),
    next_check: timeOf(row.nextDueMs),
    retry_not_before: timeOf(row.holdUntilMs),
    interval_ms: deployment.intervalMs,
    smoothed_latency_ms: row.smoothedLatencyMicros / 1000,
    phases_ms: {
      dns: phaseOf(row.dnsMicros),
      connect: phaseOf(row.connectMicros),
      tls: phaseOf(row.tlsMicros),
      first_byte: phaseOf(row.firstByteMicros),
      first_token: phaseOf(row.firstTokenMicros),
      total: phaseOf(row.latencyMicros),
    },
    connection: connectionOf(row),
    certificate_expires_at: timeOf(row.certificateEndMs),
    history: {
      checks,
      passed,
      transitions: row.transitions,
      /** Oldest first, "1" passed, "0" did not; 64 at most. */
      recent: recentOf(row),
      outcomes: Object.fromEntries(
        outcomeClassNames
          .map((name) => [name, row.classCounts[outcomeClasses[name].code] ?? 0] as const)
          .filter(([, count]) => count > 0),
      ),
    },
    ...economyDetails(deployment, row, wallMs),
    usage: {
      prompt_tokens: row.promptTokens,
      completion_tokens: row.completionTokens,
      cost_usd: row.costUnknownProbes > 0 && row.costNanoUsd === 0 ? null : row.costNanoUsd / 1e9,
      probes_of_unknown_cost: row.costUnknownProbes,
    },
  };
}

function errorOf(
  outcomeClass: (typeof outcomeClassNames)[number],
  row: Row,
  fine: boolean,
): string {
  if (fine) return row.text;
  return row.text === "" ? outcomeClasses[outcomeClass].sentence : row.text;
}

/** Of the last probe; null when it came to none. A connection that was made has a phase of its own. */
function connectionOf(row: Row): { address: string; reused: boolean } | null {
  const { peerAddress0, peerAddress1, peerAddress2, peerAddress3 } = row;
  const address = addressOfWords([peerAddress0, peerAddress1, peerAddress2, peerAddress3]);
  return address === null ? null : { address, reused: row.connectMicros === 0 };
}

function phaseOf(micros: number): number | null {
  return micros === 0 ? null : micros / 1000;
}

function recentOf(row: Row): string {
  const bits =
    row.outcomeBitsHigh.toString(2).padStart(32, "0") +
    row.outcomeBitsLow.toString(2).padStart(32, "0");
  return bits.slice(64 - row.outcomeBitsCount);
}
