// What a login is made of: a deployment's parameters and the environment, looked through in the order in which LiteLLM does.

import type { Value } from "../../config/config.ts";
import { firstSet, textOf } from "../endpoint.ts";
import type { TokenReference } from "./login.ts";

export interface Given {
  readonly params: Readonly<Record<string, Value>>;
  readonly environment: Readonly<Record<string, string>>;
  /** What else the provider was told (its region, its project). */
  readonly options: Readonly<Record<string, string>>;
  readonly baseUrl: string;
  /** `api_key`, or the provider's variable. */
  readonly apiKey: string | null;
  /** The variable of the provider's key, for texts. */
  readonly keyVariable: string | null;
}

/** A parameter, else a variable. */
export function given(
  { params, environment }: Given,
  names: readonly string[],
  variables: readonly string[],
): string | null {
  for (const name of names) {
    const value = textOf(params[name]);
    if (value !== null) return value;
  }
  return firstSet(variables, environment);
}

/** The folder that `~` means. */
export function homeOf({ environment }: Given): string {
  return firstSet(["HOME", "USERPROFILE"], environment) ?? "";
}

export const googleMetadataDefault = "http://metadata.google.internal";

export function googleMetadataUrl({ environment }: Given): string {
  const host = firstSet(["GCE_METADATA_HOST"], environment);
  return host === null ? googleMetadataDefault : `http://${host}`;
}

/**
 * LiteLLM's `oidc/PROVIDER/AUDIENCE`: where a token of another identity comes from. Null for a provider that needs a person, and
 * for a variable that is not set.
 */
export function oidcReference(text: string, all: Given): TokenReference | null {
  const [, provider = "", audience = ""] = /^oidc\/([^/]+)\/?(.*)$/s.exec(text) ?? [];
  const { environment } = all;
  const variable = (name: string): TokenReference | null => {
    const value = firstSet([name], environment);
    return value === null ? null : { from: "text", value };
  };
  const file = (path: string | null): TokenReference | null =>
    path === null || path === "" ? null : { from: "file", value: path };
  const query = new URLSearchParams({ audience }).toString();
  switch (provider) {
    case "file":
      return file(audience);
    case "env":
      return variable(audience);
    case "env_path":
      return file(firstSet([audience], environment));
    case "azure":
      return file(firstSet(["AZURE_FEDERATED_TOKEN_FILE"], environment));
    case "circleci":
      return variable("CIRCLE_OIDC_TOKEN");
    case "circleci_v2":
      return variable("CIRCLE_OIDC_TOKEN_V2");
    case "google":
      return {
        from: "url",
        value: `${googleMetadataUrl(all)}/computeMetadata/v1/instance/service-accounts/default/identity?${query}`,
        headers: { "metadata-flavor": "Google" },
        field: null,
      };
    case "github": {
      const url = firstSet(["ACTIONS_ID_TOKEN_REQUEST_URL"], environment);
      const token = firstSet(["ACTIONS_ID_TOKEN_REQUEST_TOKEN"], environment);
      if (url === null || token === null) return null;
      return {
        from: "url",
        value: `${url}${url.includes("?") ? "&" : "?"}${query}`,
        headers: { authorization: `Bearer ${token}` },
        field: "value",
      };
    }
    default:
      return null;
  }
}
