import { describe, expect, test } from "bun:test";
import { providerOf } from "../../src/registry/provider-of.ts";
import { providers } from "../../src/registry/providers/all.ts";
import { resolve } from "./entry.ts";

describe("a model belongs to", () => {
  const cases: [model: string, base: string | null, provider: string, wire: string][] = [
    ["gpt-4o", null, "openai", "gpt-4o"],
    ["ft:gpt-4o-mini:us::x", null, "openai", "ft:gpt-4o-mini:us::x"],
    ["computer-use-preview", null, "openai", "computer-use-preview"],
    ["sora-2", null, "openai", "sora-2"],
    ["text-moderation-latest", null, "openai", "text-moderation-latest"],
    ["*", null, "openai", "*"],
    ["claude-sonnet-4-5", null, "anthropic", "claude-sonnet-4-5"],
    ["gemini-2.5-pro", null, "vertex_ai", "gemini-2.5-pro"],
    ["text-embedding-004", null, "vertex_ai", "text-embedding-004"],
    ["text-embedding-3-small", null, "openai", "text-embedding-3-small"],
    ["us.anthropic.claude-haiku-4-5-v1:0", null, "bedrock", "us.anthropic.claude-haiku-4-5-v1:0"],
    ["amazon.nova-lite-v1:0", null, "bedrock", "amazon.nova-lite-v1:0"],
    ["command-r", null, "cohere", "command-r"],
    ["jamba-1.5-mini", null, "ai21_chat", "jamba-1.5-mini"],
    ["ai21/jamba-mini", null, "ai21_chat", "jamba-mini"],
    ["sonar", "https://api.perplexity.ai", "perplexity", "sonar"],
    ["x", "https://api.clarifai.com/v2/ext/openai/v1", "clarifai", "x"],
    ["x", "https://api.together.ai/v1", "together_ai", "x"],
    ["x", "https://api.moonshot.cn/v1", "moonshot", "x"],
    ["azure/command-r", "https://x.example", "openai_like", "command-r"],
    ["azure/codestral-2501", "https://x.example", "openai_like", "codestral-2501"],
    ["azure/gpt-4o", "https://x.example", "azure", "gpt-4o"],
    ["azure_ai/gpt-4o", "https://x.services.ai.azure.com", "azure_ai", "gpt-4o"],
    ["openrouter/anthropic/claude-x", null, "openrouter", "anthropic/claude-x"],
    ["newcomer/x", "https://x.example", "openai_like", "x"],
  ];
  for (const [model, base, provider, wire] of cases) {
    test(`${provider}: ${model}${base === null ? "" : ` at ${base}`}`, () => {
      expect(providerOf(model, null, base)).toEqual({ provider, model: wire });
    });
  }

  test("nobody, when nothing tells", () => {
    expect(providerOf("something", null, null)).toBeNull();
  });
});

describe("every variable of a provider's row is read:", () => {
  for (const [name, { base, baseEnv, keyEnv, login, options = {} }] of Object.entries(providers)) {
    // Logins have tests of their own.
    if (login !== undefined) continue;
    const required = Object.values(options).filter((option) => option.required);
    const told = Object.fromEntries(required.map(({ params = [] }) => [params[0] ?? "", "x"]));
    const model = name === "ai21" ? "ai21/x" : `${name}/some-model`;
    const home = base === null || base.includes("{") ? { api_base: "https://box.example" } : {};
    for (const variable of keyEnv) {
      test(`${variable} holds a key of ${name}`, () => {
        expect(resolve({ model, ...home, ...told }, {}, { [variable]: "k1" }).target?.apiKey).toBe(
          "k1",
        );
      });
    }
    for (const variable of baseEnv) {
      test(`${variable} holds the address of ${name}`, () => {
        const environment = { [variable]: "https://box.example/x" };
        const { target } = resolve({ model, api_key: "k", ...told }, {}, environment);
        expect(target?.baseUrl).toStartWith("https://box.example/x");
      });
    }
  }
});
