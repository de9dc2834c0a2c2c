// From a resolved deployment to the target of its probes: all that a family needs to build the request.

import type { ModelEntry, Value } from "../config/config.ts";
import type { Settings } from "../config/settings.ts";
import { addressOf } from "./address.ts";
import type { AuthScheme, Mode, ProbePlan, ProbeTarget } from "./deployment.ts";
import { firstSet, textOf } from "./endpoint.ts";
import { isReasoningRoute, maxTokensOf, tokenFieldOf } from "./limits.ts";
import type { Login } from "./login/login.ts";
import { merged } from "./merged.ts";
import { askedMode } from "./native-modes.ts";
import { type Place, placeOf } from "./place-of.ts";
import { withoutProvider } from "./provider-of.ts";
import { providers } from "./providers/all.ts";
import type { ProviderRow } from "./providers/row.ts";
import { demandedOf, droppedOf, extraBodyOf, noFields, withoutNames } from "./request-extras.ts";
import type { Routes } from "./routes.ts";
import { wireModelOf } from "./wire-model.ts";

type Values = Readonly<Record<string, Value>>;

const noTexts: Readonly<Record<string, string>> = {};
const azureVersionDefault = "2025-02-01-preview";

/** Families whose bodies take parameters by the names that a configuration has for them. */
const openaiBodies: ReadonlySet<string> = new Set(["openai", "azure", "azure_ai"]);

/** Without them there is no question. */
const essential: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "input",
  "inputs",
  "prompt",
  "query",
  "documents",
  "document",
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
  /** The scheme of the key, where it is not the row's. */
  readonly scheme: string | null;
  readonly login: Login | null;
  readonly options: Readonly<Record<string, string>>;
  readonly organization: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly plan: ProbePlan;
  readonly routes: Routes;
}

/** A text says what is wrong with the way there. */
export function targetOf(subject: Subject): ProbeTarget | string {
  const { entry, settings, environment, provider, row, mode } = subject;
  const { params, info } = entry;
  const told = textOf(params["api_version"]) ?? firstSet(row.versionEnv ?? [], environment) ?? null;
  const place = placeOf(subject, told);
  const address = addressOf(place.baseUrl);
  if (address === null) return "api_base is not an http or https URL";
  const { route, problem } = subject.routes.to(address, params["ssl_verify"]);
  if (problem !== null) return problem;
  const apiVersion = versionOf(place, mode, textOf(params["api_version"]), told);
  const baseModel = textOf(info["base_model"]);
  // What stands behind the name, as far as it is known.
  const behind = baseModel === null ? subject.model : withoutProvider(baseModel);
  // Where the plan is to ask both, the schedule makes the free one of it.
  const rung = subject.plan.rung === "metadata" ? "metadata" : "completion";
  const asked = askedMode(provider, place.family, mode);
  const isWildcard = textOf(params["model"])?.includes("*") ?? false;
  const tokenField = isReasoningRoute(subject.model)
    ? "max_completion_tokens"
    : tokenFieldOf(row, behind, apiVersion);
  const dropped = droppedOf(params).filter((name) => !essential.has(name));
  return {
    family: place.family,
    provider,
    mode: asked,
    rung,
    model: place.model ?? wireModelOf(provider, subject.model),
    baseModel: baseModel === null ? null : behind,
    baseUrl: place.baseUrl,
    apiKey: subject.apiKey,
    auth: authOf(subject, place),
    options: subject.options,
    login: subject.login,
    apiVersion,
    organization:
      subject.organization ??
      (row === providers["openai"] ? firstSet(["OPENAI_ORGANIZATION"], environment) : null),
    headers: merged(rowHeaders(subject), subject.headers),
    extraBody: merged(
      withoutNames(
        merged(
          rowFields(row, asked, behind),
          openaiBodies.has(place.family) ? demandedOf(params) : noFields,
        ),
        dropped,
      ),
      extraBodyOf(params, info),
    ),
    ...(dropped.length === 0 ? {} : { omitted: dropped }),
    stream: streamOf(info, mode, settings) && rung === "completion",
    maxTokens:
      generates(mode) && !dropped.includes(tokenField)
        ? maxTokensOf(info, behind, isWildcard, settings)
        : null,
    tokenField,
    reasoningEffort: textOf(info["health_check_reasoning_effort"]),
    prompt: settings.prompt,
    route,
  };
}

/** How the key is sent. A token of Entra's (a JWT) goes as Bearer wherever a key of Azure's has a header of its own. */
function authOf({ row, apiKey, scheme, entry }: Subject, place: Place): AuthScheme {
  const isToken = apiKey?.startsWith("eyJ") || apiKey === textOf(entry.params["azure_ad_token"]);
  if (row.login === "entra" && apiKey !== null && isToken) return "bearer";
  const named = scheme === null ? undefined : (`scheme:${scheme}` as const);
  return place.auth ?? named ?? row.auth ?? "bearer";
}

/**
 * Azure's: what the parameters say, what the address says, what the environment says, and for Azure OpenAI a default. A
 * realtime session without any is at the v1 API.
 */
function versionOf(
  { family, apiVersion }: Place,
  mode: Mode,
  param: string | null,
  told: string | null,
): string | null {
  const known = param ?? apiVersion ?? told;
  if (family === "azure") return known ?? (mode === "realtime" ? "v1" : azureVersionDefault);
  return family === "azure_ai" ? known : null;
}

/** Modes that answer with words, and take a limit of them. */
export function generates(mode: Mode): boolean {
  return mode === "chat" || mode === "completion" || mode === "responses";
}

/** What the operator says of the deployment, be it in our words or in those of the request, before what is said of all. */
function streamOf(info: Values, mode: Mode, settings: Settings): boolean {
  const named = info["health_check_stream"];
  const params = info["health_check_params"];
  const sent = typeof params === "object" && params !== null ? (params as Values)["stream"] : null;
  const own = [named, sent].find((one) => typeof one === "boolean");
  return generates(mode) && (own ?? settings.stream);
}

/** The fields that the provider's row asks for. */
function rowFields(row: ProviderRow, mode: Mode, model: string): Values {
  const named = mode === "chat" ? row.sendsByName?.find(([name]) => name.test(model))?.[1] : null;
  return merged(row.sends?.[mode] ?? noFields, named ?? noFields);
}

/** The headers that the provider's row asks for, as far as there is something to fill in. */
function rowHeaders({ row, options, apiKey }: Subject): Readonly<Record<string, string>> {
  if (row.sendsHeaders === undefined) return noTexts;
  const filled = Object.entries(row.sendsHeaders).map(
    ([name, source]) => [name, source === "key" ? apiKey : (options[source] ?? null)] as const,
  );
  return Object.fromEntries(
    filled.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
  );
}
