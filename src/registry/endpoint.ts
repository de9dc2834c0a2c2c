// Where a deployment is and with which key: litellm_params first, then the provider's environment variables, then its
// default address. Where a provider is logged in to, a key that is missing is the login's matter (see login-of.ts).

import type { Value } from "../config/config.ts";
import { addressOf } from "./address.ts";
import type { ProviderRow } from "./providers/row.ts";
import { isHeaderValue } from "./request-extras.ts";

type Params = Readonly<Record<string, Value>>;
type Environment = Readonly<Record<string, string>>;

export type Endpoint =
  | {
      readonly kind: "found";
      /** As configured, without trailing slashes; it may be a complete address of an operation. */
      readonly baseUrl: string;
      readonly apiKey: string | null;
    }
  | { readonly kind: "problem"; readonly problem: string };

export function textOf(value: Value | undefined): string | null {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : null;
}

export function apiBaseOf(params: Params): string | null {
  return textOf(params["api_base"]) ?? textOf(params["base_url"]);
}

/** The first of these variables that is set and not empty. */
export function firstSet(names: readonly string[], environment: Environment): string | null {
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}

/** Address and key of a deployment, or what is wrong with them (named, never shown). */
export function endpointOf(
  provider: string,
  row: ProviderRow,
  params: Params,
  environment: Environment,
  options: Readonly<Record<string, string>> = {},
): Endpoint {
  const base =
    apiBaseOf(params) ??
    firstParam(row.baseParams ?? [], params) ??
    firstSet(row.baseEnv, environment) ??
    filled(row.base, options);
  if (base === null) {
    const variable = row.baseEnv[0];
    const other = variable === undefined ? "" : ` or the environment variable ${variable}`;
    return problem(`provider ${provider} has no default address: set api_base${other}`);
  }
  const url = parse(base);
  if (url === null) return problem("api_base is not an http or https URL");
  const token = textOf(params["azure_ad_token"]);
  const own = textOf(params["api_key"]) ?? (token?.startsWith("oidc/") ? null : token);
  const byLogin = row.login !== undefined && namesLogin(params);
  const apiKey = own ?? (byLogin ? null : firstSet(row.keyEnv, environment));
  if (apiKey === null && row.needsKey && row.login === undefined && !hasAuthorization(params)) {
    return problem(`there is no key: set api_key or the environment variable ${row.keyEnv[0]}`);
  }
  if (apiKey !== null && !isHeaderValue(apiKey)) {
    return problem("api_key holds a character that no header can carry, such as a line break");
  }
  // A path belongs before the query.
  const mark = base.search(/[?#]/);
  const [bare, rest] = mark < 0 ? [base, ""] : [base.slice(0, mark), base.slice(mark)];
  return { kind: "found", baseUrl: `${withPath(bare, url, row)}${rest}`, apiKey };
}

function problem(text: string): Endpoint {
  return { kind: "problem", problem: text };
}

function firstParam(names: readonly string[], params: Params): string | null {
  return names.map((name) => textOf(params[name])).find((value) => value !== null) ?? null;
}

/** Parameters that choose a login although the environment has a key. */
function namesLogin(params: Params): boolean {
  const named = ["client_secret", "azure_username"].some((name) => textOf(params[name]) !== null);
  return named || (textOf(params["azure_ad_token"])?.startsWith("oidc/") ?? false);
}

/** The default address with its options in it; null when one of them is not set. */
function filled(base: string | null, options: Readonly<Record<string, string>>): string | null {
  if (base === null || !base.includes("{")) return base;
  const names = [...base.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  if (names.some((name) => options[name] === undefined)) return null;
  return cloudHost(base.replace(/\{(\w+)\}/g, (_, name: string) => options[name] ?? ""));
}

/** Regions whose hosts follow another rule than the rest: AWS in China, and Google's places that are no region. */
function cloudHost(base: string): string {
  return base
    .replace(/(\.cn-[a-z0-9-]+\.amazonaws\.com)$/, "$1.cn")
    .replace("//global-aiplatform.", "//aiplatform.")
    .replace(/\/\/(us|eu)-aiplatform\.googleapis\.com/, "//aiplatform.$1.rep.googleapis.com");
}

/** An address of the operator's own with the provider's path behind it, as far as it is not there. */
function withPath(base: string, url: URL, row: ProviderRow): string {
  const bare = base.endsWith("/") ? base.replace(/\/+$/, "") : base;
  const { basePath, basePathUnless } = row;
  if (base === row.base || basePath === undefined) return bare;
  if (basePathUnless !== undefined && url.pathname.includes(basePathUnless)) return bare;
  const home = row.base === null ? null : new URL(row.base);
  const path = url.host === home?.host ? home.pathname : basePath;
  if (`${url.pathname}/`.includes(`${path}/`)) return bare;
  const version = /\/v\d+$/;
  if (version.test(path) && version.test(bare)) return bare;
  // Of `/api/v2/x` behind an address that ends with `/api/v2` only `/x` is missing.
  const parts = path.split("/").slice(1);
  for (let count = parts.length - 1; count > 0; count -= 1) {
    const begun = `/${parts.slice(0, count).join("/")}`;
    if (bare.endsWith(begun)) return `${bare}${path.slice(begun.length)}`;
  }
  return bare + path;
}

function parse(base: string): URL | null {
  const address = addressOf(base);
  if (address === null || address.url.hostname === "") return null;
  return address.protocol === "https:" || address.protocol === "http:" ? address.url : null;
}

/** The operator brings a login of his own. */
export function hasAuthorization(params: Params): boolean {
  return ["extra_headers", "headers"].some((key) => {
    const headers = params[key];
    return (
      typeof headers === "object" &&
      headers !== null &&
      Object.keys(headers).some((name) => /^(?:authorization|(?:x-)?api-key)$/i.test(name))
    );
  });
}
