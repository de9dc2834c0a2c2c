// From nodes to values: plain copies, and the typed reading of one setting with what to say when it is wrong.

import type { Place, Value } from "./config.ts";
import { Secret } from "./secret.ts";
import type { SettingKind } from "./settings/row.ts";
import type { Node } from "./yaml-node.ts";

/** The node as a plain value. */
export function plain(node: Node): Value {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(plain);
    case "map": {
      const value: Record<string, Value> = {};
      for (const [key, entry] of node.entries) {
        // A key of this name would set the prototype instead.
        if (key === "__proto__") Object.defineProperty(value, key, ownValue(plain(entry.node)));
        else value[key] = plain(entry.node);
      }
      return value;
    }
    default:
      return node satisfies never;
  }
}

function ownValue(value: Value): PropertyDescriptor {
  return { value, enumerable: true, configurable: true, writable: true };
}

/** The value as a tree of nodes that stand nowhere in particular: the way back from `plain`. */
export function nodeOf(value: Value, place: Place): Node {
  if (typeof value !== "object" || value === null) return { kind: "scalar", place, value };
  if (isList(value)) {
    return { kind: "list", place, items: value.map((item) => nodeOf(item, place)) };
  }
  const entries = Object.entries(value).map(
    ([key, child]) => [key, { keyPlace: place, node: nodeOf(child, place) }] as const,
  );
  return { kind: "map", place, entries: new Map(entries) };
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}

export type Reading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly expected: string };

/** Reads a value as a setting of this kind. Text from the environment is read like text in the file. */
export function readAs(kind: SettingKind, value: Value): Reading {
  switch (kind.kind) {
    case "integer":
    case "number":
    case "seconds": {
      const number = numberOf(value);
      const whole = kind.kind !== "integer" || Number.isInteger(number);
      if (number === null || !whole || number < kind.min || number > kind.max) {
        const what =
          kind.kind === "integer"
            ? "a whole number"
            : kind.kind === "seconds"
              ? "seconds"
              : "a number";
        return { ok: false, expected: `${what} from ${kind.min} to ${kind.max}` };
      }
      return { ok: true, value: kind.kind === "seconds" ? Math.round(number * 1000) : number };
    }
    case "boolean": {
      const boolean = booleanOf(value);
      return boolean === null
        ? { ok: false, expected: "true or false" }
        : { ok: true, value: boolean };
    }
    case "booleanOrPath": {
      const boolean = booleanOf(value);
      if (boolean !== null) return { ok: true, value: boolean };
      return typeof value === "string" && value.trim() !== ""
        ? { ok: true, value: value.trim() }
        : { ok: false, expected: "true, false or the path of a file" };
    }
    case "path":
      return typeof value === "string" && value.trim() !== ""
        ? { ok: true, value: value.trim() }
        : { ok: false, expected: "the path of a file" };
    case "text":
      return typeof value === "string" || typeof value === "number"
        ? { ok: true, value: String(value) }
        : { ok: false, expected: "text" };
    case "secret":
      return typeof value === "string" || typeof value === "number"
        ? { ok: true, value: new Secret(String(value)) }
        : { ok: false, expected: "text, or os.environ/NAME" };
    case "pairs":
      return typeof value === "string" && /^[^=,\s][^=,]*=[^,]*(?:,[^=,]+=[^,]*)*$/.test(value)
        ? { ok: true, value: new Secret(value) }
        : { ok: false, expected: "name=value, and more of them after commas" };
    case "socket":
      return typeof value === "string" && isSocket(value)
        ? { ok: true, value }
        : { ok: false, expected: "udp://HOST:PORT or unix:///PATH" };
    case "texts":
      return Array.isArray(value) && value.every((item) => typeof item === "string")
        ? { ok: true, value }
        : { ok: false, expected: "a list of names" };
    case "buckets": {
      const bounds = Array.isArray(value) ? value.map(numberOf) : [];
      return areAscending(bounds) && bounds.length <= kind.max
        ? { ok: true, value: bounds }
        : { ok: false, expected: `a list of 1 to ${kind.max} seconds above 0, ascending` };
    }
    case "url":
      return typeof value === "string" && isHttpUrl(value)
        ? { ok: true, value: value.replace(/\/+$/, "") }
        : { ok: false, expected: "an http or https URL" };
    case "choice": {
      const word = typeof value === "string" ? value.trim().toLowerCase() : "";
      return kind.of.includes(word)
        ? { ok: true, value: word }
        : { ok: false, expected: `one of ${kind.of.join(", ")}` };
    }
    default:
      return kind satisfies never;
  }
}

function booleanOf(value: Value): boolean | null {
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (["true", "1", "yes", "on"].includes(word)) return true;
  return ["false", "0", "no", "off"].includes(word) ? false : null;
}

/** The number that a value is, or that its text spells; else null. */
export function numberOf(value: Value): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || !/^\s*[-+]?\d+(?:\.\d+)?\s*$/.test(value)) return null;
  return Number(value);
}

function areAscending(bounds: readonly (number | null)[]): boolean {
  let last = 0;
  for (const bound of bounds) {
    if (bound === null || bound <= last) return false;
    last = bound;
  }
  return last > 0;
}

function isSocket(text: string): boolean {
  return /^(?:udp:\/\/[^/?#@\s]+:\d{1,5}|unix(?:gram)?:\/\/\/[^\s]+)$/.test(text);
}

function isHttpUrl(text: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
