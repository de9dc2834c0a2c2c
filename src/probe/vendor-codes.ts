// Error codes of the providers and what they mean for a deployment: one table, read before the HTTP status, because the same
// status means different things at different providers. Codes are lower-case. From the providers' own error
// pages; a code that is not here falls to the rule for its status.

import type { OutcomeClass } from "../table/outcome-class.ts";

/** Codes that mean the same wherever they appear. */
export const commonCodes: Readonly<Record<string, OutcomeClass>> = {
  // keys
  invalid_api_key: "auth",
  invalid_authentication: "auth",
  invalid_authentication_error: "auth",
  authentication_error: "auth",
  authenticationerror: "auth",
  unauthenticated: "auth",
  unauthorized: "auth",
  invalidapikey: "auth",
  api_key_invalid: "auth",
  invalid_auth: "auth",
  access_token_expired: "auth",
  missing_authentication: "auth",
  unrecognizedclientexception: "auth",
  invalidsignatureexception: "auth",
  expiredtokenexception: "auth",
  // rights
  permission_denied: "permission",
  permission_error: "permission",
  permissiondenied: "permission",
  missing_scope: "permission",
  accessdenied: "permission",
  accessdeniedexception: "permission",
  "model.accessdenied": "permission",
  api_key_service_blocked: "permission",
  api_key_http_referrer_blocked: "permission",
  api_key_ip_address_blocked: "permission",
  modelnotopen: "permission",
  key_model_access_denied: "permission",
  // regions
  unsupported_country_region_territory: "region",
  region_restricted: "region",
  // money
  insufficient_quota: "billing",
  credit_balance_exhausted: "billing",
  organization_spend_limit_exceeded: "billing",
  project_spend_limit_exceeded: "billing",
  organization_usage_limit_exceeded: "billing",
  enforced_spend_limit_reached: "billing",
  billing_error: "billing",
  billing_not_active: "billing",
  billing_hard_limit_reached: "billing",
  exceeded_current_quota_error: "billing",
  arrearage: "billing",
  accountoverdueerror: "billing",
  billing_disabled: "billing",
  budget_exceeded: "billing",
  // models
  model_not_found: "model_not_found",
  deploymentnotfound: "model_not_found",
  model_decommissioned: "model_not_found",
  model_deprecated: "model_not_found",
  unknown_model: "model_not_found",
  invalid_model: "model_not_found",
  modelnotfound: "model_not_found",
  model_not_supported: "model_not_found",
  no_endpoints: "model_not_found",
  resource_not_found_error: "model_not_found",
  "invalidendpointormodel.notfound": "model_not_found",
  endpoint_not_found: "model_not_found",
  resource_does_not_exist: "model_not_found",
  // rates
  rate_limit_exceeded: "rate_limited",
  rate_limit_error: "rate_limited",
  rate_limit_reached_error: "rate_limited",
  ratelimitreached: "rate_limited",
  ratelimitexceeded: "rate_limited",
  throttlingexception: "rate_limited",
  throttling: "rate_limited",
  "throttling.ratequota": "rate_limited",
  "throttling.allocationquota": "rate_limited",
  request_limit_exceeded: "rate_limited",
  too_many_concurrent_requests: "rate_limited",
  queue_full: "rate_limited",
  slow_down: "rate_limited",
  request_quota_exceeded: "quota_exhausted",
  token_quota_exceeded: "quota_exhausted",
  token_quota_reached: "quota_exhausted",
  // capacity
  overloaded_error: "overloaded",
  engine_overloaded_error: "overloaded",
  engine_overloaded: "overloaded",
  server_is_overloaded: "overloaded",
  serveroverloaded: "overloaded",
  capacity_exceeded: "overloaded",
  capacity_exhausted: "overloaded",
  queue_exceeded: "overloaded",
  system_busy: "overloaded",
  overloaded: "overloaded",
  modelnotreadyexception: "not_ready",
  temporarily_unavailable: "not_ready",
  unavailable_error: "not_ready",
  // alive, only these words not
  content_filter: "ok_limited_output",
  content_policy_violation: "ok_limited_output",
  datainspectionfailed: "ok_limited_output",
  responsibleaipolicyviolation: "ok_limited_output",
  // our own request
  unsupported_parameter: "bad_probe",
  unsupported_value: "bad_probe",
  integer_below_min_value: "bad_probe",
  context_length_exceeded: "bad_probe",
  operationnotsupported: "bad_probe",
};

