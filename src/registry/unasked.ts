// Why an entry of the configuration is not asked, as far as the entry and the settings alone tell.

import type { ModelEntry } from "../config/config.ts";
import type { Settings } from "../config/settings.ts";

/** LiteLLM leaves a deployment out when it is meant for other environments. */
export function isElsewhere(entry: ModelEntry, settings: Settings): boolean {
  const wanted = entry.info["supported_environments"];
  if (!Array.isArray(wanted)) return false;
  return settings.environment === null || !wanted.includes(settings.environment);
}

/** A variable that is not set and that a probe needs. */
export function missingVariable(entry: ModelEntry): string | null {
  if (entry.missing.length === 0) return null;
  const needed =
    /\.litellm_params\.(?:model|model_id|api_base|base_url|api_key|api_version|azure_\w+|aws_(?!session_|external_)\w+|vertex_\w+(?:\..+)?|tenant_id|client_id|client_secret|token|zen_api_key|organization|ssl_verify|(?:extra_)?headers(?:\..+)?)$/;
  const one = entry.missing.find(({ key }) => needed.test(key));
  return one === undefined
    ? null
    : `the environment variable ${one.variable} is not set (${one.key})`;
}

/** Why nobody asks it by himself; on request it is asked all the same. */
export function unattendedReason(
  { info, modelName }: ModelEntry,
  settings: Settings,
): string | null {
  if (info["disable_background_health_check"] === true) {
    return "not probed: model_info.disable_background_health_check is true";
  }
  if (settings.modelGroups !== null && !settings.modelGroups.includes(modelName)) {
    return "not probed: its model group is not in background_health_check_model_groups";
  }
  return settings.probingEnabled ? null : "not probed: the interval is 0";
}

export function mockedReason({ params }: ModelEntry): string | null {
  const mock = params["mock_response"];
  return mock === undefined || mock === null
    ? null
    : "not probed: litellm_params.mock_response answers without a provider";
}
