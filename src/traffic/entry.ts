// One request as the proxy reports it, whichever way it came.

import type { TrafficClass } from "./traffic-class.ts";

export const entrySources = ["callback", "spend_logs"] as const;

export type EntrySource = (typeof entrySources)[number];

export interface Entry {
  /** The provider's id of the answer, else the proxy's id of the call: the same in callbacks and spend logs. */
  readonly id: string;
  readonly class: TrafficClass;
  readonly startMs: number;
  readonly endMs: number;
  /** To the first token; null where nothing was streamed. */
  readonly firstTokenMs: number | null;
  /** What the proxy itself took of the duration, as far as it says so. */
  readonly overheadMs: number;
  /** Null where the proxy does not say. */
  readonly modelId: string | null;
  /** The model group. */
  readonly modelName: string;
  readonly apiBase: string;
  readonly provider: string;
  readonly team: string;
  readonly keyAlias: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costUsd: number;
  /** Answered by the proxy's cache: no provider was asked. */
  readonly cacheHit: boolean;
  /** Asked by the proxy's own health check. */
  readonly healthCheck: boolean;
}

/** The tag that LiteLLM gives to the requests of its own health checks. */
export const healthCheckTag = "litellm-internal-health-check";
