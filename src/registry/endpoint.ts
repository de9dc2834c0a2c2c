// Where a deployment is and with which key: litellm_params first, then the provider's environment variables, then its
// default address.

import type { Value } from "../config/config.ts";
import type { ProviderRow } from "./providers.ts";

type Params = Readonly<Record<string, Value>>;
type Environment = Readonly<Record<string, string>>;

export type Endpoint =
  | {
      readonly ok: true;
      readonly baseUrl: string;
      readonly host: string;
      readonly apiKey: string | null;
    }
  | { readonly ok: false; readonly problem: string };

export function textOf(value: Value | undefined): string | null {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : null;
}

export function apiBaseOf(params: Params): string | null {
  return textOf(params["api_base"]) ?? textOf(params["base_url"]);
}

export function endpointOf(
  provider: string,
  row: ProviderRow,
  params: Params,
  environment: Environment,
): Endpoint {
  const base = apiBaseOf(params) ?? firstSet(row.baseEnv, environment) ?? row.base;
  if (base === null) {
    const variable = row.baseEnv[0];
    const other = variable === undefined ? "" : ` or the environment variable ${variable}`;
    return {
      ok: false,
      problem: `provider ${provider} has no default address: set api_base${other}`,
    };
  }
  const url = parse(base);
  if (url === null) return { ok: false, problem: "api_base is not an http or https URL" };
  const apiKey =
    textOf(params["api_key"]) ??
    textOf(params["azure_ad_token"]) ??
    firstSet(row.keyEnv, environment);
  if (apiKey === null && row.needsKey && !hasAuthorization(params)) {
    return {
      ok: false,
      problem: `there is no key: set api_key or the environment variable ${row.keyEnv[0]}`,
    };
  }
  let baseUrl = base.replace(/\/+$/, "");
  if (row.basePath !== undefined && !url.pathname.includes(row.basePath)) baseUrl += row.basePath;
  return { ok: true, baseUrl, host: url.host, apiKey };
}

function firstSet(names: readonly string[], environment: Environment): string | null {
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}

function parse(base: string): URL | null {
  try {
    const url = new URL(base);
    return ["http:", "https:"].includes(url.protocol) && url.hostname !== "" ? url : null;
  } catch {
    return null;
  }
}

function hasAuthorization(params: Params): boolean {
  return ["extra_headers", "headers"].some((key) => {
    const headers = params[key];
    return (
      typeof headers === "object" &&
      headers !== null &&
      Object.keys(headers).some((name) => /^(?:authorization|api-key|x-api-key)$/i.test(name))
    );
  });
}
