// Values as Python prints them: LiteLLM derives a deployment's id from such text, and our ids must be the same. Nodes and not plain
// values, which would lose the order of keys such as `7`, and that a number was written as `1.0`.

import type { Node, ScalarNode } from "./yaml-node.ts";

/** `str(value)` of Python for a scalar or list; maps are `json.dumps` (see litellm-id.ts). */
export function pythonStr(node: Node): string {
  return node.kind === "scalar" && typeof node.value === "string" ? node.value : pythonRepr(node);
}

/** `repr(value)` of Python. */
function pythonRepr(node: Node): string {
  if (node.kind === "list") return `[${node.items.map(pythonRepr).join(", ")}]`;
  if (node.kind === "map") {
    return `{${Array.from(node.entries, ([key, one]) => `${quoted(key)}: ${pythonRepr(one.node)}`).join(", ")}}`;
  }
  const { value } = node;
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return pythonNumber(node, value, ["nan", "inf"]);
  if (value === null) return "None";
  return value ? "True" : "False";
}

/** `json.dumps(value)`: separators with a blank, everything outside ASCII escaped. */
export function pythonJson(node: Node): string {
  if (node.kind === "list") return `[${node.items.map(pythonJson).join(", ")}]`;
  if (node.kind === "map") {
    return `{${Array.from(node.entries, ([key, one]) => `${asciiJson(key)}: ${pythonJson(one.node)}`).join(", ")}}`;
  }
  const { value } = node;
  if (typeof value === "string") return asciiJson(value);
  return typeof value === "number" ? pythonNumber(node, value, ["NaN", "Infinity"]) : String(value);
}

/** Python's shortest form differs in the exponent: 1e-07, 1e+16. What was written as a float keeps its `.0`. */
function pythonNumber(
  { wholeFloat }: ScalarNode,
  value: number,
  [none, infinite]: readonly [string, string],
): string {
  if (Number.isNaN(value)) return none;
  if (!Number.isFinite(value)) return value > 0 ? infinite : `-${infinite}`;
  if (Number.isInteger(value) && wholeFloat !== true) return BigInt(value).toString();
  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e16)) {
    const digits = Object.is(value, -0) ? "-0" : String(value);
    return wholeFloat === true ? `${digits}.0` : digits;
  }
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${digits}e${sign}${exponent.replace(/^[-+]/, "").padStart(2, "0")}`;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll(quote, `\\${quote}`)
    .replaceAll(unprintable, (character) => escaped(character.codePointAt(0) ?? 0));
  return `${quote}${body}${quote}`;
}

/** What `str.isprintable` refuses: controls, format marks, unassigned and all blanks but the space. */
const unprintable = /(?! )[\p{C}\p{Z}]/gu;

function escaped(codePoint: number): string {
  const digits = codePoint.toString(16);
  if (codePoint <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return codePoint <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
