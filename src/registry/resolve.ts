// From the entries of a configuration to deployments that can be asked, or that say why they cannot.
//
// Three ends: `target` (it is probed), `problem` (the operator meant it to work and it cannot: unhealthy), `skipped` (not
// probed on purpose, or not by this version: unknown). One that is left out of background probing only has both a
// target and a reason: it is asked on request, as LiteLLM does. What is wrong is named and never shown: texts hold
// no value of a key, a header or an address.

import type { ModelEntry, Value } from "../config/config.ts";
import { safeUrl } from "../config/secret.ts";
import type { Settings } from "../config/settings.ts";
import { numberOf } from "../config/values.ts";
import { addressOf } from "./address.ts";
import { cloudModelOf } from "./cloud-model.ts";
import type { Deadlines, Deployment } from "./deployment.ts";
import { apiBaseOf, endpointOf, firstSet, textOf } from "./endpoint.ts";
import { familyModes } from "./family-modes.ts";
import { createRegionOfProfile, type RegionOfProfile } from "./login/aws-files.ts";
import { entranceOf } from "./login/login-of.ts";
import { merged } from "./merged.ts";
import { createModelFacts, type FactsOf } from "./model-facts.ts";
import { noticesOf } from "./notices.ts";
import { missingOption, optionsOf } from "./options.ts";
import { configuredPrice } from "./price.ts";
import { planOf, restingPlan } from "./probe-plan.ts";
import { askedProviderOf, withoutProvider } from "./provider-of.ts";
import { Remembered } from "./remembered.ts";
import { headersOf, isHeaderValue } from "./request-extras.ts";
import { createRoutes, type Routes } from "./routes.ts";
import { targetOf } from "./target.ts";
import { createTwins } from "./twins.ts";
import { isElsewhere, missingVariable, mockedReason, unattendedReason } from "./unasked.ts";

type Environment = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, Value>>;

export interface Resolved {
  readonly deployments: readonly Deployment[];
  readonly warnings: readonly string[];
}

/** What becomes of every entry. Never throws: what is wrong with a deployment is its `problem`. */
export function resolveDeployments(
  entries: readonly ModelEntry[],
  settings: Settings,
  environment: Environment,
): Resolved {
  const routes = createRoutes(settings, environment);
  const deadlinesOf = createDeadlines(settings);
  const regionOfProfile = createRegionOfProfile(environment);
  const factsOf = createModelFacts();
  const terms: Terms = { settings, environment, routes, factsOf, deadlinesOf, regionOfProfile };
  const warnings: string[] = [...routes.warnings];
  const deployments: Deployment[] = [];
  const ordinals = new Map<string, number>();
  const twins = createTwins();
  for (const entry of entries) {
    if (isElsewhere(entry, settings)) continue;
    const { modelId } = entry;
    const twin = twins.of(modelId, entry);
    if (twin === "same") {
      warnings.push(`${entry.path}: this model stands twice and is probed once`);
      continue;
    }
    if (twin === "other") {
      warnings.push(`${entry.path}: another model has the id ${modelId} too`);
    }
    const keyOf: KeyOf = (modelName, model, host) => {
      // What the operator named keeps its slot by that name; the rest by what does not change with a key.
      const stem = entry.isNamed ? `id ${modelId}` : `${modelName}|${model}|${host}`;
      const ordinal = ordinals.get(stem) ?? 0;
      ordinals.set(stem, ordinal + 1);
      return `${stem}|${ordinal}`;
    };
    for (const organization of organizationsOf(entry.params)) {
      deployments.push(resolveOne(entry, modelId, organization, keyOf, terms));
    }
  }
  return { deployments, warnings: [...warnings, ...noticesOf(deployments, settings)] };
}

/** Names a deployment by its model group, its model and its host; asked once for each. */
type KeyOf = (modelName: string, model: string, host: string) => string;

/** What holds for all entries. */
interface Terms {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly routes: Routes;
  readonly factsOf: FactsOf;
  readonly deadlinesOf: (info: Values) => Deadlines;
  readonly regionOfProfile: RegionOfProfile;
}

