import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { questionOf } from "../../src/probe/families.ts";
import { pack } from "../../src/schedule/definition.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";
import { resolve } from "./entry.ts";

const keys = { aws_access_key_id: "AKIDOFTHECONFIG", aws_secret_access_key: "the-secret-key" };
const environment = {
  AWS_ACCESS_KEY_ID: "AKIDOFTHEENVIRONMENT",
  AWS_SECRET_ACCESS_KEY: "the-other-secret",
  AWS_REGION: "ap-south-1",
};
const arn = "arn:aws:bedrock:eu-central-1:1:provisioned-model/x";

describe("the region of a model of Bedrock", () => {
  const cases: [where: string, params: Record<string, string>, env: object, region: string][] = [
    [
      "the parameter",
      { model: `bedrock/eu-west-1/${arn}`, aws_region_name: "sa-east-1" },
      environment,
      "sa-east-1",
    ],
    ["the ARN", { model: `bedrock/eu-west-1/${arn}` }, environment, "eu-central-1"],
    [
      "the ARN that stands elsewhere",
      { model: "bedrock/meta.llama3", model_id: arn },
      environment,
      "eu-central-1",
    ],
    [
      "the name",
      { model: "bedrock/converse/us-gov-west-1/amazon.nova-lite-v1:0" },
      environment,
      "us-gov-west-1",
    ],
    ["the environment", { model: "bedrock/us.amazon.nova-lite-v1:0" }, environment, "ap-south-1"],
    ["LiteLLM's default", { model: "bedrock/us.amazon.nova-lite-v1:0" }, {}, "us-west-2"],
  ];
  for (const [where, params, env, region] of cases) {
    test(`is that of ${where}`, () => {
      const { target } = resolve(params, {}, { ...env });
      expect(target?.baseUrl).toBe(`https://bedrock-runtime.${region}.amazonaws.com`);
      expect(target?.login?.use).toEqual({ kind: "sigv4", service: "bedrock", region });
    });
  }
});

describe("the region of a profile of AWS's", () => {
  const folder = temporaryFolder("aws-profiles");
  afterAll(() => removeFolder(folder));
  const file = join(folder, "config");
  writeFileSync(
    file,
    "[default]\nregion = eu-north-1\n[profile work]\nregion=ca-central-1\n[profile bare]\noutput = json\n",
  );
  const regionOf = (params: Record<string, string>, env: Record<string, string> = {}) =>
    resolve({ model: "bedrock/us.amazon.nova-lite-v1:0", ...params }, {}, { ...env }).target
      ?.options["region"];
  const files = { AWS_CONFIG_FILE: file };

  test("is asked where nothing else names one", () => {
    expect(regionOf({ aws_profile_name: "work" }, files)).toBe("ca-central-1");
    expect(regionOf({}, { ...files, AWS_PROFILE: "work" })).toBe("ca-central-1");
    expect(regionOf({}, files)).toBe("eu-north-1");
  });

  test("is not, where the parameter or the environment names one", () => {
    const profile = { aws_profile_name: "work" };
    expect(regionOf({ ...profile, aws_region_name: "sa-east-1" }, files)).toBe("sa-east-1");
    expect(regionOf(profile, { ...files, AWS_REGION: "ap-south-1" })).toBe("ap-south-1");
  });

  test("is LiteLLM's default where the profile names none, or is not there", () => {
    for (const name of ["bare", "gone"]) {
      expect(regionOf({ aws_profile_name: name }, files)).toBe("us-west-2");
    }
    const missing = { AWS_CONFIG_FILE: join(folder, "gone") };
    expect(regionOf({ aws_profile_name: "work" }, missing)).toBe("us-west-2");
  });

  test("is found in the folder of who runs the service", () => {
    mkdirSync(join(folder, ".aws"));
    writeFileSync(join(folder, ".aws", "config"), "[profile home]\nregion = il-central-1\n");
    expect(regionOf({ aws_profile_name: "home" }, { HOME: folder })).toBe("il-central-1");
  });
});

describe("a token of Entra's", () => {
  const token = "eyJhbGciOi.the.token";
  const foundry = "https://res.services.ai.azure.com";

  test.each([
    ["a model of Foundry", { model: "azure_ai/grok-3", api_base: foundry }],
    ["Claude of Foundry", { model: "azure_ai/claude-haiku-4-5", api_base: foundry }],
    ["a deployment of Azure OpenAI", { model: "azure/d", api_base: "https://r.openai.azure.com" }],
  ])("goes as Bearer to %s, and not as a key", (_, params) => {
    const { target } = resolve({ ...params, azure_ad_token: token });
    if (target === null) throw new Error("not probed");
    const { headers } = questionOf(target).request(target);
    expect(headers["authorization"]).toBe(`Bearer ${token}`);
    expect(JSON.stringify({ ...headers, authorization: "" })).not.toContain("eyJ");
  });

  test("asks a resource at the address at which its key is taken", () => {
    const { target } = resolve({
      model: "azure_ai/grok-3",
      api_base: foundry,
      azure_ad_token: token,
    });
    if (target === null) throw new Error("not probed");
    expect(questionOf(target).request(target).url).toBe(`${foundry}/models/chat/completions`);
  });
});

describe("a login", () => {
  test("is the deployment's own before the environment's", () => {
    const { target } = resolve({ model: "bedrock/x", ...keys }, {}, environment);
    expect(target?.login?.source).toMatchObject({ accessKeyId: "AKIDOFTHECONFIG" });
  });

  test("is no login where there is a bearer key, as in LiteLLM", () => {
    const env = { ...environment, AWS_BEARER_TOKEN_BEDROCK: "bedrock-key" };
    const { target } = resolve({ model: "bedrock/x", ...keys }, {}, env);
    expect(target).toMatchObject({ login: null, apiKey: "bedrock-key" });
  });

  test("is the same for all deployments that have it, and bounds them together", () => {
    const of = (model: string, secret = "the-secret-key") =>
      resolve({ model, ...keys, aws_secret_access_key: secret });
    const [one, same, other] = [of("bedrock/x"), of("bedrock/y"), of("bedrock/x", "another")];
    expect(one.target?.login?.id).toBe(same.target?.login?.id as string);
    expect(one.lanes.key).toBe(same.lanes.key);
    expect(other.lanes.key).not.toBe(one.lanes.key);
  });

  test("comes to the prober thread as it is", () => {
    const { target, lanes, deadlines, price, plan, intervalMs } = resolve({
      model: "bedrock/x",
      ...keys,
    });
    if (target === null) throw new Error("no target");
    const { shared } = pack({ target, lanes, deadlines, price, plan, intervalMs });
    expect(JSON.parse(shared).target.login).toEqual(target.login);
  });

  test("is left to a header of the operator's own", () => {
    const { target, problem } = resolve({
      model: "azure/x",
      api_base: "https://res.openai.azure.com",
      extra_headers: { Authorization: "Bearer mine" },
    });
    expect({ problem, login: target?.login }).toEqual({ problem: null, login: null });
  });

  test("with half of its keys says which half is missing", () => {
    const { problem } = resolve({ model: "bedrock/x", aws_access_key_id: "A" });
    expect(problem).toBe("aws_access_key_id stands without aws_secret_access_key");
  });

  test("whose token host has a broken address says so, without showing it", () => {
    const { problem } = resolve({
      model: "bedrock/x",
      ...keys,
      aws_role_name: "arn:aws:iam::1:role/r",
      aws_sts_endpoint: "s3cret",
    });
    expect(problem).toBe("the address of the login is not a URL");
  });
});
