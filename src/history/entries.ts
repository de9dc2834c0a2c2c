// What is kept of the fleet, as plain data. The names of the fields are those of the columns: a batch travels as JSON through
// the spool and is taken apart by the database itself.

/** A deployment as history knows it; `key` is what stays the same (see src/registry/deployment.ts). */
export interface Subject {
  readonly key: string;
  readonly model_id: string;
  readonly model_name: string;
  readonly model: string;
  readonly provider: string;
}

/** Tells whether anything differs: 53 bits, where the texts themselves took 25 MB of 100,000 deployments. */
export function fingerprintOf({ key, model_id, model_name, model, provider }: Subject): number {
  const hash = Bun.hash.xxHash3([key, model_id, model_name, model, provider].join("\n"));
  return Number(BigInt.asUintN(53, hash));
}

/** Where something of a deployment is found again: keys of two can have the same, so what is found has to tell whose it is. */
export function keyHashOf(key: string): number {
  return Bun.hash.xxHash32(key) | 0;
}

/** One outcome of a probe. Codes are those of src/table/ (states, outcome classes). */
export interface CheckEntry {
  readonly key: string;
  readonly at_ms: number;
  /** The deployment's state after it. */
  readonly state: number;
  readonly class: number;
  /** 0 when there was no answer. */
  readonly http_status: number;
  readonly latency_us: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** Null when the price is not known. */
  readonly cost_nano_usd: number | null;
  readonly text: string;
}

/** One change of a deployment's state, with the outcome that led to it. */
export interface TransitionEntry {
  readonly key: string;
  readonly at_ms: number;
  readonly from_state: number;
  readonly to_state: number;
  readonly class: number;
  readonly http_status: number;
  readonly text: string;
}

/** All that happened to a deployment in a minute or an hour. */
export interface RollupEntry {
  readonly key: string;
  readonly start_ms: number;
  readonly checks: number;
  readonly passed: number;
  /** Counts by outcome class, as text (see sparse-counts.ts). */
  readonly classes: string;
  /** A latency sketch, as text (see latency-sketch.ts). */
  readonly latency: string;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cost_nano_usd: number;
  /** Milliseconds in which it was healthy or degraded, and unhealthy; the rest is unknown. 0 in minutes. */
  readonly up_ms: number;
  readonly down_ms: number;
}

/** A row for LiteLLM's own table of health checks, so that its page shows what is known here. */
export interface LitellmEntry {
  readonly model_name: string;
  readonly model_id: string;
  readonly healthy: boolean;
  readonly error: string | null;
  readonly response_time_ms: number;
  readonly at_ms: number;
}

/** What is written at once, or not at all. */
export interface Batch {
  /** Everybody whom the entries name. */
  readonly subjects: readonly Subject[];
  readonly checks: readonly CheckEntry[];
  readonly transitions: readonly TransitionEntry[];
  readonly minutes: readonly RollupEntry[];
  readonly hours: readonly RollupEntry[];
  readonly litellm: readonly LitellmEntry[];
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;

/** When the minute or the hour began that a moment is in. */
export function startOf(ms: number, spanMs: number): number {
  return Math.floor(ms / spanMs) * spanMs;
}

export function entriesIn(batch: Omit<Batch, "subjects">): number {
  return batch.checks.length + batch.transitions.length + batch.minutes.length + batch.hours.length;
}

/** Text that every database takes: no NUL (PostgreSQL refuses it), no half of a surrogate pair. */
export function storable(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", " ").toWellFormed() : text.toWellFormed();
}
