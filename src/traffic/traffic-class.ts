// What became of a request, as the proxy tells it: LiteLLM's exception class first, else the status code. The names are those of
// probe outcomes wherever both mean the same. The order is that of the counters in memory.

import type { OutcomeClass } from "../table/outcome-class.ts";

interface ClassRow {
  /** What it says of the deployment, as a probe's outcome would; null where the caller or the proxy is to blame. */
  readonly outcome: OutcomeClass | null;
  /** LiteLLM's exceptions. */
  readonly exceptions: readonly string[];
  readonly statuses: readonly number[];
}

const row = (
  outcome: OutcomeClass | null,
  exceptions: readonly string[] = [],
  statuses: readonly number[] = [],
): ClassRow => ({ outcome, exceptions, statuses });

const rows = {
  ok: row("ok"),
  rate_limited: row("rate_limited", ["RateLimitError"], [429]),
  billing: row("billing", [], [402]),
  overloaded: row("overloaded", [], [529]),
  auth: row("auth", ["AuthenticationError"], [401]),
  permission: row("permission", ["PermissionDeniedError"], [403]),
  model_not_found: row("model_not_found", ["NotFoundError"], [404]),
  server_error: row(
    "server_error",
    [
      "InternalServerError",
      "BadGatewayError",
      "ServiceUnavailableError",
      "MidStreamFallbackError",
      "APIError",
    ],
    [500, 501, 502, 503],
  ),
  // Also what LiteLLM has no better name for.
  connect: row("connect", ["APIConnectionError"]),
  timeout: row("timeout_total", ["Timeout", "APITimeoutError"], [408, 504, 524]),
  protocol: row("protocol", ["APIResponseValidationError"]),
  bad_request: row(
    null,
    [
      "BadRequestError",
      "UnprocessableEntityError",
      "UnsupportedParamsError",
      "InvalidRequestError",
      "ImageFetchError",
      "JSONSchemaValidationError",
    ],
    [400, 405, 409, 413, 415, 422],
  ),
  context_window: row(null, ["ContextWindowExceededError"]),
  content_filter: row(null, ["ContentPolicyViolationError"]),
  guardrail: row(null, [
    "RejectedRequestError",
    "GuardrailRaisedException",
    "GuardrailInterventionNormalStringError",
    "BlockedPiiEntityError",
  ]),
  cancelled: row(null, ["CancelledError"], [499]),
  // A key's or team's limit, a cooldown of every deployment, an answer of the proxy's own routes: no provider was asked.
  proxy: row(null, [
    "BudgetExceededError",
    "RouterRateLimitError",
    "RouterRateLimitErrorBasic",
    "ProxyException",
    "ProxyRateLimitError",
    "HTTPException",
  ]),
  other: row(null),
} as const satisfies Record<string, ClassRow>;

export type TrafficClass = keyof typeof rows;

export const trafficClasses = Object.keys(rows) as TrafficClass[];

const byException = new Map<string, TrafficClass>();
const byName = new Map<string, ClassRow>(Object.entries(rows));
const byStatus = new Map<number, TrafficClass>();
for (const name of trafficClasses) {
  for (const exception of rows[name].exceptions) byException.set(exception, name);
  for (const status of rows[name].statuses) byStatus.set(status, name);
}

/** What newer proxies say of a failure besides; each may be missing. */
export interface FailureDetails {
  /** Whose limit it was. */
  readonly rateLimitCategory?: string | null | undefined;
  /** LiteLLM's own name for it, found in its words too. */
  readonly normalized?: string | null | undefined;
}

/** How LiteLLM begins the names of limits that are its own, and not a provider's. */
const ownLimit = "litellm_";
const noDeployment = "429_NO_HEALTHY_DEPLOYMENTS";
/** What it calls InternalServerError for want of a better exception. */
const internalErrors: Readonly<Record<string, TrafficClass>> = {
  "500_PROVIDER_CONNECTION_ERROR": "connect",
  "503_PROVIDER_OVERLOADED": "overloaded",
};

/** The class of a failure; all may be missing, and the exception may carry its module's name. */
export function failureClassOf(
  exception: string,
  code: string,
  { rateLimitCategory, normalized }: FailureDetails = {},
): TrafficClass {
  if (rateLimitCategory?.startsWith(ownLimit) || normalized === noDeployment) return "proxy";
  const bare = exception.slice(exception.lastIndexOf(".") + 1);
  if (bare === "InternalServerError") {
    const better = internalErrors[normalized ?? ""];
    if (better !== undefined) return better;
  }
  const known = byException.get(bare);
  if (known !== undefined) return known;
  const status = /^\d{3}$/.test(code) ? Number(code) : 0;
  const named = byStatus.get(status);
  if (named !== undefined) return named;
  if (status >= 500) return "server_error";
  return status >= 400 ? "bad_request" : "other";
}

/** The status and the exception of LiteLLM that are usual for it. */
export function exceptionOf(name: string): { status: number | null; exception: string | null } {
  const known = byName.get(name);
  return { status: known?.statuses[0] ?? null, exception: known?.exceptions[0] ?? null };
}

/** What it says of the deployment; null says nothing. */
export function outcomeOf(name: TrafficClass): OutcomeClass | null {
  return rows[name].outcome;
}
