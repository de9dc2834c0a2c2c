import { afterAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Value } from "../../src/config/config.ts";
import { resolve } from "../registry/entry.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";
import { exchanged, loginOf, startTokenHost } from "./token-host.ts";

const host = startTokenHost();
const folder = temporaryFolder("entra-logins");
const file = join(folder, "federated");
writeFileSync(file, "the-federated-token\n");
afterAll(() => removeFolder(folder));

const model = { model: "azure/gpt-4o", api_base: "https://res.openai.azure.com" };
const authority = { AZURE_AUTHORITY_HOST: host.url };
const token = () => Response.json({ access_token: "entra-token", expires_in: "3600" });
const assertion = {
  client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  client_assertion: "the-federated-token",
};
const cognitive = "https://cognitiveservices.azure.com/.default";

const forms: [
  title: string,
  params: Record<string, Value>,
  environment: Record<string, string>,
  form: Record<string, string>,
][] = [
  [
    "a secret of the environment, and a scope",
    { azure_scope: "api://other/.default" },
    { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c", AZURE_CLIENT_SECRET: "the-secret" },
    {
      client_id: "c",
      scope: "api://other/.default",
      grant_type: "client_credentials",
      client_secret: "the-secret",
    },
  ],
  [
    "the file of a workload identity",
    {},
    { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c", AZURE_FEDERATED_TOKEN_FILE: file },
    { client_id: "c", scope: cognitive, grant_type: "client_credentials", ...assertion },
  ],
  [
    "a reference to a file",
    { tenant_id: "t", client_id: "c", azure_ad_token: `oidc/file/${file}` },
    {},
    { client_id: "c", scope: cognitive, grant_type: "client_credentials", ...assertion },
  ],
  [
    "a reference to a variable, where the API has no date",
    { tenant_id: "t", client_id: "c", azure_ad_token: "oidc/env/IDENTITY", api_version: "v1" },
    { IDENTITY: "the-federated-token" },
    {
      client_id: "c",
      scope: "https://ai.azure.com/.default",
      grant_type: "client_credentials",
      ...assertion,
    },
  ],
  [
    "a user and a password",
    { tenant_id: "t", client_id: "c", azure_username: "u", azure_password: "the-password" },
    {},
    {
      client_id: "c",
      scope: cognitive,
      grant_type: "password",
      username: "u",
      password: "the-password",
    },
  ],
];

describe("Entra", () => {
  for (const [title, params, environment, form] of forms) {
    test(`gives a token for ${title}`, async () => {
      host.answer = token;
      const login = loginOf({ ...model, ...params }, { ...authority, ...environment });
      const { result } = await exchanged(login);
      expect(result).toMatchObject({ credential: { kind: "token", token: "entra-token" } });
      expect(host.seen[0]?.target).toBe("/t/oauth2/v2.0/token");
      expect(Object.fromEntries(new URLSearchParams(host.seen[0]?.body))).toEqual(form);
    });
  }

  test("gives a token to the managed identity of an app service", async () => {
    host.answer = token;
    const environment = {
      IDENTITY_ENDPOINT: `${host.url}/msi/token`,
      IDENTITY_HEADER: "the-header",
    };
    await exchanged(loginOf(model, environment));
    const [asked] = host.seen;
    expect(asked?.target).toBe(
      "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fcognitiveservices.azure.com%2F",
    );
    expect(asked?.headers["x-identity-header"]).toBe("the-header");
  });

  test("gives a token to the managed identity of a machine, where that is chosen", async () => {
    host.answer = token;
    const environment = {
      AZURE_CREDENTIAL: "ManagedIdentityCredential",
      AZURE_CLIENT_ID: "c",
      AZURE_POD_IDENTITY_AUTHORITY_HOST: host.url,
    };
    await exchanged(loginOf(model, environment));
    const [asked] = host.seen;
    expect(asked?.target).toBe(
      "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcognitiveservices.azure.com%2F&client_id=c",
    );
    expect(asked?.headers["metadata"]).toBe("true");
  });

  test("that refuses a secret says why, without the secret", async () => {
    host.answer = () =>
      Response.json(
        { error: "invalid_client", error_description: "AADSTS7000215: the-client-secret is wrong" },
        { status: 401 },
      );
    const params = { tenant_id: "t", client_id: "c", client_secret: "the-client-secret" };
    const { result } = await exchanged(loginOf({ ...model, ...params }, authority));
    expect(result).toEqual({
      kind: "denied",
      class: "auth",
      text: "Entra login: HTTP 401: invalid_client: AADSTS7000215: [redacted] is wrong",
    });
  });

  for (const [status, expected] of [
    [429, "rate_limited"],
    [503, "server_error"],
    [302, "protocol"],
  ] as const) {
    test(`that answers ${status} says nothing of the secret`, async () => {
      host.answer = () => new Response("", { status });
      const params = { tenant_id: "t", client_id: "c", client_secret: "the-client-secret" };
      const { result } = await exchanged(loginOf({ ...model, ...params }, authority));
      expect(result).toMatchObject({ kind: "denied", class: expected });
    });
  }

  const wrong: [title: string, params: Record<string, Value>, words: string][] = [
    ["a secret without a tenant", { client_secret: "s3cret" }, "tenant_id"],
    ["a secret without a client", { tenant_id: "t", client_secret: "s3cret" }, "client_id"],
    ["an identity that a person has", { azure_ad_token: "oidc/okta/s3cret" }, "azure_ad_token"],
    ["nothing", {}, "AZURE_API_KEY"],
  ];
  for (const [title, params, words] of wrong) {
    test(`given ${title} cannot be asked, and the deployment says what to set`, () => {
      const { problem } = resolve({ ...model, ...params });
      expect(problem).toContain(words);
      expect(problem).not.toContain("s3cret");
    });
  }
});

test("IBM, refusing a key with a 400, is understood as refusing it", async () => {
  host.answer = () =>
    Response.json(
      { errorCode: "BXNIM0415E", errorMessage: "Provided API key could not be found." },
      { status: 400 },
    );
  const params = { model: "watsonx/ibm/granite-4", api_base: "https://a.example", api_key: "k" };
  const { result } = await exchanged(loginOf(params, { WATSONX_IAM_URL: host.url }));
  expect(result).toEqual({
    kind: "denied",
    class: "auth",
    text: "IBM IAM login: HTTP 400: BXNIM0415E: Provided API key could not be found.",
  });
});
