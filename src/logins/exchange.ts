// From a login to a credential, once. It never throws and tells nothing secret.

import { createHash } from "node:crypto";
import { redact } from "../config/secret.ts";
import type { Login } from "../registry/login/login.ts";
import { awsKeys } from "./aws.ts";
import { type Issued, LoginError } from "./credential.ts";
import type { Errands } from "./errand.ts";
import type { Fetched } from "./fetched.ts";
import { googleToken } from "./google.ts";
import { azureIdentityToken, oauthToken } from "./oauth.ts";
import { secretsOfSource } from "./secrets.ts";

/** A token is left before its end: by a fifth of its life, five minutes at most. */
const marginMaxMs = 300_000;
const marginPart = 0.2;
/** A login that failed is tried again by whoever asks after this, however many ask before. */
const failureFreshMs = 10_000;

export async function exchange(errands: Errands, login: Login): Promise<Issued> {
  try {
    const { credential, lifetimeMs, options } = await fetchOne(errands, login);
    const serial = createHash("sha256").update(JSON.stringify(credential)).digest("hex");
    return {
      result: { kind: "granted", credential, serial: serial.slice(0, 16), options },
      freshMs: Math.max(0, lifetimeMs - Math.min(marginMaxMs, lifetimeMs * marginPart)),
    };
  } catch (error) {
    const known = error instanceof LoginError;
    const text = known ? error.message : "a login failed within this program";
    return {
      result: {
        kind: "denied",
        class: known ? error.class : "internal",
        text: redact(text, secretsOfSource(login.source)),
      },
      freshMs: failureFreshMs,
    };
  }
}

function fetchOne(errands: Errands, { source, route }: Login): Promise<Fetched> {
  if (source.kind === "google") return googleToken(errands, source, route);
  if (source.kind === "oauth") return oauthToken(errands, source, route);
  if (source.kind === "azure_identity") return azureIdentityToken(errands, source);
  return awsKeys(errands, source, route);
}
