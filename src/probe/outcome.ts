// What one probe returns. A probe never throws and never writes anywhere: the schedule turns its
// outcome into a verdict, and the table remembers.

import type { OutcomeClass } from "../table/outcome-class.ts";

/** Tokens that the provider says it counted; null where it does not say. */
export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/** Milliseconds spent in each phase, fractional; null where the phase did not happen. */
export interface Phases {
  readonly dnsMs: number | null;
  readonly connectMs: number | null;
  readonly tlsMs: number | null;
  /** From the request being sent to the first byte of the answer. */
  readonly firstByteMs: number | null;
  /** The whole probe, from its start to the last byte or the failure. */
  readonly totalMs: number;
}

export interface Outcome {
  readonly class: OutcomeClass;
  /** 0 when no HTTP answer came. */
  readonly httpStatus: number;
  /** For a human, bounded and free of credentials; empty when all is well. */
  readonly text: string;
  /** How long the provider asks us to stay away; null when it does not. */
  readonly retryAfterMs: number | null;
  readonly usage: Usage;
  readonly phases: Phases;
}

/** A request that a family wants sent. The body is JSON text, or null for a GET. */
export interface ProbeRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** An HTTP answer, read to a bound. Header names are lower-case. */
export interface ProbeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body was cut at the bound. */
  readonly truncated: boolean;
}

/** What a family makes of an answer, before phases and redaction are added. */
export interface Judgement {
  readonly class: OutcomeClass;
  readonly text: string;
  readonly retryAfterMs: number | null;
  readonly usage: Usage;
}
