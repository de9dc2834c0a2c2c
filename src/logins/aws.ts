// AWS credentials: a profile, a role taken by STS, a web identity, a container's or an instance's own.
// (docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html, docs.aws.amazon.com/STS/latest/APIReference)

import type { AwsSource, StsRole } from "../registry/login/login.ts";
import type { Route } from "../registry/route.ts";
import type { HttpRequest, HttpResponse } from "../transport/transport.ts";
import { profileSource } from "./aws-profile.ts";
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
  tagOf,
} from "./errand.ts";
import type { Fetched } from "./fetched.ts";
import { signed } from "./sigv4.ts";
import { readToken } from "./token-reference.ts";

type AwsCredential = Extract<Fetched["credential"], { kind: "aws" }>;

const sts = "AWS STS";
const instanceTokenSeconds = "21600";

export async function awsKeys(
  errands: Errands,
  source: AwsSource,
  route: Route,
): Promise<Fetched & { readonly credential: AwsCredential }> {
  switch (source.kind) {
    case "aws_keys": {
      const { accessKeyId, secretAccessKey, sessionToken } = source;
      return lasting({ kind: "aws", accessKeyId, secretAccessKey, sessionToken });
    }
    case "aws_profile": {
      const found = await profileSource(source.files, source.profile);
      if (found !== null) return awsKeys(errands, found, route);
      const where = `the profile ${source.profile} has no keys in ${source.files.credentials}`;
      throw new LoginError("config", `AWS login: ${where}`);
    }
    case "aws_role": {
      const base = await awsKeys(errands, source.base, route);
      return assumeRole(errands, source.sts, base.credential, route);
    }
    case "aws_web_identity": {
      const token = await readToken(errands, source.token, sts);
      return assumeByWebIdentity(errands, source.sts, token, route);
    }
    case "aws_container":
      return containerKeys(errands, source);
    case "aws_ambient": {
      const found = await profileSource(source.files, "default");
      if (found !== null) return awsKeys(errands, found, route);
      return instanceKeys(errands, source.instanceUrl);
    }
  }
}

/** Keys of a file may be exchanged for others at any time: looked at again after some minutes. */
function lasting(credential: AwsCredential): Fetched & { readonly credential: AwsCredential } {
  return { credential, lifetimeMs: 900_000, options: {} };
}

/** A role's name tells which login it is; the rest of the form is nobody's business. */
function roleName({ roleArn }: StsRole): string {
  return `${sts} (${roleArn})`;
}

async function assumeRole(errands: Errands, role: StsRole, base: AwsCredential, route: Route) {
  const { url, region, roleArn, sessionName, externalId } = role;
  const body = form({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    ...(externalId === null ? {} : { ExternalId: externalId }),
  });
  const request = await signed(post(url, body), base, "sts", region, errands.clock.wallMs());
  const response = await askHost(errands, request, route, roleName(role));
  return stsKeys(response, role, errands.clock.wallMs());
}

async function assumeByWebIdentity(errands: Errands, role: StsRole, token: string, route: Route) {
  const body = form({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName,
    WebIdentityToken: token,
  });
  const response = await askHost(errands, post(role.url, body), route, roleName(role));
  return stsKeys(response, role, errands.clock.wallMs());
}

function post(url: string, body: string): HttpRequest {
  return {
    method: "POST",
    url: url.endsWith("/") ? url : `${url}/`,
    headers: { accept: "application/xml", "content-type": formType },
    body,
  };
}

function stsKeys(response: HttpResponse, role: StsRole, wallMs: number) {
  const name = roleName(role);
  if (!isSuccess(response)) throw refused(response, name, wallMs);
  const tag = (one: string) => tagOf(response.body, one);
  return keysOf(
    tag("AccessKeyId"),
    tag("SecretAccessKey"),
    tag("SessionToken"),
    lifetimeMsUntil(tag("Expiration"), response, wallMs),
    name,
  );
}

async function containerKeys(
  errands: Errands,
  { url, authorization }: Extract<AwsSource, { kind: "aws_container" }>,
) {
  const name = "AWS container";
  const headers: Record<string, string> = { accept: "application/json" };
  if (authorization !== null) {
    headers["authorization"] = await readToken(errands, authorization, name);
  }
  const response = await askMachine(errands, { method: "GET", url, headers, body: null }, name);
  return machineKeys(response, name, errands.clock.wallMs());
}

/** IMDSv2: a token first, then the role's name, then its keys. */
async function instanceKeys(errands: Errands, url: string | null) {
  const name = "AWS instance";
  if (url === null) throw noCredentials();
  const base = `${url.replace(/\/+$/, "")}/latest`;
  const put = {
    method: "PUT",
    url: `${base}/api/token`,
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": instanceTokenSeconds },
    body: "",
  } as const;
  const token = await askMachine(errands, put, name).catch(() => null);
  if (token === null || !isSuccess(token)) throw noCredentials();
  const headers = { "x-aws-ec2-metadata-token": token.body.trim() };
  const roles = `${base}/meta-data/iam/security-credentials/`;
  const get = (where: string) =>
    askMachine(errands, { method: "GET", url: where, headers, body: null }, name);
  const listed = await get(roles);
  const role = isSuccess(listed) ? (listed.body.split("\n")[0]?.trim() ?? "") : "";
  if (role === "") throw noCredentials();
  return machineKeys(await get(roles + encodeURIComponent(role)), name, errands.clock.wallMs());
}

function noCredentials(): LoginError {
  return new LoginError(
    "config",
    "AWS login: there are no credentials: no keys, profile or role are configured and the machine has none",
  );
}

function machineKeys(response: HttpResponse, name: string, wallMs: number) {
  if (!isSuccess(response)) throw refused(response, name, wallMs);
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = jsonOf(response);
  return keysOf(
    AccessKeyId,
    SecretAccessKey,
    Token,
    lifetimeMsUntil(Expiration, response, wallMs),
    name,
  );
}

function keysOf(
  accessKeyId: unknown,
  secretAccessKey: unknown,
  sessionToken: unknown,
  lifetimeMs: number,
  name: string,
): Fetched & { readonly credential: AwsCredential } {
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") {
    throw new LoginError("protocol", `${name} login: an answer without keys`);
  }
  const session = typeof sessionToken === "string" ? sessionToken : null;
  return {
    credential: { kind: "aws", accessKeyId, secretAccessKey, sessionToken: session },
    lifetimeMs,
    options: {},
  };
}
