// What a profile of AWS's files logs in with: it has keys, or takes a role with those of another profile or with a web identity.

import { readFile } from "node:fs/promises";
import { sectionOf } from "../registry/login/aws-files.ts";
import type { AwsFiles, AwsSource } from "../registry/login/login.ts";
import { LoginError } from "./credential.ts";

type Section = ReadonlyMap<string, string>;

/** Profiles that take roles one after the other; more are a ring. */
const chainMax = 5;
/** Logins that need a person or another program. */
const foreign = ["sso_session", "sso_start_url", "credential_process"];

/** What a profile logs in with; null where it is not there. */
export async function profileSource(files: AwsFiles, profile: string): Promise<AwsSource | null> {
  const [credentials, config] = await Promise.all([read(files.credentials), read(files.config)]);
  const sections = (name: string): Section =>
    new Map([...sectionOf(config, name, true), ...sectionOf(credentials, name, false)]);
  return sourceOf(sections, profile, files, 0);
}

function sourceOf(
  sections: (name: string) => Section,
  profile: string,
  files: AwsFiles,
  depth: number,
): AwsSource | null {
  const values = sections(profile);
  const roleArn = values.get("role_arn");
  const other = values.get("source_profile");
  // A profile that is its own source takes its role with its own keys.
  if (roleArn === undefined || (depth > 0 && other === profile)) {
    return keysOf(values) ?? refuseForeign(values, profile);
  }
  const sts = {
    ...files.sts,
    roleArn,
    sessionName: values.get("role_session_name") ?? "fleetpulse",
    externalId: values.get("external_id") ?? null,
  };
  const tokenFile = values.get("web_identity_token_file");
  if (tokenFile !== undefined) {
    return { kind: "aws_web_identity", sts, token: { from: "file", value: tokenFile } };
  }
  if (depth >= chainMax) throw fault(`the profile ${profile} stands in a ring of profiles`);
  const base = other === undefined ? null : sourceOf(sections, other, files, depth + 1);
  if (base === null) throw fault(`the profile ${profile} takes a role, and has no keys for it`);
  return { kind: "aws_role", sts, base };
}

function keysOf(values: Section): AwsSource | null {
  const accessKeyId = values.get("aws_access_key_id");
  const secretAccessKey = values.get("aws_secret_access_key");
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  const sessionToken = values.get("aws_session_token") ?? null;
  return { kind: "aws_keys", accessKeyId, secretAccessKey, sessionToken };
}

function refuseForeign(values: Section, profile: string): null {
  const kind = foreign.find((name) => values.has(name));
  if (kind === undefined) return null;
  throw fault(`the profile ${profile} logs in by ${kind}, which is not done here`);
}

function fault(text: string): LoginError {
  return new LoginError("config", `AWS login: ${text}: give keys or aws_role_name`);
}

/** A file that is not there holds no profile. */
async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return "";
  }
}
