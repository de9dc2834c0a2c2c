// `credential_list`: credentials that entries of model_list take by name.

import type { ConfigProblem } from "../errors.ts";
import { type Environment, type MissingVariable, resolveReferences } from "./environment.ts";
import { type MapNode, problemAt } from "./yaml-node.ts";

/** Named credentials: parameter nodes by credential name, references not filled in. */
export type Credentials = ReadonlyMap<string, MapNode>;

export interface CredentialContext {
  readonly environment: Environment;
  readonly credentials: Credentials;
  readonly warnings: ConfigProblem[];
}

export function readCredentials(root: MapNode, problems: ConfigProblem[]): Credentials {
  const credentials = new Map<string, MapNode>();
  const node = root.entries.get("credential_list")?.node;
  if (node === undefined || (node.kind === "scalar" && node.value === null)) return credentials;
  if (node.kind !== "list") {
    problems.push(
      problemAt(
        node.place,
        "credential_list",
        "this is not a list",
        "Begin every credential with `- credential_name:`",
      ),
    );
    return credentials;
  }
  for (const [index, item] of node.items.entries()) {
    const name = item.kind === "map" ? item.entries.get("credential_name")?.node : undefined;
    const values = item.kind === "map" ? item.entries.get("credential_values")?.node : undefined;
    if (name?.kind !== "scalar" || typeof name.value !== "string" || values?.kind !== "map") {
      problems.push(
        problemAt(
          item.place,
          `credential_list[${index}]`,
          "this is not a credential",
          "Write credential_name and credential_values",
        ),
      );
      continue;
    }
    credentials.set(name.value, values);
  }
  return credentials;
}

/** Adds what the named credential has and the model has not. */
export function withCredential(
  params: MapNode,
  path: string,
  { warnings, environment, credentials }: CredentialContext,
  missing: MissingVariable[],
): MapNode {
  const node = params.entries.get("litellm_credential_name")?.node;
  if (node?.kind !== "scalar" || typeof node.value !== "string") return params;
  const key = `${path}.litellm_params.litellm_credential_name`;
  const credential = credentials.get(node.value);
  if (credential === undefined) {
    warnings.push(
      problemAt(
        node.place,
        key,
        "no credential has this name",
        "Add it to credential_list, or correct the name",
      ),
    );
    return params;
  }
  const resolved = resolveReferences(
    credential,
    environment,
    (one) => missing.push(one),
    `${path}.litellm_params`,
  );
  const entries = new Map(params.entries);
  if (resolved.kind === "map") {
    for (const [name, entry] of resolved.entries) if (!entries.has(name)) entries.set(name, entry);
  }
  return { ...params, entries };
}
