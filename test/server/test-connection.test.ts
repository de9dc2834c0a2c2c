import { describe, expect, test } from "bun:test";
import type { Outcome } from "../../src/probe/outcome.ts";
import { nothingMeasured } from "../../src/transport/transport.ts";
import { startContext, threeModels } from "./context.ts";

const path = "/health/test_connection";
const address = "http://127.0.0.1:9";
const withCredentials = `${threeModels}
credential_list:
  - credential_name: team-a
    credential_values: {api_key: sk-very-secret-5, api_base: "${address}/a"}
`;

const found: Outcome = {
  class: "ok",
  httpStatus: 200,
  text: "",
  retryAfterMs: null,
  usage: { promptTokens: 3, completionTokens: 2 },
  phases: { ...nothingMeasured(6.5).phases, connectMs: 1.5, firstByteMs: 4, firstTokenMs: 5 },
  peer: {
    address: "203.0.113.7",
    reused: false,
    certificateEndMs: Date.UTC(2027, 0, 2),
    bytesRead: 100,
  },
};

function started(outcome: Outcome | null = found) {
  const server = startContext(withCredentials);
  server.state.outcome = outcome;
  return server;
}

describe("POST /health/test_connection", () => {
  test("asks a deployment that is not saved, and shows what was found", async () => {
    const server = started();
    const response = await server.post(path, {
      litellm_params: { model: "openai/gpt-x", api_base: `${address}/v1`, api_key: "sk-given" },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "success",
      result: {
        model: "openai/gpt-x",
        provider: "openai",
        mode: "chat",
        api_base: `${address}/v1`,
        latency_ms: 6.5,
        http_status: 200,
        error: null,
        error_type: null,
        phases_ms: {
          dns: null,
          connect: 1.5,
          tls: null,
          first_byte: 4,
          first_token: 5,
          total: 6.5,
        },
        connection: { address: "203.0.113.7", reused: false },
        certificate_expires_at: "2027-01-02T00:00:00.000Z",
        usage: { prompt_tokens: 3, completion_tokens: 2 },
      },
    });
    expect(server.state.tested).toMatchObject([{ target: { apiKey: "sk-given", mode: "chat" } }]);
    expect(server.registry.slots()).toHaveLength(3);
  });

  test("answers 200 with the error of a probe that failed", async () => {
    const server = started({ ...found, class: "auth", httpStatus: 401, text: "HTTP 401: no" });
    const response = await server.post(path, {
      litellm_params: { model: "openai/x", api_key: "k-given" },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: "error",
      result: { error: "HTTP 401: no", error_type: "auth", http_status: 401 },
    });
  });

  test("takes the mode from the body, else from model_info", async () => {
    const server = started();
    const litellm_params = { model: "openai/x", api_key: "k-given" };
    await server.post(path, {
      mode: "embedding",
      litellm_params,
      model_info: { mode: "completion" },
    });
    await server.post(path, { litellm_params, model_info: { mode: "completion" } });
    expect(server.state.tested.map(({ target }) => target.mode)).toEqual([
      "embedding",
      "completion",
    ]);
  });

  test("fills in a named credential, and shows nothing of it", async () => {
    const server = started();
    const response = await server.post(path, {
      litellm_params: { model: "openai/x", litellm_credential_name: "team-a" },
    });
    expect(server.state.tested).toMatchObject([
      { target: { apiKey: "sk-very-secret-5", baseUrl: `${address}/a` } },
    ]);
    expect(await response.text()).not.toContain("very-secret");
  });

  test("takes the address of a named credential for what it is", async () => {
    const server = started();
    await server.post(path, {
      litellm_params: {
        model: "openai/x",
        api_base: `${address}/a/`,
        litellm_credential_name: "team-a",
      },
    });
    expect(server.state.tested).toMatchObject([{ target: { apiKey: "sk-very-secret-5" } }]);
  });

  test("says why a deployment cannot be asked, without asking", async () => {
    const server = started();
    const response = await server.post(path, {
      mode: "image_generation",
      litellm_params: { model: "bytez/x", api_key: "k-given" },
    });
    expect(await response.json()).toMatchObject({
      status: "error",
      result: { error: expect.stringContaining("image_generation"), error_type: "config" },
    });
    expect(server.state.tested).toEqual([]);
  });

  test("asks one whose background probing is off, too", async () => {
    const server = started();
    await server.post(path, {
      litellm_params: { model: "openai/x", api_key: "k-given" },
      model_info: { disable_background_health_check: true, supported_environments: ["moon"] },
    });
    expect(server.state.tested).toHaveLength(1);
  });

  const deep: Record<string, unknown> = {};
  let inner = deep;
  for (let level = 0; level < 5000; level += 1) {
    const next = {};
    inner["x"] = next;
    inner = next;
  }
  const good = { model: "openai/x", api_key: "k-given" };
  const refused: [title: string, body: unknown, says: RegExp][] = [
    ["no body", undefined, /needs litellm_params/],
    ["no litellm_params", {}, /litellm_params/],
    ["no model", { litellm_params: { api_key: "k" } }, /no model to ask/],
    ["a model that is no text", { litellm_params: { model: 7 } }, /no model to ask/],
    ["a field that does not exist", { litellm_params: good, x: 1 }, /field x/],
    [
      "a reference to the environment",
      { litellm_params: { model: "openai/x", api_key: "os.environ/HOME" } },
      /os\.environ/,
    ],
    [
      "a reference deep in model_info",
      { litellm_params: good, model_info: { health_check_params: { a: ["x os.environ/HOME"] } } },
      /os\.environ/,
    ],
    [
      "a reference as a header's name",
      { litellm_params: { ...good, extra_headers: { "os.environ/HOME": "x" } } },
      /os\.environ/,
    ],
    [
      "the path of a CA bundle",
      { litellm_params: { ...good, ssl_verify: "/etc/passwd" } },
      /no file is read for a test/,
    ],
    [
      "a file of Google's credentials",
      { litellm_params: { model: "vertex_ai/x", vertex_credentials: "/etc/passwd" } },
      /no file and no identity of this machine/,
    ],
    [
      "credentials of Google that read a file",
      {
        litellm_params: {
          model: "vertex_ai/x",
          vertex_credentials: { type: "external_account", credential_source: { file: "/etc/x" } },
        },
      },
      /no file and no identity of this machine/,
    ],
    [
      "a token of a variable",
      { litellm_params: { model: "azure/x", azure_ad_token: "oidc/env/HOME" } },
      /no file and no identity of this machine/,
    ],
    [
      "a token of a file",
      { litellm_params: { model: "bedrock/x", aws_web_identity_token: "/etc/passwd" } },
      /no file and no identity of this machine/,
    ],
    [
      "a profile of this machine",
      { litellm_params: { model: "bedrock/x", aws_profile_name: "work" } },
      /no file and no identity of this machine/,
    ],
    [
      "a credential that does not exist",
      { litellm_params: { ...good, litellm_credential_name: "nobody" } },
      /no credential has this name/,
    ],
    [
      "a credential that is no name",
      { litellm_params: { ...good, litellm_credential_name: ["team-a"] } },
      /no credential has this name/,
    ],
    ...[
      { model: "openai/x", api_base: "http://evil.example" },
      { model: "openai/x", base_url: "http://evil.example" },
      { model: "bedrock/x", aws_bedrock_runtime_endpoint: "http://evil.example" },
      { model: "sagemaker/x", sagemaker_base_url: "http://evil.example" },
      { model: "bedrock/x", aws_sts_endpoint: "http://evil.example" },
    ].map((params): [string, unknown, RegExp] => [
      `a named credential for an address of the client's own (${Object.keys(params)[1]})`,
      { litellm_params: { ...params, litellm_credential_name: "team-a" } },
      /goes to its own address/,
    ]),
    ["a body without end", { litellm_params: { ...good, extra_body: deep } }, /nested too deeply/],
    [
      "what model_info cannot be",
      { litellm_params: good, model_info: { health_check_timeout: "soon" } },
      /model_info\.health_check_timeout/,
    ],
  ];
  for (const [title, body, says] of refused) {
    test(`refuses ${title} with 400`, async () => {
      const server = started();
      const response = await server.post(path, body);
      expect(response.status).toBe(400);
      const { error } = (await response.json()) as { error: { message: string } };
      expect(error.message).toMatch(says);
      expect(server.state.tested).toEqual([]);
      expect(server.state.faults).toEqual([]);
    });
  }

  test("bounds how long one may take, whatever it asks for", async () => {
    const server = started();
    await server.post(path, {
      litellm_params: good,
      model_info: { health_check_timeout: 100_000 },
    });
    expect(server.state.tested[0]?.deadlines.totalMs).toBe(120_000);
  });

  test("answers 503 when the thread that asked died, and when the service stops", async () => {
    const server = started(null);
    expect((await server.post(path, { litellm_params: good })).status).toBe(503);
    server.tests.close();
    expect((await server.post(path, { litellm_params: good })).status).toBe(503);
  });
});
