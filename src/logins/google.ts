// Google's credentials: a service account, a login of a person, another identity that is exchanged, a service account that is
// impersonated, or the machine's own. (cloud.google.com/docs/authentication, google.aip.dev/auth)

import { existsSync } from "node:fs";
import { importPKCS8, SignJWT } from "jose";
import type { GoogleSource } from "../registry/login/login.ts";
import type { Route } from "../registry/route.ts";
import { LoginError } from "./credential.ts";
import {
  askHost,
  askMachine,
  type Errands,
  form,
  formType,
  isSuccess,
  jsonOf,
  lifetimeMsUntil,
  refused,
} from "./errand.ts";
import type { Fetched } from "./fetched.ts";
import { googleSubject } from "./google-subject.ts";
import { tokenOf } from "./oauth.ts";
import { readText } from "./token-reference.ts";

type Fields = Readonly<Record<string, unknown>>;

const name = "Google";
const tokenUrl = "https://oauth2.googleapis.com/token";
const exchangeUrl = "https://sts.googleapis.com/v1/token";
const flavor = { "metadata-flavor": "Google" };
const lifetimeSeconds = 3600;

export async function googleToken(
  errands: Errands,
  source: GoogleSource,
  route: Route,
): Promise<Fetched> {
  const file = await fieldsOf(source);
  const fetched =
    file === null
      ? await machineToken(errands, source)
      : await tokenOfFile(errands, file, source.scope, route);
  if (!source.wantsProject) return fetched;
  const project = file === null ? await machineProject(errands, source) : projectOf(file);
  if (project === null) {
    throw new LoginError("config", "the credentials name no project: set vertex_project");
  }
  return { ...fetched, options: { project } };
}

/** Null where the machine has to be asked. */
async function fieldsOf({ credentials, gcloudFile }: GoogleSource): Promise<Fields | null> {
  if (credentials?.from === "text") return parsed(credentials.value, "vertex_credentials");
  const path = credentials?.value ?? (existsSync(gcloudFile) ? gcloudFile : null);
  return path === null ? null : parsed(await readText(path, name), `the file ${path}`);
}

function parsed(text: string, what: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Fields;
  } catch {
    // What it says instead may be a secret.
  }
  throw new LoginError("config", `Google login: ${what} holds no JSON object`);
}

async function tokenOfFile(
  errands: Errands,
  file: Fields,
  scope: string,
  route: Route,
): Promise<Fetched> {
  switch (file["type"]) {
    case "service_account":
      return serviceAccountToken(errands, file, scope, route);
    case "authorized_user":
      return postForm(errands, urlIn(file, "token_uri", tokenUrl), route, {
        grant_type: "refresh_token",
        client_id: textIn(file, "client_id"),
        client_secret: textIn(file, "client_secret"),
        refresh_token: textIn(file, "refresh_token"),
      });
    case "external_account": {
      const subject = await googleSubject(errands, file);
      const exchanged = await postForm(errands, urlIn(file, "token_url", exchangeUrl), route, {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        audience: textIn(file, "audience"),
        scope,
        requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
        subject_token_type: textIn(file, "subject_token_type"),
        subject_token: subject,
      });
      return impersonated(errands, file, exchanged, scope, route);
    }
    case "impersonated_service_account": {
      const inner = file["source_credentials"];
      if (typeof inner !== "object" || inner === null) throw lacks("source_credentials");
      const { type } = inner as Fields;
      if (type === "impersonated_service_account") throw lacks("source_credentials of its own");
      const first = await tokenOfFile(errands, inner as Fields, scope, route);
      return impersonated(errands, file, first, scope, route);
    }
    default:
      throw new LoginError("config", "Google login: the credentials are of no type that is known");
  }
}

