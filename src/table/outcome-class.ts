// What a probe can end in: number, name, effect on the verdict and the sentence for a human, as one table.
// The numbers are part of the table's layout: append, never renumber.
// The classes follow the way providers report errors (HTTP status, vendor code, then text), with
// the transport ones told apart by the phase that failed.

/**
 * What an outcome does to a deployment's verdict.
 * - `passed`: counts towards healthy.
 * - `degraded`: the deployment is alive but does not serve this request now.
 * - `failed`: theirs; counts towards unhealthy.
 * - `refused`: our own request is wrong for this model; the verdict becomes unknown, with the reason.
 * - `unprobeable`: the configuration does not allow a probe; unhealthy with the reason.
 * - `ignored`: our own fault (a bug, no file descriptors); the verdict stays as it was.
 */
export type Effect = "passed" | "degraded" | "failed" | "refused" | "unprobeable" | "ignored";

/**
 * How soon a deployment is asked again after such an outcome (see plan.ts).
 * - `interval`: as ever.
 * - `soon`: before its interval has passed, and later and later while it fails.
 * - `slowly`: never before, and later and later: it fails until somebody mends it.
 */
export type Recheck = "interval" | "soon" | "slowly";

interface ClassRow {
  readonly code: number;
  readonly effect: Effect;
  readonly recheck: Recheck;
  readonly sentence: string;
}

export const outcomeClasses = {
  ok: { code: 0, effect: "passed", recheck: "interval", sentence: "answered as expected" },
  ok_limited_output: {
    code: 1,
    effect: "passed",
    recheck: "interval",
    sentence: "answered, cut short by the output limit, a refusal or a content filter",
  },
  rate_limited: {
    code: 2,
    effect: "degraded",
    recheck: "interval",
    sentence: "alive, but refuses requests over its rate limit",
  },
  quota_exhausted: {
    code: 3,
    effect: "degraded",
    recheck: "interval",
    sentence: "alive, but the day's quota is used up",
  },
  overloaded: {
    code: 4,
    effect: "degraded",
    recheck: "interval",
    sentence: "alive, but out of capacity",
  },
  not_ready: {
    code: 5,
    effect: "degraded",
    recheck: "soon",
    sentence: "the model is loading or scaling up",
  },
  billing: {
    code: 6,
    effect: "failed",
    recheck: "slowly",
    sentence: "the account has no credit or quota left",
  },
  auth: { code: 7, effect: "failed", recheck: "slowly", sentence: "the key is not accepted" },
  permission: {
    code: 8,
    effect: "failed",
    recheck: "slowly",
    sentence: "the key may not use this model",
  },
  region: {
    code: 9,
    effect: "failed",
    recheck: "slowly",
    sentence: "the provider does not serve this region",
  },
  model_not_found: {
    code: 10,
    effect: "failed",
    recheck: "slowly",
    sentence: "the provider does not know this model or deployment",
  },
  bad_probe: {
    code: 11,
    effect: "refused",
    recheck: "interval",
    sentence: "the probe itself was refused as a bad request",
  },
  server_error: {
    code: 12,
    effect: "failed",
    recheck: "soon",
    sentence: "the provider failed with a server error",
  },
  dns: { code: 13, effect: "failed", recheck: "soon", sentence: "the host name does not resolve" },
  connect: { code: 14, effect: "failed", recheck: "soon", sentence: "no connection to the host" },
  tls: { code: 15, effect: "failed", recheck: "soon", sentence: "the TLS handshake failed" },
  reset: {
    code: 16,
    effect: "failed",
    recheck: "soon",
    sentence: "the connection was closed before the answer was complete",
  },
  timeout_first_byte: {
    code: 17,
    effect: "failed",
    recheck: "soon",
    sentence: "no first byte before the deadline",
  },
  timeout_total: {
    code: 18,
    effect: "failed",
    recheck: "soon",
    sentence: "the answer was not complete before the deadline",
  },
  protocol: {
    code: 19,
    effect: "failed",
    recheck: "soon",
    sentence: "the answer is not what this API answers with",
  },
  config: {
    code: 20,
    effect: "unprobeable",
    recheck: "interval",
    sentence: "the configuration does not allow a probe",
  },
  internal: {
    code: 21,
    effect: "ignored",
    recheck: "soon",
    sentence: "the prober itself failed",
  },
} as const satisfies Record<string, ClassRow>;

export type OutcomeClass = keyof typeof outcomeClasses;

export const outcomeClassNames = Object.keys(outcomeClasses) as OutcomeClass[];

/** Room for classes to come without a new layout. */
export const outcomeClassesMax = 24;

/** The class with this code; an unknown code is the prober's own failure. */
export function outcomeClassOf(code: number): OutcomeClass {
  return outcomeClassNames[code] ?? "internal";
}
