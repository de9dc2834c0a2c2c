// Any YAML document, by the package `yaml`: anchors, aliases, merge keys, block scalars, and everything else that plain-yaml.ts leaves alone.

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  type ScalarTag,
} from "yaml";
import type { ConfigProblem } from "../errors.ts";
import type { Place } from "./config.ts";
import {
  type MapEntry,
  type MapNode,
  type Node,
  type Parsed,
  problemAt,
  type Scalar,
} from "./yaml-node.ts";
import { Lines, Spot } from "./yaml-place.ts";
import { scalarKinds } from "./yaml-scalar.ts";

const depthMax = 100;
const nodesMax = 5_000_000;

const scalarTags: ScalarTag[] = scalarKinds.map((kind) => ({ ...kind, default: true }));

/** The same for any document, by the package. */
export function parseAnyYaml(text: string, file: string): Parsed {
  const lines = new Lines();
  const documents = parseAllDocuments(text, {
    version: "1.1",
    schema: "failsafe",
    customTags: (tags) => [...tags, ...scalarTags],
    uniqueKeys: false,
    lineCounter: lines,
    logLevel: "silent",
    prettyErrors: false,
    stringKeys: false,
  });
  const placeAt = (offset: number): Place => new Spot(file, lines, offset);
  const [document, second] = documents as Document.Parsed[];
  if (document === undefined) return { root: null, problems: [], warnings: [] };
  const problems = documents.flatMap((one) =>
    (one as Document.Parsed).errors.map((error) =>
      problemAt(
        placeAt(error.pos[0]),
        "",
        `this is not YAML: ${firstLine(error.message)}`,
        "Mend the syntax",
      ),
    ),
  );
  if (second !== undefined) {
    problems.push(
      problemAt(
        placeAt(second.range?.[0] ?? 0),
        "",
        "the file holds more than one YAML document",
        "Keep one document: remove what follows the line `---`",
      ),
    );
  }
  if (problems.length > 0) return { root: null, problems, warnings: [] };
  return walk(document, placeAt);
}

function walk(document: Document.Parsed, placeAt: (offset: number) => Place): Parsed {
  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  // An anchor stands before its aliases, and the last one of a name counts.
  const anchors = new Map<string, unknown>();
  let nodes = 0;
  let lastPlace: Place = placeAt(0);

  const place = (node: unknown): Place => {
    const offset = (node as { range?: readonly number[] | null } | null)?.range?.[0];
    if (offset !== undefined) lastPlace = placeAt(offset);
    return lastPlace;
  };

  const visit = (node: unknown, path: string, depth: number): Node => {
    const here = place(node);
    nodes += 1;
    if (node === null || node === undefined) return { kind: "scalar", place: here, value: null };
    if (depth > depthMax || nodes > nodesMax) {
      if (problems.length === 0) {
        const why = depth > depthMax ? `is nested deeper than ${depthMax}` : "expands to too much";
        problems.push(problemAt(here, path, why, "Use fewer levels and aliases"));
      }
      return { kind: "scalar", place: here, value: null };
    }
    if (isAlias(node)) {
      if (!anchors.has(node.source)) {
        const message = `there is no anchor ${node.source} before this alias`;
        problems.push(problemAt(here, path, message, `Write &${node.source} where it is meant`));
        return { kind: "scalar", place: here, value: null };
      }
      return { ...visit(anchors.get(node.source), path, depth + 1), place: here };
    }
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) anchors.set(anchor, node);
    if (isScalar(node)) {
      const value = scalarOf(node.value);
      const whole = Number.isInteger(value) && /\./.test(node.source ?? "");
      return { kind: "scalar", place: here, value, ...(whole ? { wholeFloat: true } : {}) };
    }
    if (isSeq(node)) {
      const items = node.items.map((item, index) => visit(item, `${path}[${index}]`, depth + 1));
      return { kind: "list", place: here, items };
    }
    if (isMap(node)) return visitMap(node, path, depth, here);
    return { kind: "scalar", place: here, value: null };
  };

  const visitMap = (
    node: { items: unknown[] },
    path: string,
    depth: number,
    here: Place,
  ): MapNode => {
    const own = new Map<string, MapEntry>();
    const merged: MapNode[] = [];
    for (const item of node.items) {
      const { key, value } = item as { key: unknown; value: unknown };
      const keyNode = visit(key, path, depth + 1);
      const keyText = keyOf(keyNode);
      if (
        keyText === "<<" &&
        isScalar(key) &&
        !(key as { type?: string }).type?.startsWith("QUOTE")
      ) {
        const from = visit(value, path, depth + 1);
        // Of a list the first map wins, so it comes last.
        const given = from.kind === "list" ? from.items.toReversed() : [from];
        const maps = given.filter((one) => one.kind === "map");
        if (maps.length < given.length && problems.length === 0) {
          const mend = "Merge a map, or a list of maps";
          problems.push(problemAt(keyNode.place, path, "what is merged here is no map", mend));
        }
        merged.push(...maps);
        continue;
      }
      if (keyText === null) {
        problems.push(
          problemAt(keyNode.place, path, "this key is not a word", "Write the key as text"),
        );
        continue;
      }
      const keyPath = path === "" ? keyText : `${path}.${keyText}`;
      const before = own.get(keyText);
      if (before !== undefined) {
        warnings.push(
          problemAt(
            keyNode.place,
            keyPath,
            `this key stands twice; the one in line ${before.keyPlace.line} is not used`,
            "Remove one of them",
          ),
        );
      }
      own.set(keyText, { keyPlace: keyNode.place, node: visit(value, keyPath, depth + 1) });
    }
    if (merged.length === 0) return { kind: "map", place: here, entries: own };
    // As PyYAML does: what is merged comes first, what is written later wins, and a key keeps the place where it stood first.
    const entries = new Map<string, MapEntry>();
    for (const from of merged) {
      for (const [key, entry] of from.entries) entries.set(key, entry);
    }
    for (const [key, entry] of own) entries.set(key, entry);
    return { kind: "map", place: here, entries };
  };

  const root = document.contents === null ? null : visit(document.contents, "", 0);
  return { root, problems, warnings };
}

function scalarOf(value: unknown): Scalar {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "string")
    return value;
  return String(value);
}

function keyOf(node: Node): string | null {
  return node.kind === "scalar" ? String(node.value) : null;
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 200);
}