function resolveOne(
  entry: ModelEntry,
  modelId: string,
  organization: string | null,
  keyOf: KeyOf,
  terms: Terms,
): Deployment {
  const { settings, environment, routes } = terms;
  const { params, info, modelName } = entry;
  const model = textOf(params["model"]) ?? "";
  const healthModel = textOf(info["health_check_model"]);
  const custom = textOf(params["custom_llm_provider"]);
  const apiBase = apiBaseOf(params);
  const choice = askedProviderOf(model, healthModel, custom, apiBase);
  const provider = choice?.provider ?? "unknown";
  const asked = choice?.model ?? withoutProvider(model);
  const behind = textOf(info["base_model"]);
  const { mode, reason, row } = terms.factsOf(provider, asked, behind, textOf(info["mode"]));
  const shownMode = mode.kind === "probed" ? mode.mode : "chat";
  const unattended = unattendedReason(entry, settings);
  const intervalMs = unattended === null ? settings.intervalMs : 0;
  const deadlines = terms.deadlinesOf(info);
  const price = configuredPrice(params, info, shownMode);

  const without = (problem: string | null, skipped: string | null): Deployment => ({
    key: keyOf(modelName, model, "none"),
    modelId,
    modelName,
    model,
    provider,
    mode: shownMode,
    apiBase: apiBase === null ? null : safeUrl(apiBase),
    target: null,
    problem,
    skipped,
    intervalMs,
    deadlines,
    lanes: { provider, host: "none", key: "none" },
    price,
    plan: restingPlan,
  });
  // What is left out on purpose is not called unhealthy for what would be wrong with it.
  const stopped = (problem: string) => without(unattended === null ? problem : null, unattended);
  const skipped = (reason: string) => without(null, unattended ?? reason);

  const unasked = mockedReason(entry) ?? reason;
  if (unasked !== null) return skipped(unasked);
  const missing = missingVariable(entry);
  if (missing !== null) return stopped(missing);
  if (choice === null || row === null) {
    return stopped(
      "the provider is not known: write provider/model, set custom_llm_provider, or set api_base",
    );
  }
  if (mode.kind === "later") return skipped(mode.reason);
  if (mode.kind === "unknown") return stopped(mode.problem);
  if (asked.includes("*")) {
    return skipped("a wildcard needs a model to ask: set model_info.health_check_model");
  }
  const named = cloudModelOf(provider, asked, params);
  const told = optionsOf(
    row.options ?? {},
    merged<Value>(named.implied, params),
    info,
    environment,
    apiBase ?? firstSet(row.baseEnv, environment) ?? "",
    terms.regionOfProfile,
  );
  if (told.missing !== null)
    return stopped(`provider ${provider} needs to be told more: ${missingOption(told.missing)}`);
  if (told.misfit !== null) return stopped(`the ${told.misfit} is no name of one`);
  const options = merged(told.options, named.options);
  const endpoint = endpointOf(provider, row, params, environment, options);
  if (endpoint.kind === "problem") return stopped(endpoint.problem);
  const headers = headersOf(params);
  if (headers === null) return stopped("extra_headers is not a map of names and texts");
  if (organization !== null && !isHeaderValue(organization)) {
    return stopped("organization holds a character that no header can carry");
  }
  const { baseUrl } = endpoint;
  const given = { params, environment, options, baseUrl, apiKey: endpoint.apiKey };
  const entrance = entranceOf(
    row.login,
    { ...given, keyVariable: row.keyEnv[0] ?? null },
    routes,
    params["ssl_verify"],
  );
  if (typeof entrance === "string") return stopped(entrance);
  const { apiKey, scheme, login } = entrance;
  const planned = planOf(provider, row, mode.mode, behind ?? asked, info, settings);
  const plan = planned.kind === "planned" ? planned.plan : restingPlan;
  const target = targetOf({
    entry,
    settings,
    environment,
    provider,
    row,
    mode: mode.mode,
    model: named.model,
    baseUrl,
    apiKey,
    scheme,
    login,
    options,
    organization,
    headers,
    plan,
    routes,
  });
  if (typeof target === "string") return stopped(target);
  if (!familyModes[target.family].includes(target.mode)) {
    return skipped(`mode ${mode.mode} of provider ${provider} is not probed by this version`);
  }
  if (planned.kind === "skipped") return skipped(planned.reason);
  const host = addressOf(target.baseUrl)?.host ?? "none";
  return {
    key: keyOf(modelName, model, host),
    modelId,
    modelName,
    model,
    provider,
    mode: mode.mode,
    apiBase: shownAddress(baseUrl),
    target,
    problem: null,
    skipped: unattended,
    intervalMs,
    deadlines,
    lanes: { provider, host, key: login?.id.slice(0, 12) ?? fingerprintOf(apiKey) },
    price,
    plan,
  };
}

function shownAddress(url: string): string {
  return addressOf(url)?.shown ?? safeUrl(url);
}

function createDeadlines(settings: Settings): Terms["deadlinesOf"] {
  const known = new Remembered<Deadlines>();
  return (info) => {
    const own = numberOf(info["health_check_timeout"] ?? null);
    const totalMs = own === null ? settings.timeoutMs : Math.round(own * 1000);
    return known.of(String(totalMs), () => ({
      connectMs: Math.min(settings.connectTimeoutMs, totalMs),
      firstByteMs: Math.min(settings.firstByteTimeoutMs ?? totalMs, totalMs),
      totalMs,
    }));
  };
}

/** One deployment for each organization of a list, as LiteLLM makes them. */
function organizationsOf(params: Values): (string | null)[] {
  const organization = params["organization"];
  if (!Array.isArray(organization)) return [textOf(organization as Value | undefined)];
  const names = organization.map((one: Value) => textOf(one)).filter((one) => one !== null);
  return names.length === 0 ? [null] : names;
}

/** Tells keys apart without telling them. */
function fingerprintOf(apiKey: string | null): string {
  return apiKey === null ? "none" : Bun.SHA256.hash(apiKey, "hex").slice(0, 12);
}
