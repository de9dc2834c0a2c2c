// A form that is posted for a token (RFC 6749, 7523): Azure Entra, IBM and Databricks; and the managed identities of Azure, which
// answer a GET with the same.
// (learn.microsoft.com/entra/identity-platform, cloud.ibm.com/apidocs/iam-identity-token-api, docs.databricks.com/dev-tools/auth)

import type { AzureIdentitySource, OauthSource } from "../registry/login/login.ts";
import type { Route } from "../registry/route.ts";
import type { HttpResponse } from "../transport/transport.ts";
import { LoginError } from "./credential.ts";
import {
  askHost,
  askMachine,
  type Errands,
  form,
  formType,
  isSuccess,
  jsonOf,
  lifetimeMsOf,
  refused,
} from "./errand.ts";
import type { Fetched } from "./fetched.ts";
import { readToken } from "./token-reference.ts";

export async function oauthToken(
  errands: Errands,
  source: OauthSource,
  route: Route,
): Promise<Fetched> {
  const { name, url, basic, assertion } = source;
  const fields = { ...source.form };
  if (assertion !== null) fields["client_assertion"] = await readToken(errands, assertion, name);
  const headers: Record<string, string> = { accept: "application/json", "content-type": formType };
  if (basic !== null) {
    headers["authorization"] = `Basic ${btoaUtf8(`${basic.user}:${basic.password}`)}`;
  }
  const response = await askHost(
    errands,
    { method: "POST", url, headers, body: form(fields) },
    route,
    name,
  );
  return tokenOf(response, name, errands.clock.wallMs());
}

export async function azureIdentityToken(
  errands: Errands,
  { url, headers }: AzureIdentitySource,
): Promise<Fetched> {
  const name = "Azure managed identity";
  const response = await askMachine(errands, { method: "GET", url, headers, body: null }, name);
  return tokenOf(response, name, errands.clock.wallMs());
}

/** `access_token` and `expires_in`, which all of them answer with. */
export function tokenOf(response: HttpResponse, name: string, wallMs: number): Fetched {
  if (!isSuccess(response)) throw refused(response, name, wallMs);
  const { access_token: token, expires_in: seconds } = jsonOf(response);
  if (typeof token !== "string" || token === "") {
    throw new LoginError("protocol", `${name} login: HTTP ${response.status} without a token`);
  }
  return { credential: { kind: "token", token }, lifetimeMs: lifetimeMsOf(seconds), options: {} };
}

function btoaUtf8(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
