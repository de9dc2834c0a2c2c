import { describe, expect, test } from "bun:test";
import type { Value } from "../../src/config/config.ts";
import { litellmId } from "../../src/config/litellm-id.ts";
import { parseConfig } from "../../src/config/read.ts";
import { nodeOf } from "../../src/config/values.ts";
import routed from "./fixtures/litellm-ids.json";

// Made with Python: hashlib.sha256 over the name and, for every key, the key and str(value), or json.dumps of a dict.
const vectors: [title: string, params: Value, id: string][] = [
  [
    "texts",
    { model: "openai/gpt-4o", api_key: "sk-1" },
    "4dd5342a7af09ff2d1e0c75a0d7c5f6441d039d98c16866b0cf96d34cb1c7d69",
  ],
  [
    "a map and a list",
    { model: "a", extra_headers: { X: "é", n: [1, 2.5, null, true] }, tags: ["a", "it's", 'q"'] },
    "6ef25f1c895729b4033b2b2fd1bdc803368c227cc01d7cf96c7ef7b98be553b5",
  ],
  [
    "numbers, false and nothing",
    {
      model: "m",
      rpm: 100,
      timeout: 0.5,
      input_cost_per_token: 1.5e-7,
      stream: false,
      api_key: null,
    },
    "83cfb9f8654b4e186b36552f4bca69da33310f22e37b975e76e1eb5823c58e20",
  ],
  [
    "quotes and characters that Python does not print",
    {
      model: "m",
      tags: [
        "both ' and \"",
        "back\\slash",
        "line\nbreak\ttab",
        "nul\x00",
        "nbsp\u00a0zero\u200b",
        "ünï 漢 🎉",
      ],
    },
    "ca46acd80c10d9a12bc27ba18f8e9ead595410956119e242753fe5fa59cbcd37",
  ],
  [
    "maps within maps",
    { model: "m", extra_body: { a: { b: [] }, c: '🎉\x7f/"\\\n', d: 1e-7, f: -3, g: {} } },
    "0fd9c268963c2653d780b1ad68d2cd8eb6a0299c71dd59c0eced1af8380731ca",
  ],
  [
    "maps within lists",
    { model: "m", nested: [{ k: "it's", n: null }, [true, false, 12345678901234.5]], empty: [] },
    "802666315b8482151c50c0a56deb873b2b64046a64cdce5d980bf61c285b5e6c",
  ],
];

function idOf(params: Value): string {
  const node = nodeOf(params, { file: "f", line: 1, column: 1 });
  if (node.kind !== "map") throw new Error("parameters are a map");
  return litellmId("gpt-4", node);
}

describe("the id that LiteLLM derives from", () => {
  for (const [title, params, id] of vectors) {
    test(title, () => expect(idOf(params)).toBe(id));
  }
});

// fixtures/litellm-ids.py says how these came about.
describe("the ids that LiteLLM's own router gives", () => {
  const idsOf = (text: string) =>
    parseConfig(text, { file: "f", flags: {}, environment: {}, cores: 4 }).entries.map(
      ({ modelId }) => modelId,
    );
  const written = routed.filter(({ text }) => text.startsWith("# "));
  const random = routed.filter(({ text }) => !text.startsWith("# "));

  for (const { text, ids } of written) {
    const [title = ""] = text.slice(2).split("\n", 1);
    test(title, () => expect(idsOf(text)).toEqual(ids));
  }

  test("to models with anchors, merges, doubled keys and numbers in all notations", () => {
    const wrong = random.filter(({ text, ids }) => idsOf(text).join() !== ids.join());
    expect(wrong).toEqual([]);
    expect(random.length).toBeGreaterThan(100);
  });
});
