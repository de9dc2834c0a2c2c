// From the entries of a configuration to deployments that can be asked, or that say why they cannot.
//
// Only what decides whether a request works enters a probe: address, key, version, organization, headers, and of
// `extra_body` what is neither a sampling parameter nor something that costs more (tools, web search, long outputs):
// such parameters made probes of working models fail, and made them expensive. `health_check_params` is the operator's
// own word and goes in whole.

import { createHash } from "node:crypto";
import type { ModelEntry, Value } from "../config/config.ts";
import { safeUrl } from "../config/secret.ts";
import type { Settings } from "../config/settings.ts";
import { numberOf } from "../config/values.ts";
import { type Deployment, type Mode, modes, type ProbeTarget, type Rung } from "./deployment.ts";
import { apiBaseOf, endpointOf, textOf } from "./endpoint.ts";
import { maxTokensOf, tokenFieldOf } from "./limits.ts";
import { litellmId } from "./litellm-id.ts";
import { configuredPrice } from "./price.ts";
import { providerOf } from "./provider-of.ts";
import { notProbed, type ProviderRow, providers } from "./providers.ts";

type Environment = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, Value>>;

export interface Resolved {
  readonly deployments: readonly Deployment[];
  readonly warnings: readonly string[];
}

/** Modes that LiteLLM knows and this version does not probe. */
const laterModes = [
  "responses",
  "image_generation",
  "image_edit",
  "audio_transcription",
  "audio_speech",
  "rerank",
  "moderation",
  "realtime",
  "batch",
  "ocr",
  "video_generation",
  "search",
  "vector_store",
  "anthropic_messages",
  "evaluation",
];

const embeddingName =
  /(?:^|[/.:-])(?:text-embedding|embed|embedding|embeddings|bge|gte|e5|voyage|nomic-embed|mxbai-embed)(?:[-/.:]|$)|embed/i;
const azureVersionDefault = "2025-02-01-preview";

/** Keys of `extra_body` that are left out of a probe. */
const notInProbes =
  /^(?:tools?|tool_choice|functions?|function_call|web_search.*|search.*|plugins|response_format|temperature|top_p|top_k|min_p|n|best_of|seed|stop|stream.*|logprobs|top_logprobs|presence_penalty|frequency_penalty|repetition_penalty|max_tokens|max_completion_tokens|thinking|reasoning.*|metadata|user|modalities|audio)$/;

/** What becomes of every entry. Never throws: what is wrong with a deployment is its `problem`. */
export function resolveDeployments(
  entries: readonly ModelEntry[],
  settings: Settings,
  environment: Environment,
): Resolved {
  const warnings: string[] = [];
  const deployments: Deployment[] = [];
  const ordinals = new Map<string, number>();
  const seenIds = new Map<string, string>();
  for (const entry of entries) {
    if (isElsewhere(entry, settings)) continue;
    const modelId = textOf(entry.info["id"]) ?? litellmId(entry.modelName, entry.params);
    const fingerprint = JSON.stringify([entry.modelName, entry.params, entry.info]);
    const before = seenIds.get(modelId);
    if (before === fingerprint) {
      warnings.push(`${entry.path}: this model stands twice and is probed once`);
      continue;
    }
    if (before !== undefined)
      warnings.push(`${entry.path}: another model has the id ${modelId} too`);
    seenIds.set(modelId, fingerprint);
    for (const organization of organizationsOf(entry.params)) {
      const resolved = resolveOne(entry, modelId, organization, settings, environment);
      // What the operator named keeps its slot by that name; the rest by what does not change with a key.
      const stem =
        entry.info["id"] === undefined || entry.info["id"] === null
          ? `${resolved.modelName}|${resolved.model}|${resolved.lanes.host}`
          : `id ${modelId}`;
      const ordinal = ordinals.get(stem) ?? 0;
      ordinals.set(stem, ordinal + 1);
      deployments.push({ ...resolved, key: `${stem}|${ordinal}` });
    }
  }
  return { deployments, warnings };
}

