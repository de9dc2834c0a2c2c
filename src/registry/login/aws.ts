// AWS: which credentials sign a request, in the order of LiteLLM and of AWS's own tools: keys, role, web identity and profile of the
// deployment, then those of the environment, then what the container or the instance has.

import { firstSet, textOf } from "../endpoint.ts";
import { awsFile } from "./aws-files.ts";
import { type Given, given, oidcReference } from "./given.ts";
import type { AwsFiles, AwsSource, LoginChoice, StsRole, TokenReference } from "./login.ts";

/** Variables that hold, or lead to, credentials. */
export const awsLoginVariables = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_PROFILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_CONFIG_FILE",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
] as const;

const instanceDefault = "http://169.254.169.254";
const containerDefault = "http://169.254.170.2";

/** AWS in China has a domain of its own. */
export function awsDomain(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}

export function awsLogin(all: Given, service: string): LoginChoice {
  if (all.apiKey !== null) return { kind: "key", apiKey: all.apiKey, scheme: null };
  const region = all.options["region"] ?? "us-west-2";
  const found = sourceOf(all, region);
  if (typeof found === "string") return { kind: "problem", problem: found };
  return {
    kind: "login",
    use: { kind: "sigv4", service, region },
    source: found,
    via: viaOf(found),
  };
}

/** The source, or what is wrong. */
function sourceOf(all: Given, region: string): AwsSource | string {
  const { params, environment } = all;
  const role = textOf(params["aws_role_name"]);
  const web = textOf(params["aws_web_identity_token"]);
  const keys = keysOf(
    textOf(params["aws_access_key_id"]),
    textOf(params["aws_secret_access_key"]),
    textOf(params["aws_session_token"]),
  );
  if (keys === null && textOf(params["aws_access_key_id"]) !== null) {
    return "aws_access_key_id stands without aws_secret_access_key";
  }
  if (web !== null) {
    if (role === null) return "aws_web_identity_token needs aws_role_name, the role to take";
    const token = webToken(web, all);
    return token === null
      ? "aws_web_identity_token names a token that cannot be found here"
      : { kind: "aws_web_identity", sts: stsOf(all, role, region), token };
  }
  const profile = textOf(params["aws_profile_name"]);
  const own: AwsSource | null =
    keys ??
    (profile === null ? null : { kind: "aws_profile", profile, files: filesOf(all, region) });
  const base = own ?? sourceOfEnvironment(all, region);
  if (typeof base === "string" || role === null) return base;
  const environmentRole = firstSet(["AWS_ROLE_ARN"], environment);
  // Web identity has the role already: taking it twice is refused by most trust policies.
  if (base.kind === "aws_web_identity" && environmentRole === role) return base;
  return { kind: "aws_role", sts: stsOf(all, role, region), base };
}

function sourceOfEnvironment(all: Given, region: string): AwsSource | string {
  const { environment } = all;
  const set = (name: string) => firstSet([name], environment);
  const keys = keysOf(
    set("AWS_ACCESS_KEY_ID"),
    set("AWS_SECRET_ACCESS_KEY"),
    set("AWS_SESSION_TOKEN"),
  );
  if (keys !== null) return keys;
  const role = set("AWS_ROLE_ARN");
  const tokenFile = set("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (role !== null && tokenFile !== null) {
    const token = { from: "file", value: tokenFile } as const;
    return { kind: "aws_web_identity", sts: stsOf(all, role, region), token };
  }
  const profile = set("AWS_PROFILE");
  if (profile !== null) return { kind: "aws_profile", profile, files: filesOf(all, region) };
  const relative = set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const url =
    relative === null
      ? set("AWS_CONTAINER_CREDENTIALS_FULL_URI")
      : `${containerDefault}${relative}`;
  if (url !== null) {
    if (!URL.canParse(url)) return "AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL";
    return { kind: "aws_container", url, authorization: containerToken(all) };
  }
  const disabled = set("AWS_EC2_METADATA_DISABLED")?.toLowerCase() === "true";
  return {
    kind: "aws_ambient",
    files: filesOf(all, region),
    instanceUrl: disabled ? null : (set("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? instanceDefault),
  };
}

function keysOf(
  accessKeyId: string | null,
  secretAccessKey: string | null,
  sessionToken: string | null,
): AwsSource | null {
  if (accessKeyId === null || secretAccessKey === null) return null;
  return { kind: "aws_keys", accessKeyId, secretAccessKey, sessionToken };
}

function stsUrl(all: Given, region: string): string {
  const url = given(all, ["aws_sts_endpoint"], ["AWS_STS_ENDPOINT", "AWS_ENDPOINT_URL_STS"]);
  return url ?? `https://sts.${region}.${awsDomain(region)}`;
}

function stsOf(all: Given, roleArn: string, region: string): StsRole {
  return {
    url: stsUrl(all, region),
    region,
    roleArn,
    sessionName:
      given(all, ["aws_session_name"], ["AWS_SESSION_NAME", "AWS_ROLE_SESSION_NAME"]) ??
      "fleetpulse",
    externalId: given(all, ["aws_external_id"], ["AWS_EXTERNAL_ID"]),
  };
}

/** A reference, a token itself, a file, or a variable. */
function webToken(text: string, all: Given): TokenReference | null {
  if (text.startsWith("oidc/")) return oidcReference(text, all);
  if (text.startsWith("eyJ")) return { from: "text", value: text };
  const variable = firstSet([text], all.environment);
  if (variable !== null) return { from: "text", value: variable };
  return { from: "file", value: text };
}

function containerToken({ environment }: Given): TokenReference | null {
  const file = firstSet(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], environment);
  if (file !== null) return { from: "file", value: file };
  const text = firstSet(["AWS_CONTAINER_AUTHORIZATION_TOKEN"], environment);
  return text === null ? null : { from: "text", value: text };
}

function filesOf(all: Given, region: string): AwsFiles {
  return {
    credentials: awsFile(all.environment, "AWS_SHARED_CREDENTIALS_FILE"),
    config: awsFile(all.environment, "AWS_CONFIG_FILE"),
    sts: { url: stsUrl(all, region), region },
  };
}

/** Hosts of the machine itself are never asked through a proxy. */
function viaOf(source: AwsSource): string | null {
  if (source.kind === "aws_role" || source.kind === "aws_web_identity") return source.sts.url;
  return source.kind === "aws_profile" ? source.files.sts.url : null;
}
