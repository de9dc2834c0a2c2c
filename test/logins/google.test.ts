import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { removeFolder, temporaryFolder } from "../servers/process.ts";
import { exchanged, loginOf, startTokenHost } from "./token-host.ts";

const host = startTokenHost();
const folder = temporaryFolder("google-logins");
afterAll(() => removeFolder(folder));

const model = "vertex_ai/gemini-2.5-flash";
const scope = "https://www.googleapis.com/auth/cloud-platform";
const token = () => Response.json({ access_token: "ya29.the-token", expires_in: 3599 });
const bare = { HOME: folder, GCE_METADATA_HOST: "127.0.0.1:1" };

let privateKey = "";
let publicKey: CryptoKey;
beforeAll(async () => {
  const pair = await generateKeyPair("RS256", { extractable: true });
  privateKey = await exportPKCS8(pair.privateKey);
  publicKey = pair.publicKey;
});

const account = () => ({
  type: "service_account",
  project_id: "the-project-of-the-file",
  private_key_id: "the-key-id",
  private_key: privateKey,
  client_email: "prober@the-project.iam.gserviceaccount.com",
  token_uri: `${host.url}/token`,
});

describe("a service account of Google", () => {
  const forms: [title: string, credentials: () => string | ReturnType<typeof account>][] = [
    ["an object", account],
    ["text", () => JSON.stringify(account())],
    [
      "a file",
      () => {
        const file = join(folder, "account.json");
        writeFileSync(file, JSON.stringify(account()));
        return file;
      },
    ],
  ];
  for (const [title, credentials] of forms) {
    test(`as ${title} signs for a token, and names its project`, async () => {
      host.answer = token;
      const login = loginOf({ model, vertex_credentials: credentials() });
      const { result, freshMs } = await exchanged(login);
      expect(result).toMatchObject({
        credential: { kind: "token", token: "ya29.the-token" },
        options: { project: "the-project-of-the-file" },
      });
      expect(freshMs).toBe(3_299_000);
      const form = new URLSearchParams(host.seen[0]?.body);
      expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
      const { payload, protectedHeader } = await jwtVerify(form.get("assertion") ?? "", publicKey, {
        issuer: account().client_email,
        audience: `${host.url}/token`,
      });
      expect(protectedHeader).toEqual({ alg: "RS256", typ: "JWT", kid: "the-key-id" });
      expect(payload["scope"]).toBe(scope);
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    });
  }

  test("whose key is deleted is refused, with the words of Google and whose it is", async () => {
    host.answer = () =>
      Response.json(
        { error: "invalid_grant", error_description: "Invalid JWT Signature." },
        { status: 400 },
      );
    const { result } = await exchanged(loginOf({ model, vertex_credentials: account() }));
    expect(result).toEqual({
      kind: "denied",
      class: "auth",
      text: "Google (prober@the-project.iam.gserviceaccount.com) login: HTTP 400: invalid_grant: Invalid JWT Signature.",
    });
  });

  const broken: [title: string, params: () => Record<string, unknown> | string, words: string][] = [
    [
      "a key that is none",
      () => ({ ...account(), private_key: "s3cret-that-is-no-key" }),
      "PKCS#8",
    ],
    ["without a key", () => ({ ...account(), private_key: "" }), "private_key"],
    ["of a type that is not known", () => ({ type: "s3cret" }), "of no type"],
    ["text that is no JSON", () => "{s3cret", "holds no JSON"],
    ["a file that is not there", () => join(folder, "none.json"), "does not exist"],
  ];
  for (const [title, credentials, words] of broken) {
    test(`that is ${title} is a fault of the configuration, told without a secret`, async () => {
      const given = credentials() as string;
      const { result } = await exchanged(loginOf({ model, vertex_credentials: given }));
      expect(result).toMatchObject({ kind: "denied", class: "config" });
      if (result.kind !== "denied") return;
      expect(result.text).toContain(words);
      expect(result.text).not.toContain("s3cret");
    });
  }
});

describe("Google", () => {
  test("exchanges another identity and takes a service account with it", async () => {
    const file = join(folder, "subject.json");
    writeFileSync(file, JSON.stringify({ id: "the-subject-token" }));
    host.answer = ({ target }) =>
      target === "/sts"
        ? Response.json({ access_token: "federated", expires_in: 3600 })
        : Response.json({
            accessToken: "ya29.impersonated",
            expireTime: new Date(Date.now() + 3_600_000).toISOString(),
          });
    const credentials = {
      type: "external_account",
      audience: "//iam.googleapis.com/the-pool",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${host.url}/sts`,
      service_account_impersonation_url: `${host.url}/impersonate`,
      credential_source: { file, format: { type: "json", subject_token_field_name: "id" } },
    };
    const login = loginOf({ model, vertex_project: "p", vertex_credentials: credentials });
    const { result } = await exchanged(login);
    expect(result).toMatchObject({ credential: { token: "ya29.impersonated" }, options: {} });
    const [sts, impersonation] = host.seen;
    expect(Object.fromEntries(new URLSearchParams(sts?.body))).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      audience: "//iam.googleapis.com/the-pool",
      scope,
      requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      subject_token: "the-subject-token",
    });
    expect(impersonation?.headers["authorization"]).toBe("Bearer federated");
    expect(JSON.parse(impersonation?.body ?? "")).toEqual({ scope: [scope], delegates: [] });
  });

  test("is asked on the machine itself where nothing is configured, for token and project", async () => {
    host.answer = ({ target, headers }) =>
      headers["metadata-flavor"] !== "Google"
        ? new Response("", { status: 403 })
        : target.endsWith("/project-id")
          ? new Response("the-project-of-the-machine")
          : token();
    const environment = { HOME: folder, GCE_METADATA_HOST: host.host };
    const { result } = await exchanged(loginOf({ model }, environment));
    expect(result).toMatchObject({
      credential: { token: "ya29.the-token" },
      options: { project: "the-project-of-the-machine" },
    });
  });

  test("without any credentials says what to set", async () => {
    const { result } = await exchanged(loginOf({ model }, bare));
    expect(result).toMatchObject({ kind: "denied", class: "config" });
    if (result.kind === "denied") expect(result.text).toContain("set vertex_credentials");
  });

  test("credentials that name no project say what to set", async () => {
    host.answer = token;
    const { project_id: _, ...nameless } = account();
    const { result } = await exchanged(loginOf({ model, vertex_credentials: nameless }));
    expect(result).toEqual({
      kind: "denied",
      class: "config",
      text: "the credentials name no project: set vertex_project",
    });
  });
});
