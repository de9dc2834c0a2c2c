import { afterAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFolder, temporaryFolder } from "../servers/process.ts";
import { sentSignature, signatureOf } from "./signature.ts";
import { exchanged, loginOf, startTokenHost } from "./token-host.ts";

const host = startTokenHost();
const folder = temporaryFolder("aws-logins");
afterAll(() => removeFolder(folder));

const model = "bedrock/amazon.nova-lite-v1:0";
const secret = "the-secret-of-the-long-lived-key";
const keys = { aws_access_key_id: "AKIDLONGLIVED", aws_secret_access_key: secret };
const role = "arn:aws:iam::123456789012:role/prober";
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

const assumed = (action: string) =>
  new Response(
    `<${action}Response><${action}Result><Credentials><AccessKeyId>ASIASESSION</AccessKeyId>` +
      `<SecretAccessKey>session-secret</SecretAccessKey><SessionToken>session-token</SessionToken>` +
      `<Expiration>${inAnHour()}</Expiration></Credentials></${action}Result></${action}Response>`,
  );
const session = {
  kind: "aws",
  accessKeyId: "ASIASESSION",
  secretAccessKey: "session-secret",
  sessionToken: "session-token",
} as const;
const machineKeys = () =>
  Response.json({
    AccessKeyId: "ASIASESSION",
    SecretAccessKey: "session-secret",
    Token: "session-token",
    Expiration: inAnHour(),
  });
/** An environment in which nothing of this machine is found. */
const bare = { HOME: folder, AWS_REGION: "us-east-1", AWS_EC2_METADATA_DISABLED: "true" };