async function serviceAccountToken(errands: Errands, file: Fields, scope: string, route: Route) {
  const audience = urlIn(file, "token_uri", tokenUrl);
  const email = textIn(file, "client_email");
  const keyId = file["private_key_id"];
  const nowSeconds = Math.floor(errands.clock.wallMs() / 1000);
  let assertion: string;
  try {
    const key = await importPKCS8(textIn(file, "private_key"), "RS256");
    assertion = await new SignJWT({ scope })
      .setProtectedHeader({
        alg: "RS256",
        typ: "JWT",
        ...(typeof keyId === "string" ? { kid: keyId } : {}),
      })
      .setIssuer(email)
      .setAudience(audience)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + lifetimeSeconds)
      .sign(key);
  } catch (error) {
    if (error instanceof LoginError) throw error;
    throw new LoginError("config", `Google login (${email}): private_key is no PKCS#8 key`);
  }
  const fields = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
  return postForm(errands, audience, route, fields, `${name} (${email})`);
}

async function postForm(
  errands: Errands,
  url: string,
  route: Route,
  fields: Record<string, string>,
  who = name,
): Promise<Fetched> {
  const headers = { accept: "application/json", "content-type": formType };
  const request = { method: "POST", url, headers, body: form(fields) } as const;
  return tokenOf(await askHost(errands, request, route, who), who, errands.clock.wallMs());
}

/** As the service account that the file names; as oneself where it names none. */
async function impersonated(
  errands: Errands,
  file: Fields,
  own: Fetched,
  scope: string,
  route: Route,
): Promise<Fetched> {
  if (typeof file["service_account_impersonation_url"] !== "string") return own;
  const url = urlIn(file, "service_account_impersonation_url", "");
  const token = own.credential.kind === "token" ? own.credential.token : "";
  const response = await askHost(
    errands,
    {
      method: "POST",
      url,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ scope: [scope], delegates: file["delegates"] ?? [] }),
    },
    route,
    name,
  );
  const wallMs = errands.clock.wallMs();
  if (!isSuccess(response)) throw refused(response, name, wallMs);
  const { accessToken, expireTime } = jsonOf(response);
  if (typeof accessToken !== "string") {
    throw new LoginError("protocol", "Google login: an impersonation without a token");
  }
  return {
    credential: { kind: "token", token: accessToken },
    lifetimeMs: lifetimeMsUntil(expireTime, response, wallMs),
    options: {},
  };
}

async function machineToken(errands: Errands, { metadataUrl }: GoogleSource): Promise<Fetched> {
  const url = `${metadataUrl}/computeMetadata/v1/instance/service-accounts/default/token`;
  const request = { method: "GET", url, headers: flavor, body: null } as const;
  const response = await askMachine(errands, request, name).catch((error: unknown) => {
    if (!(error instanceof LoginError)) throw error;
    const what = "there are no credentials: set vertex_credentials or";
    throw new LoginError("config", `Google login: ${what} GOOGLE_APPLICATION_CREDENTIALS`);
  });
  return tokenOf(response, name, errands.clock.wallMs());
}

async function machineProject(errands: Errands, { metadataUrl }: GoogleSource) {
  const url = `${metadataUrl}/computeMetadata/v1/project/project-id`;
  const request = { method: "GET", url, headers: flavor, body: null } as const;
  const response = await askMachine(errands, request, name);
  return isSuccess(response) && response.body.trim() !== "" ? response.body.trim() : null;
}

function projectOf(file: Fields): string | null {
  const found = [file["project_id"], file["quota_project_id"]].find(
    (value) => typeof value === "string" && value !== "",
  );
  return typeof found === "string" ? found : null;
}

export function textIn(file: Fields, field: string): string {
  const value = file[field];
  if (typeof value === "string" && value !== "") return value;
  throw lacks(field);
}

function urlIn(file: Fields, field: string, otherwise: string): string {
  const url = typeof file[field] === "string" ? file[field] : otherwise;
  if (URL.canParse(url) && /^https?:/i.test(url)) return url;
  throw new LoginError("config", `Google login: ${field} of the credentials is not a URL`);
}

function lacks(field: string): LoginError {
  return new LoginError("config", `Google login: the credentials lack ${field}`);
}
