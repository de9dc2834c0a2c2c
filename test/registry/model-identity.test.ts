import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { comparableModel, isSameModel } from "../../src/registry/model-identity.ts";
import { target } from "../probe/target.ts";

describe("the model that answered", () => {
  test.each([
    ["gpt-4o", "gpt-4o-2024-08-06"],
    ["gpt-4", "gpt-4-0613"],
    ["gpt-4o", "openai/gpt-4o"],
    ["meta-llama/Llama-3.1-8B-Instruct", "meta-llama/llama-3.1-8b"],
    ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"],
    ["claude-3-5-sonnet@20240620", "claude-3-5-sonnet-20240620"],
    ["us.anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet-20240620"],
    ["anthropic/claude-3.5-sonnet", "claude-3-5-sonnet-20241022"],
    ["mistral-large-latest", "mistral-large-2411"],
    ["gemini-2.0-flash", "models/gemini-2.0-flash-001"],
    ["grok-4", "grok-4-0709"],
    ["deepseek-chat", "deepseek-chat"],
    ["llama3", "llama3:latest"],
    ["ft:gpt-4o-2024-08-06:org::abc", "gpt-4o-2024-08-06"],
    ["my-model", "/models/weights"],
    ["my-model", "default"],
  ])("of %s may be %s", (asked, served) => {
    expect(isSameModel(asked, served)).toBe(true);
  });

  test.each([
    ["gpt-4o", "gpt-4o-mini"],
    ["gpt-4", "gpt-4-turbo"],
    ["gpt-4", "gpt-4.1"],
    ["gpt-4o-2024-05-13", "gpt-4o-2024-08-06"],
    ["gemini-1.5-pro-001", "gemini-1.5-pro-002"],
    ["gpt-oss-120b", "gpt-oss-20b"],
    ["claude-opus-4-1", "claude-sonnet-4-5"],
    ["llama-3.1-70b", "llama-3.1-8b"],
    ["mistral-large-latest", "mistral-small-2409"],
  ])("of %s is not %s", (asked, served) => {
    expect(isSameModel(asked, served)).toBe(false);
  });

  test("is always the one of the same name", () => {
    fc.assert(fc.property(fc.string(), (name) => expect(isSameModel(name, name)).toBe(true)));
  });

  test.each([
    ["an Azure deployment's name", { family: "azure", provider: "azure", model: "prod" }, null],
    ["the model behind it", { family: "azure", provider: "azure", baseModel: "gpt-4o" }, "gpt-4o"],
    ["a proxy's alias", { provider: "litellm_proxy", model: "smart" }, null],
    ["a router that chooses", { provider: "openrouter", model: "openrouter/auto" }, null],
    ["a model's own name", { model: "gpt-4o" }, "gpt-4o"],
  ] as const)("is held against %s", (_, changes, expected) => {
    expect(comparableModel(target(changes))).toBe(expected);
  });
});
