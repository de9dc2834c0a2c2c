// Nodes of a tree by dotted keys.

import type { MapNode, Node } from "./yaml-node.ts";

/** The node at a dotted key, or null. */
export function find(root: MapNode, key: string): Node | null {
  let node: Node = root;
  for (const part of key.split(".")) {
    const entry: Node | undefined = node.kind === "map" ? node.entries.get(part)?.node : undefined;
    if (entry === undefined) return null;
    node = entry;
  }
  return node;
}

/** The text of the scalar there; null when there is none, or nothing in it. */
export function textAt(root: MapNode, key: string): string | null {
  const node = find(root, key);
  if (node?.kind !== "scalar" || node.value === null || node.value === "") return null;
  return String(node.value);
}