function resolveOne(
  entry: ModelEntry,
  modelId: string,
  organization: string | null,
  settings: Settings,
  environment: Environment,
): Deployment {
  const { params, info } = entry;
  const model = textOf(params["model"]) ?? "";
  const healthModel = textOf(info["health_check_model"]);
  const choice = providerOf(model, textOf(params["custom_llm_provider"]), apiBaseOf(params));
  const provider = choice?.provider ?? "unknown";
  const mode = modeOf(entry, model);
  const totalMs = Math.round(
    (numberOf(info["health_check_timeout"] ?? null) ?? settings.timeoutMs / 1000) * 1000,
  );
  const common = {
    key: "",
    modelId,
    modelName: entry.modelName,
    model,
    provider,
    mode: mode.known ?? "chat",
    apiBase: apiBaseOf(params) === null ? null : safeUrl(apiBaseOf(params) ?? ""),
    intervalMs: settings.intervalMs,
    deadlines: {
      connectMs: Math.min(settings.connectTimeoutMs, totalMs),
      firstByteMs: Math.min(settings.firstByteTimeoutMs ?? totalMs, totalMs),
      totalMs,
    },
    lanes: { provider, host: "none", key: "none" },
    price: configuredPrice(params, info),
  } satisfies Omit<Deployment, "target" | "problem" | "skipped">;
  const stopped = (problem: string): Deployment => ({
    ...common,
    target: null,
    problem,
    skipped: null,
  });
  const skipped = (reason: string): Deployment => ({
    ...common,
    target: null,
    problem: null,
    skipped: reason,
  });

  const missing = missingVariable(entry);
  if (missing !== null) return stopped(missing);
  const reason = skipReason(entry, settings);
  if (reason !== null) return skipped(reason);
  if (choice === null) {
    return stopped(
      "the provider is not known: write provider/model, set custom_llm_provider, or set api_base",
    );
  }
  const later = notProbed[provider];
  if (later !== undefined) return skipped(later);
  const row = providers[provider];
  if (row === undefined) return stopped(`provider ${provider} is not known`);
  if (mode.known === null) return mode.later ? skipped(mode.text) : stopped(mode.text);
  if (choice.model.includes("*") && healthModel === null) {
    return skipped("a wildcard needs a model to ask: set model_info.health_check_model");
  }
  const endpoint = endpointOf(provider, row, params, environment);
  if (!endpoint.ok) return stopped(endpoint.problem);
  const headers = headersOf(params);
  if (headers === null) return stopped("extra_headers is not a map of names and texts");

  const wireModel = healthModel === null ? choice.model : withoutPrefix(healthModel, provider);
  const target = targetOf({
    row,
    provider,
    mode: mode.known,
    wireModel,
    organization,
    headers,
    entry,
    settings,
    environment,
    baseUrl: endpoint.baseUrl,
    apiKey: endpoint.apiKey,
  });
  return {
    ...common,
    target,
    problem: null,
    skipped: null,
    apiBase: safeUrl(endpoint.baseUrl),
    lanes: { provider, host: endpoint.host, key: fingerprintOf(endpoint.apiKey) },
  };
}

function targetOf(given: {
  readonly row: ProviderRow;
  readonly provider: string;
  readonly mode: Mode;
  readonly wireModel: string;
  readonly organization: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly entry: ModelEntry;
  readonly settings: Settings;
  readonly environment: Environment;
  readonly baseUrl: string;
  readonly apiKey: string | null;
}): ProbeTarget {
  const { row, provider, entry, settings, environment } = given;
  const { params, info } = entry;
  const isAzure = row.family === "azure";
  const apiVersion =
    textOf(params["api_version"]) ??
    (isAzure ? (environment["AZURE_API_VERSION"] ?? azureVersionDefault) : null);
  const baseModel = textOf(info["base_model"]);
  const named = baseModel === null ? given.wireModel : withoutPrefix(baseModel, provider);
  const model =
    provider === "fireworks_ai" && !given.wireModel.includes("/")
      ? `accounts/fireworks/models/${given.wireModel}`
      : given.wireModel;
  const asked: Rung = row.free === "none" ? "completion" : settings.rung;
  return {
    family: row.family,
    provider,
    mode: given.mode,
    rung: asked,
    model,
    baseModel: baseModel === null ? null : named,
    baseUrl: given.baseUrl,
    apiKey: given.apiKey,
    apiVersion,
    organization:
      given.organization ??
      (row === providers["openai"] ? (environment["OPENAI_ORGANIZATION"] ?? null) : null),
    headers: { ...row.headers, ...given.headers },
    extraBody: { ...usefulExtras(params["extra_body"]), ...mapOf(info["health_check_params"]) },
    maxTokens: given.mode === "embedding" ? null : maxTokensOf(info, named, settings),
    tokenField: tokenFieldOf(row, named, apiVersion),
    reasoningEffort: textOf(info["health_check_reasoning_effort"]),
    prompt: settings.prompt,
    verifyTls: settings.verifyTls && params["ssl_verify"] !== false,
  };
}

