// From a resolved deployment to the target of its probes: all that a family needs to build the request. Here stand the
// rules that belong to one provider: how its model names and addresses are written on the wire.

import type { ModelEntry, Value } from "../config/config.ts";
import type { Settings } from "../config/settings.ts";
import type { AuthScheme, FamilyName, Mode, ProbeTarget, Rung } from "./deployment.ts";
import { firstSet, textOf } from "./endpoint.ts";
import { isReasoningRoute, maxTokensOf, tokenFieldOf } from "./limits.ts";
import { withoutProvider } from "./provider-of.ts";
import { type ProviderRow, providers } from "./providers.ts";
import { extraBodyOf } from "./request-extras.ts";

type Values = Readonly<Record<string, Value>>;

const azureVersionDefault = "2025-02-01-preview";

/** Providers with /completions of their own; the others are asked for a chat, as LiteLLM does. */
const nativeCompletions: ReadonlySet<string> = new Set([
  "openai",
  "text-completion-openai",
  "azure",
  "azure_text",
  "together_ai",
  "fireworks_ai",
  "hosted_vllm",
  "vllm",
  "openai_like",
  "custom_openai",
  "custom",
  "aiohttp_openai",
  "litellm_proxy",
  "meta_llama",
  "llamafile",
  "lm_studio",
  "featherless_ai",
  "nebius",
  "dashscope",
  "moonshot",
  "v0",
  "lambda_ai",
  "hyperbolic",
  "wandb",
  "ollama",
]);

export interface Subject {
  readonly entry: ModelEntry;
  readonly settings: Settings;
  readonly environment: Readonly<Record<string, string>>;
  readonly provider: string;
  readonly row: ProviderRow;
  readonly mode: Mode;
  /** Without the provider's prefix. */
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly options: Readonly<Record<string, string>>;
  readonly organization: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** All but the way there, which the address decides that is found here. */
export function targetOf(subject: Subject): Omit<ProbeTarget, "route"> {
  const { entry, settings, environment, provider, row, mode } = subject;
  const { params, info } = entry;
  const place = placeOf(subject);
  const isAzure = row.family === "azure";
  const apiVersion = isAzure
    ? (textOf(params["api_version"]) ??
      place.apiVersion ??
      firstSet(["AZURE_API_VERSION"], environment) ??
      (mode === "realtime" ? "v1" : azureVersionDefault))
    : null;
  const baseModel = textOf(info["base_model"]);
  // What stands behind the name, as far as it is known.
  const behind = baseModel === null ? subject.model : withoutProvider(baseModel);
  const isWildcard = textOf(params["model"])?.includes("*") ?? false;
  return {
    family: place.family,
    provider,
    mode: mode === "completion" && !nativeCompletions.has(provider) ? "chat" : mode,
    rung: rungOf(row, settings),
    model: wireModelOf(provider, subject.model),
    baseModel: baseModel === null ? null : behind,
    baseUrl: place.baseUrl,
    apiKey: subject.apiKey,
    auth: place.auth ?? row.auth ?? "bearer",
    options: subject.options,
    login: null,
    apiVersion,
    organization:
      subject.organization ??
      (row === providers["openai"] ? firstSet(["OPENAI_ORGANIZATION"], environment) : null),
    headers: subject.headers,
    extraBody: extraBodyOf(params, info),
    stream: streamOf(info, mode, settings) && rungOf(row, settings) === "completion",
    maxTokens: generates(mode) ? maxTokensOf(info, behind, isWildcard, settings) : null,
    tokenField: isReasoningRoute(subject.model)
      ? "max_completion_tokens"
      : tokenFieldOf(row, behind, apiVersion),
    reasoningEffort: textOf(info["health_check_reasoning_effort"]),
    prompt: settings.prompt,
  };
}

/** Modes that answer with words, and take a limit of them. */
export function generates(mode: Mode): boolean {
  return mode === "chat" || mode === "completion" || mode === "responses";
}

/** A provider without a free question is asked the paid one. */
export function rungOf(row: ProviderRow, settings: Settings): Rung {
  return row.free === "none" ? "completion" : settings.rung;
}

/** What the operator says of the deployment, be it in our words or in those of the request, before what is said of all. */
function streamOf(info: Values, mode: Mode, settings: Settings): boolean {
  const named = info["health_check_stream"];
  const params = info["health_check_params"];
  const sent = typeof params === "object" && params !== null ? (params as Values)["stream"] : null;
  const own = [named, sent].find((one) => typeof one === "boolean");
  return generates(mode) && (own ?? settings.stream);
}

/** How the provider wants the model named. */
function wireModelOf(provider: string, model: string): string {
  if (provider === "fireworks_ai" && !model.includes("/")) {
    return `accounts/fireworks/models/${model}`;
  }
  // `huggingface/together/org/model` chooses the inference provider; the router wants it behind a colon.
  const routed = provider === "huggingface" ? /^([^/]+)\/([^/]+\/[^/]+)$/.exec(model) : null;
  if (routed !== null) return `${routed[2]}:${routed[1]}`;
  // LiteLLM's mark for reasoning models behind a deployment's name.
  return provider === "azure" ? model.replace(/^(?:o_series|gpt5_series)\//, "") : model;
}

interface Place {
  readonly family: FamilyName;
  /** Where it is not the one of the provider's row. */
  readonly auth?: AuthScheme;
  readonly baseUrl: string;
  /** What the address itself says. */
  readonly apiVersion: string | null;
}

function placeOf({ row, provider, model, baseUrl }: Subject): Place {
  const place = { family: row.family, baseUrl, apiVersion: null };
  if (row.family === "azure") return withoutQuery(baseUrl);
  if (provider === "azure_ai") return foundryPlace(model, baseUrl) ?? place;
  if (provider === "baseten" && baseUrl === row.base && /^[a-z0-9]{8}$/.test(model)) {
    const own = `https://model-${model}.api.baseten.co/environments/production/sync/v1`;
    return { ...place, baseUrl: own };
  }
  return place;
}

/** People paste the whole address with its version from Azure's portal. */
function withoutQuery(baseUrl: string): Place {
  const [address = "", query = ""] = baseUrl.split("?");
  const apiVersion = new URLSearchParams(query).get("api-version");
  return { family: "azure", baseUrl: address.replace(/\/+$/, ""), apiVersion };
}

/**
 * Azure AI Foundry: Claude speaks Anthropic's API there, all else OpenAI's v1 API, both with Azure's header for the key.
 * Other hosts are serverless deployments, which speak OpenAI's API with a Bearer key: null.
 * (learn.microsoft.com/azure/ai-foundry/foundry-models/concepts/endpoints)
 */
function foundryPlace(model: string, baseUrl: string): Place | null {
  const { origin, hostname } = new URL(baseUrl);
  if (!/\.(?:services\.ai|openai)\.azure\.com$/i.test(hostname)) return null;
  return /claude/i.test(model)
    ? {
        family: "anthropic",
        auth: "header:x-api-key",
        baseUrl: `${origin}/anthropic`,
        apiVersion: null,
      }
    : { family: "azure", baseUrl: `${origin}/openai/v1`, apiVersion: null };
}
