import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../src/config/read.ts";
import { type Resolved, resolveDeployments } from "../../src/registry/resolve.ts";

const authorization = `Basic ${Buffer.from("user:hunter2-secret").toString("base64")}`;
const proxy = { secure: false, hostname: "proxy.corp", port: 3128, authorization };

/** Deployments at these addresses. */
function resolved(
  bases: readonly string[],
  environment: Record<string, string>,
  more = "",
): Resolved {
  const model_list = bases.map((api_base, index) => ({
    model_name: `m${index}`,
    litellm_params: { model: "hosted_vllm/llama", api_base },
  }));
  const text = `${more}\nmodel_list: ${JSON.stringify(model_list)}\n`;
  const config = parseConfig(text, { file: "f", flags: {}, environment, cores: 2 });
  return resolveDeployments(config.entries, config.settings, config.environment);
}

const proxiesOf = ({ deployments }: Resolved) =>
  deployments.map(({ target }) => target?.route.proxy ?? null);

describe("the way to a deployment", () => {
  const environment = {
    HTTPS_PROXY: "http://user:hunter2-secret@proxy.corp:3128",
    NO_PROXY: "direct.example",
  };

  test("is through the proxy of the environment, but for what is left out", () => {
    const bases = ["https://far.example/v1", "https://direct.example/v1", "http://box/v1"];
    expect(proxiesOf(resolved(bases, environment))).toEqual([proxy, null, null]);
  });

  test("is through the proxy of the file's environment_variables, which win", () => {
    const more = "environment_variables: {HTTPS_PROXY: 'http://other:1'}";
    expect(proxiesOf(resolved(["https://far.example/v1"], environment, more))).toEqual([
      { secure: false, hostname: "other", port: 1, authorization: null },
    ]);
  });

  test("is direct to this machine, unless fleetpulse.proxy_loopback is true", () => {
    const bases = ["https://127.0.0.1:8000/v1"];
    expect(proxiesOf(resolved(bases, environment))).toEqual([null]);
    expect(proxiesOf(resolved(bases, environment, "fleetpulse: {proxy_loopback: true}"))).toEqual([
      proxy,
    ]);
  });

  test("is one object for all that go it, so that copies to the prober threads stay small", () => {
    const { deployments } = resolved(
      ["https://far.example/v1", "https://far.example/v2"],
      environment,
    );
    const [first, second] = deployments.map(({ target }) => target?.route);
    expect(first).toBeDefined();
    expect(second).toBe(first as NonNullable<typeof first>);
  });

  test("is plain data, which a message to a prober thread carries as it is", () => {
    const [deployment] = resolved(["https://far.example/v1"], environment).deployments;
    const route = deployment?.target?.route;
    expect(JSON.parse(JSON.stringify(route))).toEqual(route);
    expect(structuredClone(route)).toEqual(route as NonNullable<typeof route>);
  });

  test("through a SOCKS proxy is the deployment's problem, and stops no other", () => {
    const { deployments, warnings } = resolved(["https://far.example/v1", "http://box/v1"], {
      HTTPS_PROXY: "socks5://user:hunter2-secret@proxy:1080",
    });
    expect(deployments.map(({ problem }) => problem)).toEqual([
      "the proxy of HTTPS_PROXY is a SOCKS proxy, which is not supported: name an HTTP proxy, or list the host in NO_PROXY",
      null,
    ]);
    expect(warnings).toEqual([]);
  });

  test("through a proxy whose URL is wrong is the deployment's problem and one warning, without the URL", () => {
    const all = resolved(["https://far.example/v1", "https://near.example/v1"], {
      HTTPS_PROXY: "http://user:hunter2-secret/@proxy:3128",
    });
    expect(all.warnings).toHaveLength(1);
    expect(all.warnings[0]).toStartWith("HTTPS_PROXY is not the URL of a proxy");
    for (const { target, problem } of all.deployments) {
      expect(target).toBeNull();
      expect(problem).toBe(all.warnings[0] ?? "");
    }
    expect(JSON.stringify(all)).not.toContain("hunter2-secret");
  });

  test("of a deployment that is left out on purpose makes it no problem", () => {
    const model_list = [
      {
        model_name: "m",
        litellm_params: { model: "hosted_vllm/llama", api_base: "https://far.example/v1" },
        model_info: { disable_background_health_check: true },
      },
    ];
    const config = parseConfig(JSON.stringify({ model_list }), {
      file: "f",
      flags: {},
      environment: { ALL_PROXY: "socks5://proxy:1080" },
      cores: 2,
    });
    const [deployment] = resolveDeployments(
      config.entries,
      config.settings,
      config.environment,
    ).deployments;
    expect(deployment?.problem).toBeNull();
    expect(deployment?.skipped).toContain("disable_background_health_check");
  });

  test("follows the address that the model decides, not only the one that is configured", () => {
    const text = JSON.stringify({
      model_list: [
        { model_name: "m", litellm_params: { model: "baseten/abcd1234", api_key: "k" } },
      ],
    });
    const config = parseConfig(text, {
      file: "f",
      flags: {},
      environment: { HTTPS_PROXY: "proxy:1", NO_PROXY: "model-abcd1234.api.baseten.co" },
      cores: 2,
    });
    expect(
      proxiesOf(resolveDeployments(config.entries, config.settings, config.environment)),
    ).toEqual([null]);
  });
});
