// Values as Python prints them: LiteLLM derives a deployment's id from such text, and our ids must be the same.

import type { Value } from "../config/config.ts";

/** `str(value)` of Python for a scalar or list; maps are `json.dumps` (see litellm-id.ts). */
export function pythonStr(value: Value): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

/** `repr(value)` of Python. A whole JavaScript number is printed as an int: YAML's `1.0` cannot be told from `1`. */
export function pythonRepr(value: Value): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "number") return pythonNumber(value);
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  const entries = Object.entries(value).map(([key, item]) => `${quoted(key)}: ${pythonRepr(item)}`);
  return `{${entries.join(", ")}}`;
}

/** `json.dumps(value)`: separators with a blank, everything outside ASCII escaped. */
export function pythonJson(value: Value): string {
  if (typeof value === "number") return pythonNumber(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(
      ([key, item]) => `${asciiJson(key)}: ${pythonJson(item)}`,
    );
    return `{${entries.join(", ")}}`;
  }
  return typeof value === "string" ? asciiJson(value) : JSON.stringify(value);
}

/** Python's shortest form differs in the exponent: 1e-07, 1e+16. */
function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e16) return String(value);
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
