// Google: a service account, a person's own login, another identity or the machine's, in LiteLLM's order.

import { join } from "node:path";
import type { Value } from "../../config/config.ts";
import { firstSet, textOf } from "../endpoint.ts";
import { type Given, given, googleMetadataUrl, homeOf } from "./given.ts";
import type { GoogleSource, LoginChoice } from "./login.ts";

/** Variables that hold, or lead to, credentials. */
export const googleLoginVariables = [
  "VERTEXAI_CREDENTIALS",
  "VERTEX_CREDENTIALS",
  "GOOGLE_APPLICATION_CREDENTIALS",
  "CLOUDSDK_CONFIG",
] as const;

const scope = "https://www.googleapis.com/auth/cloud-platform";

export function googleLogin(all: Given): LoginChoice {
  if (all.apiKey !== null) return { kind: "key", apiKey: all.apiKey, scheme: null };
  const credentials = credentialsOf(all);
  return {
    kind: "login",
    use: { kind: "bearer" },
    source: {
      kind: "google",
      credentials,
      gcloudFile: gcloudFile(all),
      metadataUrl: googleMetadataUrl(all),
      scope,
      wantsProject: all.options["project"] === undefined,
    },
    via: "https://oauth2.googleapis.com",
  };
}

/** A path, JSON as text, or an object. */
function credentialsOf(all: Given): GoogleSource["credentials"] {
  const { params } = all;
  for (const name of ["vertex_credentials", "vertex_ai_credentials"]) {
    const value: Value | undefined = params[name];
    if (typeof value === "object" && value !== null) {
      return { from: "text", value: JSON.stringify(value) };
    }
    const text = textOf(value);
    if (text !== null) return fromText(text);
  }
  const text = given(
    all,
    [],
    ["VERTEXAI_CREDENTIALS", "VERTEX_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"],
  );
  return text === null ? null : fromText(text);
}

function fromText(text: string): GoogleSource["credentials"] {
  return { from: text.trimStart().startsWith("{") ? "text" : "file", value: text };
}

function gcloudFile(all: Given): string {
  const folder =
    firstSet(["CLOUDSDK_CONFIG"], all.environment) ?? join(homeOf(all), ".config", "gcloud");
  return join(folder, "application_default_credentials.json");
}
