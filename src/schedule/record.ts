// Writes one outcome into a deployment's row: verdict, counters, latencies, tokens, cost. The row is the
// writer's own copy; publishing it is the caller's next step.

import type { Outcome } from "../probe/outcome.ts";
import type { Price, Rung } from "../registry/deployment.ts";
import { wordsOfAddress } from "../table/address-words.ts";
import { fitting } from "../table/fitting-text.ts";
import { regionBytesMax, servedModelBytesMax, textBytesMax } from "../table/layout.ts";
import { outcomeClasses } from "../table/outcome-class.ts";
import { setMark } from "../table/probe-marks.ts";
import { latencyBucketOf, type Row, sources, stateOf, states } from "../table/row.ts";
import { dayOf, type Spent } from "../table/spending.ts";
import { costOf, isFree } from "./cost.ts";
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

/** The question that an outcome answers. */
export interface Question {
  readonly rung: Rung;
  /** What it took from the budgets. */
  readonly charge: Spent;
  /** The model that answered is not the one that was asked. */
  readonly otherModel: boolean;
}

const paid: Question = {
  rung: "completion",
  charge: { tokens: 0, nanoUsd: 0 },
  otherModel: false,
};

/** Changes the row by one outcome that came in at `nowMs` (wall time); returns the new verdict. */
export function record(
  row: Row,
  outcome: Outcome,
  price: Price,
  nowMs: number,
  thresholds: Thresholds,
  question: Question = paid,
): Verdict {
  const { code, effect } = outcomeClasses[outcome.class];
  const before = verdictOf(row);
  const verdict = judge(before, outcome.class, nowMs, thresholds);
  row.classCounts[code] = (row.classCounts[code] ?? 0) + 1;
  if (question.rung === "metadata") row.freeProbes += 1;
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
  recordQuestion(row, question, nowMs);
  recordNames(row, outcome, question);
  row.text = fitting(outcome.text, textBytesMax - Buffer.byteLength(row.servedModel + row.region));
  recordLimits(row, outcome);
  row.holdUntilMs = outcome.retryAfterMs === null ? 0 : nowMs + outcome.retryAfterMs;
  recordBit(row, effect === "passed");
  recordLatency(row, outcome, effect === "passed");
  recordPeer(row, outcome);
  recordUsage(row, outcome, price);
  return verdict;
}

function recordQuestion(row: Row, { rung, charge }: Question, nowMs: number): void {
  setMark(row, "free", rung === "metadata");
  setMark(row, "waits", false);
  if (rung === "metadata") return;
  setMark(row, "confirm", false);
  row.lastPaidSeconds = Math.floor(nowMs / 1000);
  beginDay(row, nowMs);
  row.spentTokens += charge.tokens;
  row.spentNanoUsd += charge.nanoUsd;
}

/** What was spent, and what was found out about budgets and the free question, is of a day. */
export function beginDay(row: Row, nowMs: number): void {
  const today = dayOf(nowMs);
  if (row.spentDay === today) return;
  row.spentDay = today;
  row.spentTokens = 0;
  row.spentNanoUsd = 0;
  for (const mark of ["freeProvesNothing", "ownBudgetSpent", "wholeBudgetSpent"] as const) {
    setMark(row, mark, false);
  }
}

function recordNames(row: Row, { servedModel = "", region }: Outcome, question: Question): void {
  if (region !== undefined) row.region = fitting(region, regionBytesMax);
  if (servedModel === "") return;
  const name = fitting(servedModel, servedModelBytesMax);
  if (row.servedModel !== "" && row.servedModel !== name) row.modelChanges += 1;
  row.servedModel = name;
  setMark(row, "otherModel", question.otherModel);
}

/** One more than what was said; 0 says nothing. */
function recordLimits(row: Row, { limits }: Outcome): void {
  if (limits === undefined) return;
  const { requests, tokens } = limits;
  const told = (value: number | null | undefined) =>
    value === null || value === undefined ? 0 : Math.min(2 ** 32 - 1, value + 1);
  const seconds = (ms: number | null | undefined) =>
    ms === null || ms === undefined ? 0 : Math.ceil(ms / 1000);
  row.requestsLimit = told(requests?.limit);
  row.requestsRemaining = told(requests?.remaining);
  row.requestsResetSeconds = seconds(requests?.resetMs);
  row.tokensLimit = told(tokens?.limit);
  row.tokensRemaining = told(tokens?.remaining);
  row.tokensResetSeconds = seconds(tokens?.resetMs);
}

/** Counts an answer to the free question that says nothing of the deployment. */
export function countFree(row: Row, outcomeClass: Outcome["class"]): void {
  const { code } = outcomeClasses[outcomeClass];
  row.classCounts[code] = (row.classCounts[code] ?? 0) + 1;
  row.freeProbes += 1;
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

function recordUsage(row: Row, { usage }: Outcome, price: Price): void {
  const { promptTokens, completionTokens, uncounted } = usage;
  row.promptTokens += promptTokens ?? 0;
  row.completionTokens += completionTokens ?? 0;
  const costUsd = costOf(usage, price);
  if (costUsd !== null) row.costNanoUsd += Math.round(costUsd * 1e9);
  const isCounted =
    promptTokens !== null || completionTokens !== null || usage.pieces !== undefined;
  if (costUsd === null && (isCounted || uncounted === true) && !isFree(price)) {
    row.costUnknownProbes += 1;
  }
}

function micros(ms: number | null): number {
  return ms === null ? 0 : Math.max(1, Math.round(ms * 1000));
}
