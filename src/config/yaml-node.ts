// A configuration as a tree of nodes that know where they stand, so that an error can name line and column.

import type { ConfigProblem } from "../errors.ts";
import type { Place } from "./config.ts";

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

export function problemAt(place: Place, key: string, message: string, mend: string): ConfigProblem {
  return { file: place.file, line: place.line, column: place.column, key, message, mend };
}
