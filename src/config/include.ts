// `include:`, as LiteLLM reads it: a list of files relative to the main one. Of an included file, a list is appended when
// the main file has that key, anything else replaces what the main file has. Includes of included files are
// not followed.

import { dirname, resolve } from "node:path";
import type { ConfigProblem } from "../errors.ts";
import { parseYaml } from "./yaml.ts";
import { type MapEntry, type MapNode, type Node, problemAt } from "./yaml-node.ts";

export type ReadFile = (path: string) => string;

export interface Included {
  readonly root: MapNode;
  /** All files that are named, besides the main one, also those that cannot be read. */
  readonly files: readonly string[];
}

/** The main file with what it includes. Problems and warnings are added to the lists. */
export function include(
  root: MapNode,
  file: string,
  readFile: ReadFile,
  problems: ConfigProblem[],
  warnings: ConfigProblem[],
): Included {
  const section = root.entries.get("include");
  if (section === undefined) return { root, files: [] };
  const { node } = section;
  if (node.kind !== "list") {
    problems.push(
      problemAt(
        node.place,
        "include",
        "this is not a list",
        "Write one file a line, each after a dash",
      ),
    );
    return { root, files: [] };
  }
  const entries = new Map(root.entries);
  entries.delete("include");
  const files: string[] = [];
  for (const [index, item] of node.items.entries()) {
    const key = `include[${index}]`;
    const name = item.kind === "scalar" && typeof item.value === "string" ? item.value : null;
    if (name === null) {
      problems.push(
        problemAt(item.place, key, "this is not a file name", "Write the file's path as text"),
      );
      continue;
    }
    const path = resolve(dirname(file), name);
    files.push(path);
    const text = readOr(path, readFile, () =>
      problems.push(
        problemAt(
          item.place,
          key,
          `the file ${name} cannot be read`,
          "Correct the path, or remove the line",
        ),
      ),
    );
    if (text === null) continue;
    const parsed = parseYaml(text, path);
    problems.push(...parsed.problems);
    warnings.push(...parsed.warnings);
    if (parsed.root?.kind === "map") merge(entries, parsed.root);
    else if (parsed.root !== null) {
      problems.push(
        problemAt(
          parsed.root.place,
          "",
          "the file is not a map of keys",
          "Write `key: value` lines",
        ),
      );
    }
  }
  return { root: { ...root, entries }, files };
}

function merge(entries: Map<string, MapEntry>, included: MapNode): void {
  for (const [key, entry] of included.entries) {
    const before = entries.get(key);
    entries.set(key, { ...entry, node: merged(before?.node, entry.node) });
  }
}

function merged(before: Node | undefined, node: Node): Node {
  if (before?.kind !== "list" || node.kind !== "list") return node;
  return { ...before, items: [...before.items, ...node.items] };
}

function readOr(path: string, readFile: ReadFile, onFailure: () => void): string | null {
  try {
    return readFile(path);
  } catch {
    onFailure();
    return null;
  }
}
