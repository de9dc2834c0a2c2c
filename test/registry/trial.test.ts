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

const machines: [title: string, params: Record<string, string>, environment: object][] = [
  ["AWS keys", { model: "bedrock/x" }, { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "B" }],
  ["an instance of AWS", { model: "bedrock/x" }, {}],
  [
    "a container of AWS",
    { model: "bedrock/x" },
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://x" },
  ],
  ["a file of Google", { model: "vertex_ai/x" }, { GOOGLE_APPLICATION_CREDENTIALS: "/file" }],
  ["a machine of Google", { model: "vertex_ai/x" }, {}],
  [
    "a managed identity of Azure",
    { model: "azure/x" },
    { IDENTITY_ENDPOINT: "http://x", IDENTITY_HEADER: "h" },
  ],
];
for (const [title, params, own] of machines) {
  test(`${title} logs in nowhere but at the provider's own address`, () => {
    const trial = entry({ ...params, api_base: "http://evil.example" });
    const deployment = resolveTrial(trial, settings, { ...environment, ...own }, true);
    expect(deployment.target).toBeNull();
    expect(deployment.problem).toContain("there is no key");
  });
}

test("a client's own credentials log in at an address of its own", () => {
  const trial = entry({
    model: "bedrock/x",
    aws_access_key_id: "A",
    aws_secret_access_key: "B",
    aws_bedrock_runtime_endpoint: "http://own.example",
  });
  expect(resolveTrial(trial, settings, environment, true).target?.login).not.toBeNull();
});