/** What a provider means by its own codes where that is different, or where the words are its own. */
export const providerCodes: Readonly<Record<string, Readonly<Record<string, OutcomeClass>>>> = {
  sambanova: { insufficient_quota: "rate_limited" },
  dashscope: { insufficient_quota: "rate_limited" },
  mistral: { "1500": "model_not_found" },
  minimax: {
    "1000": "server_error",
    "1001": "timeout_total",
    "1002": "rate_limited",
    "1004": "auth",
    "1008": "billing",
    "1024": "server_error",
    "1026": "ok_limited_output",
    "1027": "ok_limited_output",
    "1028": "quota_exhausted",
    "1030": "quota_exhausted",
    "1033": "auth",
    "1039": "rate_limited",
    "2013": "bad_probe",
    "2061": "permission",
  },
  zai: {
    "1000": "auth",
    "1001": "auth",
    "1002": "auth",
    "1003": "auth",
    "1004": "auth",
    "1110": "permission",
    "1111": "permission",
    "1112": "permission",
    "1113": "billing",
    "1121": "permission",
    "1210": "bad_probe",
    "1211": "model_not_found",
    "1213": "bad_probe",
    "1214": "bad_probe",
    "1220": "permission",
    "1221": "model_not_found",
    "1301": "ok_limited_output",
    "1302": "rate_limited",
    "1303": "rate_limited",
    "1304": "quota_exhausted",
    "1305": "rate_limited",
  },
  xiaomi_mimo: { "421": "ok_limited_output" },
};

/** Statuses that mean something else at a provider. */
export const providerStatuses: Readonly<Record<string, Readonly<Record<number, OutcomeClass>>>> = {
  groq: { 413: "rate_limited", 498: "overloaded" },
  cohere: { 498: "auth" },
  fireworks_ai: { 412: "billing" },
  together_ai: { 403: "bad_probe" },
  novita: { 403: "auth" },
  databricks: { 403: "permission" },
  xiaomi_mimo: { 421: "ok_limited_output" },
  featherless_ai: { 400: "not_ready" },
};

interface TextRule {
  readonly pattern: RegExp;
  readonly class: OutcomeClass;
  /** Only for these statuses; any when left out. */
  readonly statuses?: readonly number[];
  /** These words say more than a common code does (a rate limit that is in truth an empty account). */
  readonly beatsCodes?: boolean;
}

/** Words of the message, where codes and status do not tell. */
export const textRules: readonly TextRule[] = [
  {
    pattern:
      /could not finish the message because max_tokens|max_tokens or model output limit was reached/i,
    class: "ok_limited_output",
    beatsCodes: true,
  },
  {
    pattern: /content (?:management )?policy|content filter|safety system|flagged/i,
    class: "ok_limited_output",
    statuses: [400, 403, 451],
    beatsCodes: true,
  },
  {
    pattern:
      /credit balance is too low|insufficient (?:balance|credits?|funds)|out of credits|payment required|exceeded your current quota, please check your plan/i,
    class: "billing",
    beatsCodes: true,
  },
  {
    pattern:
      /(?:incorrect|invalid|expired|missing|bad|wrong|no) (?:x-)?api[- _]?key|api key (?:not valid|expired|is invalid)|invalid (?:token|bearer)|invalid x-api-key/i,
    class: "auth",
    statuses: [400, 401, 403],
  },
  {
    pattern:
      /location is not supported|not available in your (?:country|region)|unsupported (?:country|region)/i,
    class: "region",
  },
  {
    pattern:
      /per ?day|daily (?:limit|quota)|monthly (?:limit|quota)|limit: 0\b|requests per day|tokens per day|userbymodelbyday/i,
    class: "quota_exhausted",
    statuses: [402, 403, 429],
    beatsCodes: true,
  },
  {
    pattern:
      /overloaded|over capacity|at capacity|no capacity|capacity (?:exceeded|reached)|engine is (?:currently )?overloaded|too busy/i,
    class: "overloaded",
    statuses: [429, 500, 502, 503, 529],
    beatsCodes: true,
  },
  {
    pattern:
      /(?:model|engine|runner).{0,60}(?:is )?(?:loading|starting|warming|not ready|not loaded)|loading model|currently loading|cold start|scal(?:ing|ed) (?:up|to zero)/i,
    class: "not_ready",
    statuses: [400, 409, 425, 500, 503],
  },
  {
    pattern:
      /(?:model|deployment|engine)\b.{0,120}(?:not found|does not exist|do not have access|doesn't exist|not exist|unknown|decommissioned|deprecated|retired|no longer)|unknown model|no such model|not a valid model|invalid model|model identifier is invalid|on-demand throughput isn.t supported/is,
    class: "model_not_found",
    statuses: [400, 403, 404, 410, 422],
  },
];
