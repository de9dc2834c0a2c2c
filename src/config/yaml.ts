// YAML 1.1 as PyYAML's SafeLoader reads it (the proxy's loader), with the place of every key and value.
//
// The package `yaml` parses; its 1.1 scalars differ from PyYAML's in details (`y` is a word there, `1e3` too), so the
// resolvers below are PyYAML's own (yaml/resolver.py). Dates stay text. The result is a tree of nodes that know
// where they stand: an error can name line and column.

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type ScalarTag,
} from "yaml";
import type { ConfigProblem } from "../errors.ts";
import type { Place } from "./config.ts";
import { readPlainYaml } from "./plain-yaml.ts";

export type Scalar = null | boolean | number | string;

/** A value with its place. Maps keep the order of the file. */
export type Node = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: "scalar";
  readonly place: Place;
  readonly value: Scalar;
  /** A number that Python prints with `.0`: JavaScript cannot tell `60.0` from `60`. */
  readonly wholeFloat?: true;
}

export interface ListNode {
  readonly kind: "list";
  readonly place: Place;
  readonly items: readonly Node[];
}

export interface MapNode {
  readonly kind: "map";
  readonly place: Place;
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface MapEntry {
  readonly keyPlace: Place;
  readonly node: Node;
}

export interface Parsed {
  /** Null when nothing can be made of the text. */
  readonly root: Node | null;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

/** A place that is worked out only when somebody asks: nearly nobody does. */
class Spot implements Place {
  readonly file: string;
  // Not private in the language's sense: making a hundred thousand of these took twice as long.
  private readonly lines: LineCounter;
  private readonly offset: number;

  constructor(file: string, lines: LineCounter, offset: number) {
    this.file = file;
    this.lines = lines;
    this.offset = offset;
  }

  get line(): number {
    return this.lines.linePos(this.offset).line;
  }

  get column(): number {
    return this.lines.linePos(this.offset).col;
  }
}

const depthMax = 100;
const nodesMax = 5_000_000;

const scalarTags: ScalarTag[] = [
  {
    tag: "tag:yaml.org,2002:null",
    default: true,
    test: /^(?:~|null|Null|NULL|)$/,
    resolve: () => null,
  },
  {
    tag: "tag:yaml.org,2002:bool",
    default: true,
    test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
    resolve: (text) => /^(?:y|t|on)/i.test(text),
  },
  {
    tag: "tag:yaml.org,2002:int",
    default: true,
    test: /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
    resolve: (text) => integerOf(text),
  },
  {
    tag: "tag:yaml.org,2002:float",
    default: true,
    test: /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    resolve: (text) => floatOf(text),
  },
];

/** The value of an unquoted scalar. */
function plainScalarOf(text: string): Scalar {
  for (const { test, resolve } of scalarTags) {
    if (test?.test(text)) return resolve(text, () => {}, {}) as Scalar;
  }
  return text;
}

/** Parses one document. `file` is for the places only. */
export function parseYaml(text: string, file: string): Parsed {
  const lines = new LineCounter();
  const root = readPlainYaml(text, {
    placeAt: (offset) => new Spot(file, lines, offset),
    scalarOf: plainScalarOf,
    onLine: lines.addNewLine,
  });
  return root === null ? parseAnyYaml(text, file) : { root, problems: [], warnings: [] };
}

/** The same for any document, by the package. */
export function parseAnyYaml(text: string, file: string): Parsed {
  const lines = new LineCounter();
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
    const entries = new Map<string, MapEntry>();
    const merged: Node[] = [];
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
        merged.push(...(from.kind === "list" ? from.items : [from]));
        continue;
      }
      if (keyText === null) {
        problems.push(
          problemAt(keyNode.place, path, "this key is not a word", "Write the key as text"),
        );
        continue;
      }
      const keyPath = path === "" ? keyText : `${path}.${keyText}`;
      const before = entries.get(keyText);
      if (before !== undefined) {
        warnings.push(
          problemAt(
            keyNode.place,
            keyPath,
            `this key stands twice; the one in line ${before.keyPlace.line} is not used`,
            "Remove one of them",
          ),
        );
        entries.delete(keyText);
      }
      entries.set(keyText, { keyPlace: keyNode.place, node: visit(value, keyPath, depth + 1) });
    }
    for (const from of merged) {
      if (from.kind !== "map") continue;
      for (const [key, entry] of from.entries) if (!entries.has(key)) entries.set(key, entry);
    }
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

/** PyYAML's construct_yaml_int: signs, underscores, 0b, 0x, leading 0 is octal, `:` is base 60. */
function integerOf(text: string): number {
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  let digits = text.replaceAll("_", "");
  const sign = digits.startsWith("-") ? -1 : 1;
  digits = digits.replace(/^[-+]/, "");
  if (digits === "0") return 0;
  if (digits.startsWith("0b")) return sign * Number.parseInt(digits.slice(2), 2);
  if (digits.startsWith("0x")) return sign * Number.parseInt(digits.slice(2), 16);
  if (digits.startsWith("0")) return sign * Number.parseInt(digits, 8);
  if (digits.includes(":")) return sign * base60(digits);
  return sign * Number(digits);
}

function floatOf(text: string): number {
  const simple = Number(text);
  if (Number.isFinite(simple)) return simple;
  const digits = text.replaceAll("_", "").toLowerCase();
  const sign = digits.startsWith("-") ? -1 : 1;
  const bare = digits.replace(/^[-+]/, "");
  if (bare === ".inf") return sign * Number.POSITIVE_INFINITY;
  if (bare === ".nan") return Number.NaN;
  if (bare.includes(":")) return sign * base60(bare);
  return sign * Number(bare);
}

function base60(digits: string): number {
  return digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

export function problemAt(place: Place, key: string, message: string, mend: string): ConfigProblem {
  return { file: place.file, line: place.line, column: place.column, key, message, mend };
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 200);
}
