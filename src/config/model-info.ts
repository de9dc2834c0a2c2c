// What the known keys of an entry's `model_info` may be.

import type { ConfigProblem } from "../errors.ts";
import type { Value } from "./config.ts";
import { modelInfoKinds } from "./known-keys.ts";
import { numberOf, plain } from "./values.ts";
import { type MapNode, problemAt } from "./yaml-node.ts";

const expectations: Readonly<
  Record<string, { readonly words: string; readonly fits: (value: Value) => boolean }>
> = {
  id: {
    words: "text or a whole number",
    fits: (value) => typeof value === "string" || Number.isInteger(value),
  },
  text: { words: "text", fits: (value) => typeof value === "string" },
  seconds: { words: "seconds, more than 0", fits: (value) => (numberOf(value) ?? 0) > 0 },
  count: {
    words: "a whole number, more than 0",
    fits: (value) => Number.isInteger(numberOf(value)) && (numberOf(value) ?? 0) > 0,
  },
  price: { words: "USD, 0 or more", fits: (value) => priceOf(value) !== null },
  amount: {
    words: "a whole number, 0 or more",
    fits: (value) => Number.isInteger(numberOf(value)) && (numberOf(value) ?? -1) >= 0,
  },
  probe: {
    words: "auto, completion or metadata",
    fits: (value) => ["auto", "completion", "metadata"].includes(String(value)),
  },
  boolean: { words: "true or false", fits: (value) => typeof value === "boolean" },
  map: {
    words: "a map of keys",
    fits: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  },
  texts: {
    words: "a list of names",
    fits: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  },
};

const infoKinds: ReadonlyMap<string, string> = new Map(Object.entries(modelInfoKinds));

/** Says of each known key of a model_info whose value does not fit what would. */
export function checkInfo(info: MapNode, path: string, problems: ConfigProblem[]): void {
  for (const [key, { node }] of info.entries) {
    const kind = infoKinds.get(key);
    if (kind === undefined || (node.kind === "scalar" && node.value === null)) continue;
    const expectation = expectations[kind];
    if (expectation === undefined || expectation.fits(plain(node))) continue;
    problems.push(
      problemAt(
        node.place,
        `${path}.${key}`,
        `this is not ${expectation.words}`,
        `Give ${expectation.words}`,
      ),
    );
  }
}

/** A price as YAML 1.1 gives it: `1e-7` is text there, and means the number all the same. */
export function priceOf(value: Value | undefined): number | null {
  const number = typeof value === "string" && /^[-+.\deE]+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}
