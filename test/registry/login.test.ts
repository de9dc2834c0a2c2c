import { describe, expect, test } from "bun:test";
import { pack } from "../../src/schedule/definition.ts";
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
