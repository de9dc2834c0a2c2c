// YAML 1.1 as PyYAML's SafeLoader reads it (the proxy's loader), with the place of every key and value.

import { readPlainYaml } from "./plain-yaml.ts";
import type { Parsed } from "./yaml-node.ts";
import { Lines, Spot } from "./yaml-place.ts";
import { plainScalarOf } from "./yaml-scalar.ts";

/** Parses one document. `file` is for the places only. */
export function parseYaml(text: string, file: string): Parsed {
  const lines = new Lines();
  const root = readPlainYaml(text, {
    placeAt: (offset) => new Spot(file, lines, offset),
    scalarOf: plainScalarOf,
    onLine: lines.addNewLine,
  });
  if (root !== null) return { root, problems: [], warnings: [] };
  // The package is loaded when it is needed: most starts do without it, and are 13 ms sooner.
  const { parseAnyYaml } = import.meta.require("./any-yaml.ts") as typeof import("./any-yaml.ts");
  return parseAnyYaml(text, file);
}
