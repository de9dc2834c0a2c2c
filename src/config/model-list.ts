// `model_list`: entries checked for shape, named credentials merged in, references filled in per entry, so that a variable that is
// missing stops its own deployment only.

import type { ConfigProblem } from "../errors.ts";
import type { ModelEntry, Value } from "./config.ts";
import { type CredentialContext, withCredential } from "./credentials.ts";
import { type MissingVariable, resolveReferences } from "./environment.ts";
import { nearestKey } from "./known-keys.ts";
import { litellmId } from "./litellm-id.ts";
import { checkInfo } from "./model-info.ts";
import { plain } from "./values.ts";
import { type MapNode, type Node, problemAt } from "./yaml-node.ts";

export interface ListContext extends CredentialContext {
  readonly problems: ConfigProblem[];
}

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
  const filled = withCredential(params, path, context, missing);
  const model = filled.entries.get("model")?.node;
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
  const namedId = idOf(info);
  return {
    path,
    place: item.place,
    modelName,
    params: plain(filled) as { [key: string]: Value },
    info: plain(info) as { [key: string]: Value },
    modelId: namedId ?? litellmId(modelName, params),
    isNamed: namedId !== null,
    missing,
  };
}

function idOf(info: MapNode): string | null {
  const node = info.entries.get("id")?.node;
  if (node?.kind !== "scalar" || node.value === "") return null;
  return typeof node.value === "string" || typeof node.value === "number"
    ? String(node.value)
    : null;
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
