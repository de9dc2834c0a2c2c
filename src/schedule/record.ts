// Writes one outcome into a deployment's row: verdict, counters, latencies, tokens, cost. The row is the
// writer's own copy; publishing it is the caller's next step.

import type { Outcome } from "../probe/outcome.ts";
import type { Price } from "../registry/deployment.ts";
import { wordsOfAddress } from "../table/address-words.ts";
import { outcomeClasses } from "../table/outcome-class.ts";
import { latencyBucketOf, type Row, sources, stateOf, states } from "../table/row.ts";
import { judge, type Thresholds, type Verdict } from "./verdict.ts";

const smoothing = 0.2;

export function verdictOf(row: Row): Verdict {
  return {
    state: stateOf(row),
    sinceMs: row.sinceMs,
    consecutiveSuccesses: row.consecutiveSuccesses,
    consecutiveFailures: row.consecutiveFailures,
    lastSuccessMs: row.lastSuccessMs,
  };
}

/** Changes the row by one outcome that came in at `nowMs` (wall time); returns the new verdict. */
export function record(
  row: Row,
  outcome: Outcome,
  price: Price,
  nowMs: number,
  thresholds: Thresholds,
): Verdict {
  const { code, effect } = outcomeClasses[outcome.class];
  const before = verdictOf(row);
  const verdict = judge(before, outcome.class, nowMs, thresholds);
  row.classCounts[code] = (row.classCounts[code] ?? 0) + 1;
  if (effect === "ignored") return verdict;

  if (verdict.state !== before.state) row.transitions += 1;
  row.state = states.indexOf(verdict.state);
  row.sinceMs = verdict.sinceMs;
  row.consecutiveSuccesses = verdict.consecutiveSuccesses;
  row.consecutiveFailures = verdict.consecutiveFailures;
  row.lastSuccessMs = verdict.lastSuccessMs;
  row.outcomeClass = code;
  row.source = sources.indexOf("probe");
  row.httpStatus = outcome.httpStatus;
  row.lastCheckMs = nowMs;
  row.text = outcome.text;
  row.holdUntilMs = outcome.retryAfterMs === null ? 0 : nowMs + outcome.retryAfterMs;
  recordBit(row, effect === "passed");
  recordLatency(row, outcome, effect === "passed");
  recordPeer(row, outcome);
  recordUsage(row, outcome, price);
  return verdict;
}

/** The last 64 outcomes as bits, the newest lowest. */
function recordBit(row: Row, passed: boolean): void {
  row.outcomeBitsHigh = ((row.outcomeBitsHigh << 1) | (row.outcomeBitsLow >>> 31)) >>> 0;
  row.outcomeBitsLow = ((row.outcomeBitsLow << 1) | (passed ? 1 : 0)) >>> 0;
  row.outcomeBitsCount = Math.min(64, row.outcomeBitsCount + 1);
}

function recordLatency(row: Row, outcome: Outcome, passed: boolean): void {
  const { phases } = outcome;
  row.dnsMicros = micros(phases.dnsMs);
  row.connectMicros = micros(phases.connectMs);
  row.tlsMicros = micros(phases.tlsMs);
  row.firstByteMicros = micros(phases.firstByteMs);
  row.firstTokenMicros = micros(phases.firstTokenMs);
  row.latencyMicros = micros(phases.totalMs);
  const bucket = latencyBucketOf(row.latencyMicros);
  row.latencyBuckets[bucket] = (row.latencyBuckets[bucket] ?? 0) + 1;
  row.latencySumMicros += row.latencyMicros;
  // How fast it answers is told by its answers; how long it took to fail says nothing of that.
  if (!passed) return;
  row.smoothedLatencyMicros =
    row.smoothedLatencyMicros === 0
      ? row.latencyMicros
      : Math.round(row.smoothedLatencyMicros * (1 - smoothing) + row.latencyMicros * smoothing);
}

function recordPeer(row: Row, { peer }: Outcome): void {
  const [a, b, c, d] = wordsOfAddress(peer.address);
  row.peerAddress0 = a;
  row.peerAddress1 = b;
  row.peerAddress2 = c;
  row.peerAddress3 = d;
  // Without a connection nothing new is known of the certificate.
  if (peer.address !== null) row.certificateEndMs = Math.max(0, peer.certificateEndMs ?? 0);
}

function recordUsage(row: Row, outcome: Outcome, price: Price): void {
  const { promptTokens, completionTokens, uncounted } = outcome.usage;
  const isFree = price.inputUsdPerToken === 0 && price.outputUsdPerToken === 0;
  if (uncounted === true && !isFree) row.costUnknownProbes += 1;
  if (promptTokens === null && completionTokens === null) return;
  row.promptTokens += promptTokens ?? 0;
  row.completionTokens += completionTokens ?? 0;
  const costUsd = costOf(promptTokens ?? 0, completionTokens ?? 0, price);
  if (costUsd === null) row.costUnknownProbes += 1;
  else row.costNanoUsd += Math.round(costUsd * 1e9);
}

/** USD, or null when a price that is needed is unknown. */
function costOf(promptTokens: number, completionTokens: number, price: Price): number | null {
  const input = promptTokens === 0 ? 0 : price.inputUsdPerToken;
  const output = completionTokens === 0 ? 0 : price.outputUsdPerToken;
  if (input === null || output === null) return null;
  return promptTokens * input + completionTokens * output;
}

function micros(ms: number | null): number {
  return ms === null ? 0 : Math.max(1, Math.round(ms * 1000));
}
