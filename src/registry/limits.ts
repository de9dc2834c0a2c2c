// How many output tokens a probe may cost, and under which name the limit is sent.

import type { Value } from "../config/config.ts";
import type { Settings } from "../config/settings.ts";
import { numberOf } from "../config/values.ts";
import type { ProbeTarget } from "./deployment.ts";
import type { ProviderRow } from "./providers/row.ts";
import { Remembered } from "./remembered.ts";

type Info = Readonly<Record<string, Value>>;

/** OpenAI's reasoning and newer models: they refuse `max_tokens`. */
const newStyle = /^(?:o\d|gpt-[5-9]|gpt-\d{2,}|codex)/;
const reasoning =
  /^(?:o\d|gpt-[5-9]|gpt-\d{2,}|codex|gpt-oss|deepseek-reasoner|deepseek-r\d|gemini-(?:2\.5|[3-9])|.*thinking|magistral|qwq|grok-(?:3-mini|4))/;
/** Names of OpenAI's models that know the old name of the limit. */
const oldStyle = /gpt-?(?:3|4)|davinci|babbage/;
/** Azure's dated API versions before this one do not know max_completion_tokens. */
const azureNewStyleSince = "2024-09-01";

/**
 * LiteLLM's order: health_check_max_tokens, then the one for (non-)reasoning models (not for a wildcard), then the
 * service's own for reasoning, then the service's. Null: send no limit.
 */
export function maxTokensOf(
  info: Info,
  model: string,
  isWildcard: boolean,
  settings: Settings,
): number | null {
  if (info["health_check_supports_max_tokens"] === false) return null;
  const explicit = numberOf(info["health_check_max_tokens"] ?? null);
  if (explicit !== null) return explicit;
  if (isWildcard) return settings.maxTokens;
  const flag = info["supports_reasoning"];
  const thinks = typeof flag === "boolean" ? flag : traitsOf(model).thinks;
  const key = thinks
    ? "health_check_max_tokens_reasoning"
    : "health_check_max_tokens_non_reasoning";
  const byKind = numberOf(info[key] ?? null);
  if (byKind !== null) return byKind;
  return (thinks ? settings.maxTokensReasoning : null) ?? settings.maxTokens;
}

/**
 * The name of the limit. `model` is what stands behind the name on the wire, as far as it is known; an Azure deployment
 * of an unknown name gets the new one, which all of OpenAI's models know since that version.
 */
export function tokenFieldOf(
  row: ProviderRow,
  model: string,
  apiVersion: string | null,
): ProbeTarget["tokenField"] {
  if (row.tokenField !== "by_model") return row.tokenField;
  const dated = apiVersion !== null && /^\d{4}-/.test(apiVersion);
  if (dated && apiVersion < azureNewStyleSince) return "max_tokens";
  const name = traitsOf(model);
  const isNew = name.isNew || (row.family === "azure" && !name.isOld);
  return isNew ? "max_completion_tokens" : "max_tokens";
}

/** LiteLLM's marks `azure/o_series/NAME` and `azure/gpt5_series/NAME`. */
export function isReasoningRoute(model: string): boolean {
  return model.startsWith("o_series/") || model.startsWith("gpt5_series/");
}

interface Traits {
  readonly thinks: boolean;
  readonly isNew: boolean;
  readonly isOld: boolean;
}

const traits = new Remembered<Traits>();

/** What the name of a model tells. */
function traitsOf(model: string): Traits {
  return traits.of(model, () => {
    const name = nameOf(model);
    return {
      thinks: reasoning.test(name),
      isNew: newStyle.test(name),
      isOld: oldStyle.test(name),
    };
  });
}

/** The model's own name, without publisher prefixes and fine-tuning marks. */
function nameOf(model: string): string {
  const last = model.slice(model.lastIndexOf("/") + 1);
  return last.replace(/^ft:/, "").toLowerCase();
}