describe("AWS", () => {
  test("takes a role with a signed request, and leaves its session before it ends", async () => {
    host.answer = () => assumed("AssumeRole");
    const login = loginOf({
      model,
      ...keys,
      aws_role_name: role,
      aws_session_name: "probing",
      aws_external_id: "the-external-id",
      aws_sts_endpoint: host.url,
      aws_region_name: "eu-west-1",
    });
    const { result, freshMs } = await exchanged(login);
    expect(result).toMatchObject({ kind: "granted", credential: session });
    expect(freshMs).toBeGreaterThan(3_000_000);
    expect(freshMs).toBeLessThanOrEqual(3_302_000);
    const [asked] = host.seen;
    if (asked === undefined) throw new Error("nobody was asked");
    expect(Object.fromEntries(new URLSearchParams(asked.body))).toEqual({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: role,
      RoleSessionName: "probing",
      ExternalId: "the-external-id",
    });
    expect(asked.headers["authorization"]).toContain("/eu-west-1/sts/aws4_request");
    expect(sentSignature(asked)).toBe(signatureOf(asked, secret));
  });

  test("takes a role with a web identity, unsigned", async () => {
    host.answer = () => assumed("AssumeRoleWithWebIdentity");
    const file = join(folder, "web-identity");
    writeFileSync(file, "the-identity-token\n");
    const environment = {
      ...bare,
      AWS_ROLE_ARN: role,
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
      AWS_ENDPOINT_URL_STS: host.url,
    };
    const { result } = await exchanged(loginOf({ model }, environment));
    expect(result).toMatchObject({ credential: session });
    const [asked] = host.seen;
    expect(asked?.headers["authorization"]).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toMatchObject({
      Action: "AssumeRoleWithWebIdentity",
      RoleArn: role,
      WebIdentityToken: "the-identity-token",
    });
  });

  test("takes a role with a token that a variable of the configuration names", async () => {
    host.answer = () => assumed("AssumeRoleWithWebIdentity");
    const params = {
      model,
      aws_role_name: role,
      aws_web_identity_token: "oidc/env/MY_TOKEN",
      aws_sts_endpoint: host.url,
    };
    await exchanged(loginOf(params, { ...bare, MY_TOKEN: "the-token-of-a-variable" }));
    expect(host.seen[0]?.body).toContain("WebIdentityToken=the-token-of-a-variable");
  });

  test("reads a profile of the credentials file", async () => {
    const file = join(folder, "credentials");
    writeFileSync(
      file,
      "[default]\naws_access_key_id = A\naws_secret_access_key = B\n\n# work\n[work]\naws_access_key_id=ASIASESSION\n" +
        "aws_secret_access_key = session-secret\naws_session_token= session-token\n",
    );
    const environment = { ...bare, AWS_SHARED_CREDENTIALS_FILE: file };
    const { result } = await exchanged(loginOf({ model, aws_profile_name: "work" }, environment));
    expect(result).toMatchObject({ credential: session });
    const { result: none } = await exchanged(
      loginOf({ model, aws_profile_name: "gone" }, environment),
    );
    expect(none).toMatchObject({ kind: "denied", class: "config" });
    const { result: byDefault } = await exchanged(loginOf({ model }, environment));
    expect(byDefault).toMatchObject({ credential: { accessKeyId: "A" } });
  });

  test("takes the role of a profile, with the keys of another", async () => {
    host.answer = () => assumed("AssumeRole");
    const files = { credentials: join(folder, "own-credentials"), config: join(folder, "config") };
    writeFileSync(
      files.credentials,
      `[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = ${secret}\n`,
    );
    writeFileSync(
      files.config,
      `[profile prober]\nrole_arn = ${role}\nsource_profile = base\nexternal_id = the-external-id\n` +
        "[profile person]\nsso_session = us\n[profile ring]\nrole_arn = x\nsource_profile = ring2\n" +
        "[profile ring2]\nrole_arn = y\nsource_profile = ring\n",
    );
    const environment = {
      ...bare,
      AWS_SHARED_CREDENTIALS_FILE: files.credentials,
      AWS_CONFIG_FILE: files.config,
      AWS_ENDPOINT_URL_STS: host.url,
    };
    const as = async (profile: string) =>
      (await exchanged(loginOf({ model, aws_profile_name: profile }, environment))).result;
    expect(await as("prober")).toMatchObject({ credential: session });
    const [asked] = host.seen;
    if (asked === undefined) throw new Error("nobody was asked");
    expect(asked.body).toContain("ExternalId=the-external-id");
    expect(sentSignature(asked)).toBe(signatureOf(asked, secret));
    for (const profile of ["person", "ring"]) {
      expect(await as(profile)).toMatchObject({ kind: "denied", class: "config" });
    }
  });

  test("asks the container, with the token that it is told", async () => {
    host.answer = machineKeys;
    const environment = {
      ...bare,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${host.url}/role`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "container-token",
    };
    const { result } = await exchanged(loginOf({ model }, environment));
    expect(result).toMatchObject({ credential: session });
    expect(host.seen[0]).toMatchObject({
      target: "/role",
      headers: { authorization: "container-token" },
    });
  });

  test("asks the instance in three steps, with its token", async () => {
    host.answer = ({ method, target }) =>
      method === "PUT"
        ? new Response("imds-token")
        : target.endsWith("/")
          ? new Response("the-role")
          : machineKeys();
    const environment = {
      HOME: folder,
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
      AWS_EC2_METADATA_SERVICE_ENDPOINT: host.url,
    };
    const { result } = await exchanged(loginOf({ model }, environment));
    expect(result).toMatchObject({ credential: session });
    expect(host.seen.map(({ method, target }) => `${method} ${target}`)).toEqual([
      "PUT /latest/api/token",
      "GET /latest/meta-data/iam/security-credentials/",
      "GET /latest/meta-data/iam/security-credentials/the-role",
    ]);
    expect(host.seen[0]?.headers["x-aws-ec2-metadata-token-ttl-seconds"]).toBe("21600");
    expect(host.seen[2]?.headers["x-aws-ec2-metadata-token"]).toBe("imds-token");
  });

  test("without any credentials says so, as a fault of the configuration", async () => {
    const environment = { ...bare, AWS_SHARED_CREDENTIALS_FILE: join(folder, "none") };
    const { result } = await exchanged(loginOf({ model }, environment));
    expect(result).toMatchObject({ kind: "denied", class: "config" });
    if (result.kind === "denied") expect(result.text).toContain("there are no credentials");
  });

  test("that refuses a role says which, and shows no secret that it repeats", async () => {
    host.answer = () =>
      new Response(
        `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not with ${secret}</Message></Error></ErrorResponse>`,
        { status: 403 },
      );
    const login = loginOf({ model, ...keys, aws_role_name: role, aws_sts_endpoint: host.url });
    const { result } = await exchanged(login);
    expect(result).toEqual({
      kind: "denied",
      class: "auth",
      text: `AWS STS (${role}) login: HTTP 403: AccessDenied: not with [redacted]`,
    });
  });

  test("refusing a request of a wrong time says how wrong this machine's clock is", async () => {
    host.answer = () =>
      new Response("<Error><Code>SignatureDoesNotMatch</Code></Error>", {
        status: 403,
        headers: { date: new Date(Date.now() - 600_000).toUTCString() },
      });
    const login = loginOf({ model, ...keys, aws_role_name: role, aws_sts_endpoint: host.url });
    const { result } = await exchanged(login);
    if (result.kind !== "denied") throw new Error("it was granted");
    expect(result.text).toMatch(/this machine's clock is (?:599|60\d) s ahead of the server's/);
  });

  test("whose token host cannot be reached is a failure of the network", async () => {
    const login = loginOf({
      model,
      ...keys,
      aws_role_name: role,
      aws_sts_endpoint: "http://127.0.0.1:1",
    });
    const { result } = await exchanged(login);
    expect(result).toMatchObject({ kind: "denied", class: "connect" });
  });
});

describe("a region", () => {
  test("that is none never becomes part of a host's name", () => {
    expect(() => loginOf({ model, ...keys, aws_region_name: "evil.example/" })).toThrow(
      "the region is no name of one",
    );
  });
});
