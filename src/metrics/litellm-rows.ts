// The metrics of LiteLLM's own that can be shown besides ours, as one table: the README is held against it. Names, types and labels are
// LiteLLM's (its client adds `_total` to counters); labels of which nothing is known say "None", as its client does.

interface LitellmRow {
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly LitellmLabel[];
  readonly help: string;
}

export type LitellmLabel =
  | (typeof deployment)[number]
  | (typeof caller)[number]
  | (typeof user)[number]
  | (typeof exception)[number]
  | "requested_model"
  | "model"
  | "model_group"
  | "status_code"
  | "user_email"
  | "route";

const deployment = ["litellm_model_name", "model_id", "api_base", "api_provider"] as const;
const caller = ["hashed_api_key", "api_key_alias", "team", "team_alias"] as const;
const user = ["end_user", "user"] as const;
const exception = ["exception_status", "exception_class"] as const;
const remaining = [
  "model_group",
  "api_provider",
  "api_base",
  "litellm_model_name",
  "hashed_api_key",
  "api_key_alias",
  "model_id",
] as const;
const response = ["requested_model", ...deployment, ...caller] as const;
const request = ["model", "requested_model", "model_id", ...caller, ...user] as const;

export const litellmRows = {
  litellm_deployment_state: {
    type: "gauge",
    labels: deployment,
    help: "0 healthy, 1 degraded or failed last, 2 unhealthy; absent while unknown. From probes and traffic.",
  },
  litellm_deployment_success_responses: {
    type: "counter",
    labels: response,
    help: "Requests that the deployment answered.",
  },
  litellm_deployment_failure_responses: {
    type: "counter",
    labels: ["requested_model", ...deployment, ...caller, ...exception],
    help: "Requests that failed, by the status and exception that are usual for their class.",
  },
  litellm_deployment_total_requests: {
    type: "counter",
    labels: response,
    help: "Both together.",
  },
  litellm_deployment_latency_per_output_token: {
    type: "histogram",
    labels: response,
    help: "Duration of an answered request, of a stream its time to the first token, divided by the tokens of the answer.",
  },
  litellm_remaining_requests_metric: {
    type: "gauge",
    labels: remaining,
    help: "Requests that the provider said are left, in its last answer to a probe of the deployment.",
  },
  litellm_remaining_tokens_metric: {
    type: "gauge",
    labels: remaining,
    help: "Tokens that it said are left.",
  },
  litellm_request_total_latency_metric: {
    type: "histogram",
    labels: request,
    help: "Duration of answered requests.",
  },
  litellm_llm_api_latency_metric: {
    type: "histogram",
    labels: request,
    help: "The same without what the proxy itself took of it, as far as its callback says so.",
  },
  litellm_llm_api_time_to_first_token_metric: {
    type: "histogram",
    labels: request,
    help: "Time to the first token of streams.",
  },
  litellm_input_tokens_metric: {
    type: "counter",
    labels: request,
    help: "Tokens of prompts.",
  },
  litellm_output_tokens_metric: {
    type: "counter",
    labels: request,
    help: "Tokens of answers.",
  },
  litellm_total_tokens_metric: {
    type: "counter",
    labels: request,
    help: "Both together.",
  },
  litellm_spend_metric: {
    type: "counter",
    labels: request,
    help: "Cost in USD.",
  },
  litellm_requests_metric: {
    type: "counter",
    labels: request,
    help: "Requests that were answered.",
  },
  litellm_proxy_total_requests_metric: {
    type: "counter",
    labels: [
      "requested_model",
      "model_id",
      ...caller,
      ...user,
      "status_code",
      "user_email",
      "route",
    ],
    help: "Attempts at a deployment, by the status that is usual for their class; LiteLLM counts a request that was tried again once.",
  },
  litellm_proxy_failed_requests_metric: {
    type: "counter",
    labels: [
      "requested_model",
      "model_id",
      ...caller,
      ...user,
      ...exception,
      "user_email",
      "route",
    ],
    help: "Those that failed.",
  },
} as const satisfies Record<string, LitellmRow>;

export type LitellmMetric = keyof typeof litellmRows;

export const litellmMetricNames = Object.keys(litellmRows) as LitellmMetric[];

/** The name under which a metric is exposed in the Prometheus text format. */
export function litellmExposedName(name: LitellmMetric): string {
  return litellmRows[name].type === "counter" ? `${name}_total` : name;
}
