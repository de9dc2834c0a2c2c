import { describe, expect, test } from "bun:test";
import { litellmId } from "../../src/registry/litellm-id.ts";
import type { Values } from "./entry.ts";

// Made with Python: hashlib.sha256 over the name and, for every key, the key and str(value), or json.dumps of a dict.
const vectors: [title: string, params: Values, id: string][] = [
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
    { model: "m", extra_body: { a: { b: [] }, c: '🎉\x7f/"\\\n', d: 1e-7, e: 1e22, f: -3, g: {} } },
    "a5db4e77c368b22725d6bedffb579a338001b3dca6f5d74cfb43e3bb2d62df6e",
  ],
  [
    "maps within lists",
    { model: "m", nested: [{ k: "it's", n: null }, [true, false, 12345678901234.5]], empty: [] },
    "802666315b8482151c50c0a56deb873b2b64046a64cdce5d980bf61c285b5e6c",
  ],
];

describe("the id that LiteLLM derives from", () => {
  for (const [title, params, id] of vectors) {
    test(title, () => expect(litellmId("gpt-4", params)).toBe(id));
  }

  test("whole floats, which Python prints with their .0", () => {
    const params = { model: "openai/x", timeout: 60, cost: 0, rpm: 60 };
    expect(litellmId("gpt-4", params, new Set(["timeout", "cost"]))).toBe(
      "218e353bbc61c6f33db174b520a92c60397d9da9a1360cecabe1a7c72f42a02d",
    );
  });
});
