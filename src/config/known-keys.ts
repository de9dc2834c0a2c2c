// Which keys matter to health, and which other keys LiteLLM knows. Most of a proxy's configuration is not our business
// and is ignored; a key that is nearly one of ours is likely a misspelling and is worth a warning.

import { ownKeys, settingNames, settingRows } from "./setting-rows.ts";

/** Prices of what is not paid by the token. */
export const pieceCostKeys = [
  "input_cost_per_image",
  "output_cost_per_image",
  "input_cost_per_second",
  "output_cost_per_second",
  "input_cost_per_audio_per_second",
  "input_cost_per_video_per_second",
  "output_cost_per_video_per_second",
  "input_cost_per_character",
  "output_cost_per_character",
  "ocr_cost_per_page",
  "input_cost_per_query",
] as const;

/** Prices of tokens that may cost something else than the others of their direction. */
export const tokenCostKeys = [
  "output_cost_per_reasoning_token",
  "input_cost_per_audio_token",
  "output_cost_per_audio_token",
] as const;

/** Keys of `model_info` that this service reads, with what they must be. */
export const modelInfoKinds = {
  id: "id",
  mode: "text",
  base_model: "text",
  health_check_model: "text",
  health_check_timeout: "seconds",
  health_check_max_tokens: "count",
  health_check_max_tokens_reasoning: "count",
  health_check_max_tokens_non_reasoning: "count",
  health_check_supports_max_tokens: "boolean",
  health_check_reasoning_effort: "text",
  health_check_voice: "text",
  health_check_params: "map",
  health_check_stream: "boolean",
  health_check_probe: "probe",
  health_check_budget_tokens_per_day: "amount",
  health_check_budget_usd_per_day: "price",
  disable_background_health_check: "boolean",
  supported_environments: "texts",
  supports_reasoning: "boolean",
  input_cost_per_token: "price",
  output_cost_per_token: "price",
  ...Object.fromEntries([...tokenCostKeys, ...pieceCostKeys].map((key) => [key, "price"])),
} as const satisfies Record<string, string>;

export const modelInfoKeys = Object.keys(modelInfoKinds);

/** Keys of `litellm_params` that decide whether a probe works. */
export const paramsKeys = [
  "model",
  "api_base",
  "base_url",
  "api_key",
  "api_version",
  "organization",
  "timeout",
  "extra_headers",
  "extra_body",
  "custom_llm_provider",
  "litellm_credential_name",
  "ssl_verify",
  "input_cost_per_token",
  "output_cost_per_token",
  ...tokenCostKeys,
  ...pieceCostKeys,
];

/** Keys that LiteLLM knows and that look like ours. */
const proxyKeys: Readonly<Record<string, readonly string[]>> = {
  model_info: [
    "access_groups",
    "team_id",
    "tier",
    "db_model",
    "max_tokens",
    "supports_vision",
    "key",
    "model",
  ],
  litellm_params: [
    "headers",
    "rpm",
    "tpm",
    "model_id",
    "tags",
    "order",
    "weight",
    "mode",
    "project_id",
    "space_id",
  ],
  general_settings: [
    "allow_requests_on_db_unavailable",
    "allow_public_health_readiness_details",
    "alerting",
    "background_health_checks",
    "enable_health_check_routing",
    "health_check_staleness_threshold",
    "health_check_ignore_transient_errors",
    "health_check_skip_disabled_background_models",
    "maximum_health_check_retention_period",
    "model_list_healthy_only",
    "store_model_in_db",
    "proxy_batch_write_at",
    "database_type",
    "database_connection_pool_limit",
    "private_routes",
    "admin_only_routes",
  ],
};

const bySetting = settingNames.flatMap((name) => settingRows[name].keys);

function below(section: string): string[] {
  return bySetting
    .filter((key) => key.startsWith(`${section}.`))
    .map((key) => key.slice(section.length + 1));
}

/** Keys of a section that we read. */
export const healthKeys: Readonly<Record<string, readonly string[]>> = {
  model_info: modelInfoKeys,
  litellm_params: paramsKeys,
  general_settings: below("general_settings"),
  litellm_settings: below("litellm_settings"),
  fleetpulse: ownKeys,
  "": [
    "model_list",
    "general_settings",
    "litellm_settings",
    "router_settings",
    "environment_variables",
    "credential_list",
    "include",
    "fleetpulse",
  ],
};

/** Those and the proxy's: looked up for every key of every deployment. */
const knownKeys: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  [...new Set([...Object.keys(healthKeys), ...Object.keys(proxyKeys)])].map((section) => [
    section,
    new Set([...(healthKeys[section] ?? []), ...(proxyKeys[section] ?? [])]),
  ]),
);

/** The key of this section that was meant, or null when the key is known or like nothing. */
export function nearestKey(section: string, key: string): string | null {
  if (knownKeys[section]?.has(key) === true) return null;
  const ours = healthKeys[section] ?? [];
  const allowed = key.length <= 5 ? 1 : 2;
  let best: string | null = null;
  let bestDistance = allowed + 1;
  for (const known of ours) {
    const distance = editDistance(key, known, bestDistance);
    if (distance < bestDistance) {
      best = known;
      bestDistance = distance;
    }
  }
  return best;
}

/** Edits (insert, delete, replace, swap of neighbours) from one word to the other, or `limit` when there are more. */
export function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      let cost = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
      );
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] as number) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(limit, last[to.length] as number);
}
