import { describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { redact, Secret, safeUrl } from "../../src/config/secret.ts";

describe("a secret", () => {
  test("shows itself in no way but by asking for it", () => {
    const secret = new Secret("sk-very-secret");
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret),
      Bun.inspect({ secret }),
    ];
    for (const text of shown) expect(text).not.toContain("very");
    expect(secret.reveal()).toBe("sk-very-secret");
  });

  test("that is known never survives, wherever it stands in a text", () => {
    const anySecret = fc
      .string({ minLength: 8, maxLength: 40 })
      .filter((text) => text.trim().length >= 8);
    fc.assert(
      fc.property(fc.string(), anySecret, fc.string(), (before, secret, after) => {
        expect(redact(`${before}${secret}${after}`, [secret])).not.toContain(secret);
      }),
    );
  });

  const shapes = [
    "sk-proj-abcdefghijkl",
    "sk-proj-****abcd",
    "Bearer abcdefghijklmnop",
    "api_key=abcdefgh",
    '"api_key": "abcdefgh"',
    "x-api-key: abcdefgh",
    "?sig=abcdefgh%2F",
    "postgres://user:abcdefgh@host/db",
    "AIzaSyAabcdefghijklmnopqrstuvwxyz",
    "AKIAABCDEFGHIJKLMNOP",
    "eyJhbGciOiJIUzI1NiJ9.abcdefgh.abcdefgh",
  ];
  for (const shape of shapes) {
    test(`that looks like ${shape.slice(0, 14)}… is taken out although it is not known`, () => {
      expect(redact(`error: ${shape} is wrong`, [])).not.toContain("abcd");
      expect(redact(`error: ${shape} is wrong`, [])).not.toContain("ABCD");
    });
  }

  test("is not seen in ordinary words", () => {
    const text = "The model gpt-4o does not exist or you do not have access to it";
    expect(redact(text, [])).toBe(text);
  });

  test("is gone from a URL that is shown", () => {
    expect(safeUrl("https://user:pw@host:8443/v1?key=abc#x")).toBe("https://host:8443/v1");
    expect(safeUrl("not a url")).toBe("(not a URL)");
  });
});