/** A variable that is not set and that a probe needs. */
function missingVariable(entry: ModelEntry): string | null {
  const needed =
    /\.litellm_params\.(?:model|api_base|base_url|api_key|api_version|azure_ad_token|organization|(?:extra_)?headers\..+)$/;
  const one = entry.missing.find(({ key }) => needed.test(key));
  return one === undefined
    ? null
    : `the environment variable ${one.variable} is not set (${one.key})`;
}

function skipReason(entry: ModelEntry, settings: Settings): string | null {
  if (entry.info["disable_background_health_check"] === true) {
    return "not probed: model_info.disable_background_health_check is true";
  }
  if (settings.modelGroups !== null && !settings.modelGroups.includes(entry.modelName)) {
    return "not probed: its model group is not in background_health_check_model_groups";
  }
  if (!settings.probingEnabled) return "not probed: the interval is 0";
  return null;
}

/** LiteLLM leaves a deployment out when it is meant for other environments. */
function isElsewhere(entry: ModelEntry, settings: Settings): boolean {
  const wanted = entry.info["supported_environments"];
  if (!Array.isArray(wanted)) return false;
  return settings.environment === null || !wanted.includes(settings.environment);
}

type ModeChoice =
  | { readonly known: Mode; readonly text: ""; readonly later: false }
  | { readonly known: null; readonly text: string; readonly later: boolean };

function modeOf(entry: ModelEntry, model: string): ModeChoice {
  const known = (mode: Mode): ModeChoice => ({ known: mode, text: "", later: false });
  const given = textOf(entry.info["mode"]);
  if (given === null) {
    if (model.startsWith("text-completion-openai/")) return known("completion");
    return known(embeddingName.test(model) ? "embedding" : "chat");
  }
  const mode = modes.find((name) => name === given);
  if (mode !== undefined) return known(mode);
  if (laterModes.includes(given)) {
    return { known: null, text: `mode ${given} is not probed by this version`, later: true };
  }
  return {
    known: null,
    text: `model_info.mode is not one of ${[...modes, ...laterModes].join(", ")}`,
    later: false,
  };
}

/** One deployment for each organization of a list, as LiteLLM makes them. */
function organizationsOf(params: Values): (string | null)[] {
  const organization = params["organization"];
  if (!Array.isArray(organization)) return [textOf(organization as Value | undefined)];
  const names = organization.map((one: Value) => textOf(one)).filter((one) => one !== null);
  return names.length === 0 ? [null] : names;
}

/** Header names in lower case; null when a value is no text. */
function headersOf(params: Values): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const key of ["headers", "extra_headers"]) {
    const given = params[key];
    if (given === undefined || given === null) continue;
    if (typeof given !== "object" || Array.isArray(given)) return null;
    for (const [name, value] of Object.entries(given)) {
      if (
        typeof value === "object" ||
        /[\r\n\0]/.test(`${name}${value}`) ||
        !/^[\w!#$%&'*+.^`|~-]+$/.test(name)
      )
        return null;
      headers[name.toLowerCase()] = String(value);
    }
  }
  return headers;
}

function usefulExtras(extra: Value | undefined): Values {
  return Object.fromEntries(Object.entries(mapOf(extra)).filter(([key]) => !notInProbes.test(key)));
}

function mapOf(value: Value | undefined): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Values)
    : {};
}

function withoutPrefix(model: string, provider: string): string {
  return model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model;
}

function fingerprintOf(apiKey: string | null): string {
  return apiKey === null ? "none" : createHash("sha256").update(apiKey).digest("hex").slice(0, 12);
}
