import { expect, test } from "bun:test";
import { resolveTrial } from "../../src/registry/trial.ts";
import { entry, settings } from "./entry.ts";

const environment = { OPENAI_API_KEY: "sk-of-the-environment", AZURE_API_VERSION: "2025-01-01" };

test("a key of the environment is used at its provider's own address", () => {
  const { target } = resolveTrial(entry({ model: "openai/x" }), settings, environment, false);
  expect(target).toMatchObject({
    apiKey: "sk-of-the-environment",
    baseUrl: "https://api.openai.com/v1",
  });
});

test("a key of the environment is never sent to an address that a client named", () => {
  const trial = entry({ model: "openai/x", api_base: "http://evil.example/v1" });
  const deployment = resolveTrial(trial, settings, environment, true);
  expect(JSON.stringify(deployment)).not.toContain("sk-of-the-environment");
  expect(deployment.problem).toContain("there is no key");
});

test("nor is the key of a service behind a prefix of its own", () => {
  const trial = entry({
    model: "azure_ai/doc-intelligence/prebuilt-read",
    api_base: "http://evil.example",
  });
  const environment = { AZURE_DOCUMENT_INTELLIGENCE_API_KEY: "sk-of-the-environment" };
  const deployment = resolveTrial(trial, settings, environment, true);
  expect(JSON.stringify(deployment)).not.toContain("sk-of-the-environment");
});
