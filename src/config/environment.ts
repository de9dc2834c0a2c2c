// `os.environ/NAME` references, as LiteLLM fills them in: true and false in any case become booleans, a variable that is
// not set becomes null. Kinder than LiteLLM in two ways: a reference may stand in a list, and `environment_variables` of
// the file are exported before references are resolved.

import type { MapNode, Node, Scalar } from "./yaml-node.ts";

const prefix = "os.environ/";

export type Environment = Readonly<Record<string, string>>;

/** A reference to a variable that is not set. */
export interface MissingVariable {
  readonly key: string;
  readonly variable: string;
}

/** The process environment with the file's `environment_variables` over it. */
export function exportVariables(
  environment: Readonly<Record<string, string | undefined>>,
  root: MapNode,
): Environment {
  const merged: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) merged[name] = value;
  }
  const section = root.entries.get("environment_variables")?.node;
  if (section?.kind !== "map") return merged;
  for (const [name, { node }] of section.entries) {
    if (node.kind !== "scalar" || node.value === null) continue;
    const text = String(node.value);
    const value = text.startsWith(prefix) ? environment[text.slice(prefix.length)] : text;
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

/**
 * The same tree with references filled in; `onMissing` hears of every variable that is not set. What holds no reference is
 * not copied: most of a large configuration does not.
 */
export function resolveReferences(
  node: Node,
  environment: Environment,
  onMissing: (missing: MissingVariable) => void,
  path = "",
): Node {
  return hasReference(node) ? resolved(node, environment, onMissing, path) : node;
}

function isReference(value: Scalar): value is string {
  return typeof value === "string" && value.startsWith(prefix);
}

function hasReference(node: Node): boolean {
  switch (node.kind) {
    case "scalar":
      return isReference(node.value);
    case "list":
      return node.items.some(hasReference);
    case "map":
      for (const entry of node.entries.values()) if (hasReference(entry.node)) return true;
      return false;
    default:
      return node satisfies never;
  }
}

function resolved(
  node: Node,
  environment: Environment,
  onMissing: (missing: MissingVariable) => void,
  path: string,
): Node {
  switch (node.kind) {
    case "scalar": {
      if (!isReference(node.value)) return node;
      const variable = node.value.slice(prefix.length).trim();
      const found = environment[variable];
      if (found === undefined) {
        onMissing({ key: path, variable });
        return { ...node, value: null };
      }
      return { ...node, value: booleanOr(found) };
    }
    case "list":
      return {
        ...node,
        items: node.items.map((item, index) =>
          resolved(item, environment, onMissing, `${path}[${index}]`),
        ),
      };
    case "map":
      return {
        ...node,
        entries: new Map(
          [...node.entries].map(([key, entry]) => {
            const below = path === "" ? key : `${path}.${key}`;
            return [key, { ...entry, node: resolved(entry.node, environment, onMissing, below) }];
          }),
        ),
      };
    default:
      return node satisfies never;
  }
}

function booleanOr(text: string): string | boolean {
  const word = text.trim().toLowerCase();
  if (word === "true") return true;
  if (word === "false") return false;
  return text;
}
