// Logins that post one form for a token: Azure Entra, IBM and Databricks.

import { firstSet, textOf } from "../endpoint.ts";
import { type Given, given, oidcReference } from "./given.ts";
import type { LoginChoice, OauthSource, TokenReference } from "./login.ts";

/** Variables that hold, or lead to, credentials. */
export const oauthLoginVariables = [
  "AZURE_CLIENT_SECRET",
  "AZURE_USERNAME",
  "AZURE_PASSWORD",
  "AZURE_FEDERATED_TOKEN_FILE",
  "IDENTITY_ENDPOINT",
  "IDENTITY_HEADER",
  "AZURE_CREDENTIAL",
  "WATSONX_TOKEN",
  "WATSONX_ZENAPIKEY",
  "DATABRICKS_CLIENT_ID",
  "DATABRICKS_CLIENT_SECRET",
] as const;

const bearer = { kind: "bearer" } as const;
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const azureMachine = "http://169.254.169.254";

export function entraLogin(all: Given): LoginChoice {
  if (all.apiKey !== null) return { kind: "key", apiKey: all.apiKey, scheme: null };
  const tenant = given(all, ["tenant_id"], ["AZURE_TENANT_ID"]);
  const clientId = given(all, ["client_id"], ["AZURE_CLIENT_ID"]);
  const secret = given(all, ["client_secret"], ["AZURE_CLIENT_SECRET"]);
  const user = given(all, ["azure_username"], ["AZURE_USERNAME"]);
  const password = given(all, ["azure_password"], ["AZURE_PASSWORD"]);
  const scope = given(all, ["azure_scope"], ["AZURE_SCOPE"]) ?? scopeOf(all);
  const reference = textOf(all.params["azure_ad_token"]);
  const federatedFile = firstSet(["AZURE_FEDERATED_TOKEN_FILE"], all.environment);
  const post = (form: Record<string, string>, assertion: TokenReference | null): LoginChoice => {
    if (tenant === null) return problem("an Entra login needs tenant_id or AZURE_TENANT_ID");
    if (clientId === null) return problem("an Entra login needs client_id or AZURE_CLIENT_ID");
    const url = `${authorityOf(all)}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
    if (!URL.canParse(url)) return problem("AZURE_AUTHORITY_HOST is not a URL");
    const whole = { client_id: clientId, scope, ...form };
    return login({ kind: "oauth", name: "Entra", url, form: whole, basic: null, assertion });
  };
  const federated = (token: TokenReference) =>
    post({ grant_type: "client_credentials", client_assertion_type: assertionType }, token);

  if (reference?.startsWith("oidc/")) {
    const token = oidcReference(reference, all);
    return token === null
      ? problem("azure_ad_token names an identity that cannot be had here")
      : federated(token);
  }
  if (secret !== null && user === null) {
    return post({ grant_type: "client_credentials", client_secret: secret }, null);
  }
  if (user !== null && password !== null) {
    const form = { grant_type: "password", username: user, password };
    return post(secret === null ? form : { ...form, client_secret: secret }, null);
  }
  if (federatedFile !== null) return federated({ from: "file", value: federatedFile });
  return (
    identityOf(all, scope, clientId) ?? noKey(all, ", or tenant_id, client_id and client_secret")
  );
}

/** A managed identity, where the machine says that it has one. */
function identityOf(all: Given, scope: string, clientId: string | null): LoginChoice | null {
  const { environment } = all;
  const resource = scope.replace(/\.default$/, "");
  const own: Record<string, string> = clientId === null ? {} : { client_id: clientId };
  const endpoint = firstSet(["IDENTITY_ENDPOINT"], environment);
  const header = firstSet(["IDENTITY_HEADER"], environment);
  if (endpoint !== null && header !== null) {
    if (!URL.canParse(endpoint)) return problem("IDENTITY_ENDPOINT is not a URL");
    const query = new URLSearchParams({ "api-version": "2019-08-01", resource, ...own });
    return identity(`${endpoint}?${query}`, { "x-identity-header": header });
  }
  const wanted = firstSet(["AZURE_CREDENTIAL"], environment) === "ManagedIdentityCredential";
  if (!wanted) return null;
  const machine = firstSet(["AZURE_POD_IDENTITY_AUTHORITY_HOST"], environment) ?? azureMachine;
  const query = new URLSearchParams({ "api-version": "2018-02-01", resource, ...own });
  return identity(`${withScheme(machine, "http")}/metadata/identity/oauth2/token?${query}`, {
    metadata: "true",
  });
}

function identity(url: string, headers: Record<string, string>): LoginChoice {
  return {
    kind: "login",
    use: bearer,
    source: { kind: "azure_identity", url, headers },
    via: null,
  };
}

/** The v1 API and Foundry have a scope of their own; dated versions keep the one of Cognitive Services. */
function scopeOf({ baseUrl, params, environment }: Given): string {
  const version =
    textOf(params["api_version"]) ?? firstSet(["AZURE_API_VERSION"], environment) ?? "";
  const undated = ["v1", "preview", "latest"].includes(version);
  const foundry = /\.services\.ai\.azure\./i.test(baseUrl) || baseUrl.includes("/openai/v1");
  return undated || foundry
    ? "https://ai.azure.com/.default"
    : "https://cognitiveservices.azure.com/.default";
}

function authorityOf({ environment }: Given): string {
  const host = firstSet(["AZURE_AUTHORITY_HOST"], environment) ?? "login.microsoftonline.com";
  return withScheme(host, "https");
}

function withScheme(host: string, scheme: string): string {
  return (/^https?:\/\//i.test(host) ? host : `${scheme}://${host}`).replace(/\/+$/, "");
}

/** IBM's cloud exchanges a key; on premises a key goes with its own scheme, and a token as it is. */
export function ibmLogin(all: Given): LoginChoice {
  const token = given(all, ["token", "watsonx_token"], ["WATSONX_TOKEN"]);
  const zen = given(all, ["zen_api_key", "watsonx_zenapikey"], ["WATSONX_ZENAPIKEY"]);
  const ownKey = textOf(all.params["api_key"]);
  if (ownKey === null && token !== null) return { kind: "key", apiKey: token, scheme: null };
  if (ownKey === null && zen !== null) return { kind: "key", apiKey: zen, scheme: "ZenApiKey" };
  if (all.apiKey === null) return noKey(all, "");
  const url =
    firstSet(["WATSONX_IAM_URL"], all.environment) ?? "https://iam.cloud.ibm.com/identity/token";
  if (!URL.canParse(url)) return problem("WATSONX_IAM_URL is not a URL");
  const form = { grant_type: "urn:ibm:params:oauth:grant-type:apikey", apikey: all.apiKey };
  return login({ kind: "oauth", name: "IBM IAM", url, form, basic: null, assertion: null });
}

export function databricksLogin(all: Given): LoginChoice {
  if (all.apiKey !== null) return { kind: "key", apiKey: all.apiKey, scheme: null };
  const user = given(all, ["client_id"], ["DATABRICKS_CLIENT_ID"]);
  const password = given(all, ["client_secret"], ["DATABRICKS_CLIENT_SECRET"]);
  if (user === null || password === null) {
    return noKey(all, ", or client_id and client_secret");
  }
  const form = { grant_type: "client_credentials", scope: "all-apis" };
  const url = `${new URL(all.baseUrl).origin}/oidc/v1/token`;
  const basic = { user, password };
  return login({ kind: "oauth", name: "Databricks", url, form, basic, assertion: null });
}

function login(source: OauthSource): LoginChoice {
  return { kind: "login", use: bearer, source, via: source.url };
}

function noKey({ keyVariable }: Given, more: string): LoginChoice {
  return problem(`there is no key: set api_key or the environment variable ${keyVariable}${more}`);
}

function problem(text: string): LoginChoice {
  return { kind: "problem", problem: text };
}
