// What of a login must never be shown.

import type { LoginSource, TokenReference } from "../registry/login/login.ts";
import type { Credential } from "./credential.ts";

/** Fields of a credentials file that are credentials. */
const secretFields = ["private_key", "private_key_id", "client_secret", "refresh_token"];
const secretFormFields = ["client_secret", "password", "apikey"];

export function secretsOfSource(source: LoginSource): string[] {
  switch (source.kind) {
    case "aws_keys":
      return [source.accessKeyId, source.secretAccessKey, source.sessionToken ?? ""];
    case "aws_role":
      return [...secretsOfSource(source.base), source.sts.externalId ?? ""];
    case "aws_web_identity":
      return secretsOfReference(source.token);
    case "aws_container":
      return source.authorization === null ? [] : secretsOfReference(source.authorization);
    case "google":
      return source.credentials?.from === "text" ? secretsOfFile(source.credentials.value) : [];
    case "oauth":
      return [
        ...secretFormFields.map((name) => source.form[name] ?? ""),
        source.basic?.password ?? "",
        ...(source.assertion === null ? [] : secretsOfReference(source.assertion)),
      ];
    case "azure_identity":
      return Object.values(source.headers).filter((value) => value !== "true");
    case "aws_profile":
    case "aws_ambient":
      return [];
  }
}

export function secretsOfCredential(credential: Credential): string[] {
  return credential.kind === "token"
    ? [credential.token]
    : [credential.accessKeyId, credential.secretAccessKey, credential.sessionToken ?? ""];
}

/** Of a service account's file, or of one that is like it. */
export function secretsOfFile(text: string): string[] {
  try {
    return secretsIn(JSON.parse(text));
  } catch {
    return [text];
  }
}

function secretsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
    secretFields.includes(name) && typeof field === "string" ? [field] : secretsIn(field),
  );
}

function secretsOfReference(reference: TokenReference): string[] {
  if (reference.from === "text") return [reference.value];
  if (reference.from === "file") return [];
  return Object.values(reference.headers).flatMap((value) => [value, value.split(" ")[1] ?? ""]);
}
