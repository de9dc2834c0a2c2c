// `model_list` and `credential_list`: entries checked for shape, named credentials merged in, references filled in per entry,
// so that a variable that is missing stops its own deployment only.

import type { ConfigProblem } from "../errors.ts";
import type { ModelEntry, Value } from "./config.ts";
import { type Environment, type MissingVariable, resolveReferences } from "./environment.ts";
import { modelInfoKinds, nearestKey } from "./known-keys.ts";
import { numberOf, plain } from "./values.ts";
import { type MapNode, type Node, problemAt } from "./yaml-node.ts";

export interface ListContext {
  readonly environment: Environment;
  readonly credentials: Credentials;
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
}

/** Named credentials: parameter nodes by credential name, references not filled in. */
export type Credentials = ReadonlyMap<string, MapNode>;

export function readModelList(root: MapNode, context: ListContext): ModelEntry[] {
  const { problems, warnings } = context;
  const section = root.entries.get("model_list");
  const node = section?.node;
  if (node === undefined || (node.kind === "scalar" && node.value === null)) {
    warnings.push(
      problemAt(root.place, "model_list", "there is no model to probe", "List the proxy's models"),
    );
    return [];
  }
  if (node.kind !== "list") {
    problems.push(
      problemAt(
        node.place,
        "model_list",
        "this is not a list",
        "Begin every model with `- model_name:`",
      ),
    );
    return [];
  }
  if (node.items.length === 0) {
    warnings.push(
      problemAt(node.place, "model_list", "there is no model to probe", "List the proxy's models"),
    );
  }
  return node.items.flatMap((item, index) => {
    const entry = readEntry(item, `model_list[${index}]`, context);
    return entry === null ? [] : [entry];
  });
}

/** One entry, or null where `problems` say why not. */
export function readEntry(item: Node, path: string, context: ListContext): ModelEntry | null {
  const { problems, environment } = context;
  if (item.kind !== "map") {
    problems.push(
      problemAt(item.place, path, "this is not a model", "Write model_name and litellm_params"),
    );
    return null;
  }
  const missing: MissingVariable[] = [];
  const resolve = (node: Node, key: string) =>
    resolveReferences(node, environment, (one) => missing.push(one), `${path}.${key}`);

  const name = item.entries.get("model_name");
  const nameNode = name === undefined ? null : resolve(name.node, "model_name");
  const modelName =
    nameNode?.kind === "scalar" && nameNode.value !== null && nameNode.value !== ""
      ? String(nameNode.value)
      : null;
  if (modelName === null) {
    problems.push(
      problemAt(
        (nameNode ?? item).place,
        `${path}.model_name`,
        "the model has no name",
        "Give the public name of the model",
      ),
    );
  }
  const params = sectionOf(item, path, "litellm_params", resolve, context, true);
  const info = sectionOf(item, path, "model_info", resolve, context, false);
  if (params === null || info === null) return null;
  const withCredentials = fillIn(params, path, context, missing);
  const model = withCredentials.entries.get("model")?.node;
  const modelMissing = missing.some(({ key }) => key === `${path}.litellm_params.model`);
  if (
    !modelMissing &&
    (model?.kind !== "scalar" || typeof model.value !== "string" || model.value === "")
  ) {
    problems.push(
      problemAt(
        (model ?? params).place,
        `${path}.litellm_params.model`,
        "there is no model to ask",
        "Write provider/model, such as openai/gpt-4o",
      ),
    );
    return null;
  }
  checkInfo(info, `${path}.model_info`, problems);
  if (modelName === null) return null;
  return {
    path,
    place: item.place,
    modelName,
    params: plain(withCredentials) as { [key: string]: Value },
    info: plain(info) as { [key: string]: Value },
    wholeFloats: wholeFloatsOf(withCredentials),
    missing,
  };
}

function sectionOf(
  item: MapNode,
  path: string,
  key: "litellm_params" | "model_info",
  resolve: (node: Node, key: string) => Node,
  { problems, warnings }: ListContext,
  needed: boolean,
): MapNode | null {
  const found = item.entries.get(key)?.node;
  const absent = found === undefined || (found.kind === "scalar" && found.value === null);
  if (absent && !needed) return { kind: "map", place: item.place, entries: new Map() };
  const node = absent ? null : resolve(found, key);
  if (node?.kind !== "map") {
    problems.push(
      problemAt(
        (node ?? item).place,
        `${path}.${key}`,
        absent ? "this is missing" : "this is not a map of keys",
        "Write `key: value` lines below it",
      ),
    );
    return null;
  }
  for (const [name, { keyPlace }] of node.entries) {
    const meant = nearestKey(key, name);
    if (meant === null || node.entries.has(meant)) continue;
    warnings.push(
      problemAt(
        keyPlace,
        `${path}.${key}.${name}`,
        "this key is not known",
        `Did you mean ${meant}?`,
      ),
    );
  }
  return node;
}

const none: ReadonlySet<string> = new Set();

function wholeFloatsOf(params: MapNode): ReadonlySet<string> {
  let keys: Set<string> | null = null;
  for (const [key, { node }] of params.entries) {
    if (node.kind === "scalar" && node.wholeFloat === true) keys = (keys ?? new Set()).add(key);
  }
  return keys ?? none;
}

/** Adds what the named credential has and the model has not. */
function fillIn(
  params: MapNode,
  path: string,
  { warnings, environment, credentials }: ListContext,
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

const expectations: Readonly<
  Record<string, { readonly words: string; readonly fits: (value: Value) => boolean }>
> = {
  id: {
    words: "text or a whole number",
    fits: (value) => typeof value === "string" || Number.isInteger(value),
  },
  text: { words: "text", fits: (value) => typeof value === "string" },
  seconds: { words: "seconds, more than 0", fits: (value) => (numberOf(value) ?? 0) > 0 },
  count: {
    words: "a whole number, more than 0",
    fits: (value) => Number.isInteger(numberOf(value)) && (numberOf(value) ?? 0) > 0,
  },
  price: { words: "USD, 0 or more", fits: (value) => priceOf(value) !== null },
  amount: {
    words: "a whole number, 0 or more",
    fits: (value) => Number.isInteger(numberOf(value)) && (numberOf(value) ?? -1) >= 0,
  },
  probe: {
    words: "auto, completion or metadata",
    fits: (value) => ["auto", "completion", "metadata"].includes(String(value)),
  },
  boolean: { words: "true or false", fits: (value) => typeof value === "boolean" },
  map: {
    words: "a map of keys",
    fits: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  },
  texts: {
    words: "a list of names",
    fits: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  },
};

const infoKinds: ReadonlyMap<string, string> = new Map(Object.entries(modelInfoKinds));

function checkInfo(info: MapNode, path: string, problems: ConfigProblem[]): void {
  for (const [key, { node }] of info.entries) {
    const kind = infoKinds.get(key);
    if (kind === undefined || (node.kind === "scalar" && node.value === null)) continue;
    const expectation = expectations[kind];
    if (expectation === undefined || expectation.fits(plain(node))) continue;
    problems.push(
      problemAt(
        node.place,
        `${path}.${key}`,
        `this is not ${expectation.words}`,
        `Give ${expectation.words}`,
      ),
    );
  }
}

/** A price as YAML 1.1 gives it: `1e-7` is text there, and means the number all the same. */
export function priceOf(value: Value | undefined): number | null {
  const number = typeof value === "string" && /^[-+.\deE]+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}
