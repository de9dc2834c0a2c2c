// What one probe returns. A probe never throws and never writes anywhere: the schedule turns its
// outcome into a verdict, and the table remembers.

import type { PieceUnit, TokenKind } from "../registry/deployment.ts";
import type { OutcomeClass } from "../table/outcome-class.ts";
import type { Peer, Phases } from "../transport/transport.ts";
import type { RateLimits } from "./rate-limits.ts";

/** What says that it cost more is not believed: one number that is wrong must not spend the budgets of a day. */
export const costUsdMax = 1000;

/** Tokens that the provider says it counted; null where it does not say. */
export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  /** How many of these are of kinds that may have a price of their own, as far as they are told. */
  readonly tokensOf?: Readonly<Partial<Record<TokenKind, number>>>;
  /** Tokens were spent that will not be counted for us: the stream was left before its end. */
  readonly uncounted?: true;
  /** What the provider itself says it charged. */
  readonly costUsd?: number;
  /** What is paid by the piece and not by the token. */
  readonly pieces?: { readonly unit: PieceUnit; readonly count: number };
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
  readonly servedModel?: string;
  /** What the headers say of the provider's rate limits, and of where it answered. */
  readonly limits?: RateLimits;
  readonly region?: string;
  readonly phases: Phases;
  readonly peer: Peer;
}

/** What a family makes of an answer, before phases and redaction are added. */
export interface Judgement {
  readonly class: OutcomeClass;
  readonly text: string;
  readonly retryAfterMs: number | null;
  readonly usage: Usage;
  /** The model that the answer says has served it, as it is written there. */
  readonly servedModel?: string;
}
