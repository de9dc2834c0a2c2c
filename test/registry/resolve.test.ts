import { describe, expect, test } from "bun:test";
import type { Settings } from "../../src/config/settings.ts";
import { isPlanned } from "../../src/registry/deployment.ts";
import { withPrices } from "../../src/registry/price.ts";
import { notProbed, providers } from "../../src/registry/providers/all.ts";
import type { ProviderRow } from "../../src/registry/providers/row.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import { entry, resolve, settings, type Values } from "./entry.ts";

/** What a provider has to be told besides the key, by its first variable. */
function optionsEnvironment({ options = {} }: ProviderRow): Record<string, string> {
  const needed = Object.values(options).flatMap(({ required, env = [] }) =>
    required ? env.slice(0, 1) : [],
  );
  return Object.fromEntries(needed.map((name) => [name, "told"]));
}

describe("the provider of a deployment", () => {
  const cases: [params: Values, provider: string, model: string | undefined][] = [
    [{ model: "openai/gpt-4o" }, "openai", "gpt-4o"],
    [{ model: "gpt-4o" }, "openai", "gpt-4o"],
    [{ model: "claude-sonnet-4-5" }, "anthropic", "claude-sonnet-4-5"],
    [{ model: "openrouter/anthropic/claude-3" }, "openrouter", "anthropic/claude-3"],
    [{ model: "my-model", custom_llm_provider: "groq" }, "groq", "my-model"],
    [{ model: "llama", api_base: "https://api.groq.com/openai/v1" }, "groq", "llama"],
    [{ model: "whatever/llama", api_base: "http://box:8000/v1" }, "openai_like", "llama"],
    [{ model: "llama", api_base: "http://box:8000/v1" }, "openai_like", "llama"],
    [
      { model: "azure/mistral-large", api_base: "https://m.example" },
      "openai_like",
      "mistral-large",
    ],
    [{ model: "llama", api_base: "http://constructor/v1" }, "openai_like", "llama"],
    [
      { model: "llama", custom_llm_provider: "new", api_base: "http://b/v1" },
      "openai_like",
      "llama",
    ],
    [{ model: "bedrock/us.anthropic.claude-3" }, "bedrock", "us.anthropic.claude-3"],
    [{ model: "replicate/meta/llama-3" }, "replicate", "meta/llama-3"],
    [{ model: "fireworks_ai/llama-v3" }, "fireworks_ai", "accounts/fireworks/models/llama-v3"],
    [{ model: "who-knows" }, "unknown", undefined],
  ];
  for (const [params, provider, model] of cases) {
    test(`of ${JSON.stringify(params)} is ${provider}`, () => {
      const deployment = resolve({ api_key: "sk-1", ...params });
      expect(deployment.provider).toBe(provider);
      expect(deployment.target?.model).toBe(model as string);
    });
  }

  for (const [name, row] of Object.entries(providers)) {
    test(`${name} is asked at its own address with its own key`, () => {
      const told: Record<string, string> = {
        region:
          row.options?.["region"]?.fallback ?? optionsEnvironment(row)["AWS_REGION_NAME"] ?? "",
        location: "us-central1",
        account: "acct",
      };
      const base = (row.base ?? "http://box.example/base").replace(
        /\{(\w+)\}/g,
        (_, option: string) => told[option] ?? option,
      );
      const [keyVariable] = row.keyEnv;
      const [baseVariable] = row.baseEnv;
      const environment = {
        SNOWFLAKE_ACCOUNT_ID: "acct",
        ...(keyVariable === undefined ? {} : { [keyVariable]: "sk-env" }),
        ...(row.base === null && baseVariable !== undefined ? { [baseVariable]: base } : {}),
        ...optionsEnvironment(row),
      };
      const own = baseVariable === undefined && row.base === null ? { api_base: base } : {};
      const { target, problem } = resolve({ model: `${name}/some-model`, ...own }, {}, environment);
      expect(problem).toBeNull();
      // What is exchanged or signs is no key that is sent.
      const isSent = keyVariable !== undefined && row.login !== "ibm";
      expect(target).toMatchObject({
        family: row.family,
        provider: name,
        apiKey: isSent ? "sk-env" : null,
      });
      expect(target?.login === null).toBe(isSent);
      expect(target?.baseUrl).toStartWith(base);
      const isAmbient = row.login === "google" || row.login?.startsWith("aws:");
      if (!row.needsKey || isAmbient) return;
      const keyless = { model: `${name}/some-model`, api_base: base };
      expect(resolve(keyless, {}, optionsEnvironment(row)).problem).toContain(
        keyVariable as string,
      );
    });
  }

  for (const name of Object.keys(notProbed)) {
    test(`${name} is not probed, and says why`, () => {
      const deployment = resolve({ model: `${name}/x`, api_key: "k" });
      expect(deployment.target).toBeNull();
      expect(deployment.problem).toBeNull();
      expect(deployment.skipped).toBe(notProbed[name] as string);
    });
  }
});

describe("a deployment that cannot be asked says why", () => {
  test("an environment variable that is not set", () => {
    const missing = [{ key: "model_list[0].litellm_params.api_key", variable: "GONE" }];
    const { deployments } = resolveDeployments(
      [{ ...entry({ model: "openai/x" }), missing }],
      settings,
      {},
    );
    expect(deployments[0]?.problem).toBe(
      "the environment variable GONE is not set (model_list[0].litellm_params.api_key)",
    );
  });

  test("a missing variable that no probe needs is no problem", () => {
    const missing = [{ key: "model_list[0].litellm_params.rpm", variable: "GONE" }];
    const { deployments } = resolveDeployments(
      [{ ...entry({ model: "openai/x", api_key: "k" }), missing }],
      settings,
      {},
    );
    expect(deployments[0]?.problem).toBeNull();
  });

  test("an address that is none, without showing it", () => {
    const { problem } = resolve({
      model: "openai/x",
      api_key: "sk-12345678",
      api_base: "sk-12345678",
    });
    expect(problem).toBe("api_base is not an http or https URL");
  });

  test("a key with a line break, which no header can carry, without showing it", () => {
    const { problem } = resolve({ model: "openai/x", api_key: "sk-12345678\n" });
    expect(problem).toContain("api_key holds a character");
    expect(problem).not.toContain("12345678");
  });

  for (const headers of ["text", { "X Team": "a" }, { "X-Team": "a\nb" }, { "X-Team": [1] }]) {
    test(`headers that are none: ${JSON.stringify(headers)}`, () => {
      const { problem } = resolve({ model: "openai/x", api_key: "k", extra_headers: headers });
      expect(problem).toContain("extra_headers");
    });
  }

  test("an unknown mode, with the right ones", () => {
    expect(resolve({ model: "openai/x", api_key: "k" }, { mode: "chatt" }).problem).toContain(
      "chat, completion, responses, embedding",
    );
  });

  test("an unknown provider, with what to write", () => {
    expect(resolve({ model: "nobody/x" }).problem).toContain("api_base");
  });
});

describe("a deployment that is left out on purpose stays unknown, with the reason", () => {
  const cases: [
    title: string,
    params: Values,
    info: Values,
    changes: Partial<Settings>,
    reason: RegExp,
  ][] = [
    [
      "of a mode that its provider is not asked in",
      { model: "anthropic/x" },
      { mode: "ocr" },
      {},
      /mode ocr of provider anthropic is not probed/,
    ],
    ["that mocks its answers", { mock_response: "hi" }, {}, {}, /mock_response/],
    ["of Azure's agents", { model: "azure_ai/agents/a" }, {}, {}, /would start an agent/],
    ["a wildcard without a model to ask", { model: "openai/*" }, {}, {}, /health_check_model/],
  ];
  for (const [title, params, info, changes, reason] of cases) {
    test(title, () => {
      const deployment = resolve({ model: "openai/x", api_key: "k", ...params }, info, {}, changes);
      expect(deployment).toMatchObject({ target: null, problem: null });
      expect(deployment.skipped).toMatch(reason);
    });
  }

  const unattended: [title: string, info: Values, changes: Partial<Settings>, reason: RegExp][] = [
    ["disabled", { disable_background_health_check: true }, {}, /disable_background_health_check/],
    ["of another group", {}, { modelGroups: ["other"] }, /background_health_check_model_groups/],
    ["with probing off", {}, { probingEnabled: false, intervalMs: 0 }, /interval is 0/],
  ];
  for (const [title, info, changes, reason] of unattended) {
    test(`${title}, but can be asked on request`, () => {
      const deployment = resolve({ model: "openai/x", api_key: "k" }, info, {}, changes);
      expect(deployment).toMatchObject({ problem: null, intervalMs: 0 });
      expect(deployment.target).not.toBeNull();
      expect(isPlanned(deployment)).toBe(false);
      expect(deployment.skipped).toMatch(reason);
    });
  }

  test("disabled, whatever else is wrong with it", () => {
    const missing = [{ key: "model_list[0].litellm_params.api_key", variable: "GONE" }];
    const off = {
      ...entry({ model: "openai/x" }, { disable_background_health_check: true }),
      missing,
    };
    const [deployment] = resolveDeployments([off], settings, {}).deployments;
    expect(deployment).toMatchObject({ problem: null });
  });

  test("one for another environment is not there at all, as in LiteLLM", () => {
    const only = entry(
      { model: "openai/x", api_key: "k" },
      { supported_environments: ["production"] },
    );
    const count = (environment: string | null) =>
      resolveDeployments([only], { ...settings, environment }, {}).deployments.length;
    expect([count("production"), count("staging"), count(null)]).toEqual([1, 0, 0]);
  });
});

describe("the id of a deployment", () => {
  test("is the configured one, as text", () => {
    expect(resolve({ model: "openai/x", api_key: "k" }, { id: 1 }).modelId).toBe("1");
  });

  test("two entries that are alike in everything are one deployment", () => {
    const twice = [
      entry({ model: "openai/x", api_key: "k" }),
      entry({ model: "openai/x", api_key: "k" }),
    ];
    const { deployments, warnings } = resolveDeployments(twice, settings, {});
    expect(deployments).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  test("is shared by the organizations of a list, each asked by itself", () => {
    const { deployments } = resolveDeployments(
      [entry({ model: "openai/x", api_key: "k", organization: ["o1", "o2"] })],
      settings,
      {},
    );
    expect(deployments.map(({ target }) => target?.organization)).toEqual(["o1", "o2"]);
    expect(new Set(deployments.map(({ modelId }) => modelId)).size).toBe(1);
    expect(new Set(deployments.map(({ key }) => key)).size).toBe(2);
  });

  test("changes with the key, while the key of its slot stays", () => {
    const before = resolve({ model: "openai/x", api_key: "sk-old" });
    const after = resolve({ model: "openai/x", api_key: "sk-new" });
    expect(after.modelId).not.toBe(before.modelId);
    expect(after.key).toBe(before.key);
  });

  test("and what is shown of a deployment hold no credential", () => {
    const { target: _, ...shown } = resolve({
      model: "openai/x",
      api_key: "sk-abcdefgh",
      api_base: "https://user:sk-abcdefgh@host/v1?key=sk-abcdefgh",
    });
    expect(JSON.stringify(shown)).not.toContain("abcdefgh");
  });
});

describe("the price of a token", () => {
  test("is the operator's own, and an explicit 0 is free", async () => {
    const deployment = resolve({
      model: "openai/x",
      api_key: "k",
      input_cost_per_token: 0,
      output_cost_per_token: "1e-7",
    });
    expect((await withPrices([deployment]))[0]?.price).toEqual({
      inputUsdPerToken: 0,
      outputUsdPerToken: 1e-7,
      source: "config",
    });
  });

  test("comes from the library where the configuration has none", async () => {
    const [priced] = await withPrices([resolve({ model: "openai/gpt-4o-mini", api_key: "k" })]);
    expect(priced?.price.source).toBe("library");
    expect(priced?.price.inputUsdPerToken).toBeCloseTo(0.15 / 1e6, 9);
    expect(priced?.price.outputUsdPerToken).toBeCloseTo(0.6 / 1e6, 9);
  });

  test("comes from the library beside the operator's own of other tokens", async () => {
    const params = {
      model: "openai/gpt-4o-mini",
      api_key: "k",
      output_cost_per_reasoning_token: 1e-6,
    };
    const [priced] = await withPrices([resolve(params)]);
    expect(priced?.price).toMatchObject({
      source: "library",
      usdPerTokenOf: { reasoning: 1e-6 },
    });
  });

  test("of an unknown model is unknown, not zero", async () => {
    const [priced] = await withPrices([resolve({ model: "openai/my-own", api_key: "k" })]);
    expect(priced?.price).toEqual({
      inputUsdPerToken: null,
      outputUsdPerToken: null,
      source: "unknown",
    });
  });
});

describe("what an operator may not expect is told once", () => {
  const warningsOf = (params: Values[], rung: "completion" | "metadata") =>
    resolveDeployments(
      params.map((one) => entry({ api_key: "k", ...one })),
      { ...settings, rung },
      {},
    ).warnings;

  test("that an unknown provider is asked as OpenAI-compatible", () => {
    const models = [1, 2].map((n) => ({ model: `newcomer/m${n}`, api_base: "http://box/v1" }));
    expect(warningsOf(models, "completion")).toEqual([
      "provider newcomer is not known: its models are asked as OpenAI-compatible ones at their api_base",
    ]);
  });

  test("that a provider without a free question is asked the paid one", () => {
    expect(warningsOf([{ model: "minimax/a" }, { model: "minimax/b" }], "metadata")).toEqual([
      "provider minimax has no free question: its models are asked the paid one",
    ]);
  });

  test("that a public list does not test the key", () => {
    expect(warningsOf([{ model: "sambanova/b" }], "metadata")[0]).toContain(
      "does not test the key",
    );
  });

  test("and nothing of a plain configuration", () => {
    expect(warningsOf([{ model: "openai/gpt-4o" }], "metadata")).toEqual([]);
  });

  test("that two models share an id, and both are kept", () => {
    const two = [
      entry({ model: "openai/a", api_key: "k" }, { id: "x" }),
      entry({ model: "openai/b", api_key: "k" }, { id: "x" }),
    ];
    const { deployments, warnings } = resolveDeployments(two, settings, {});
    expect(deployments.map(({ modelId }) => modelId)).toEqual(["x", "x"]);
    expect(warnings).toEqual(["model_list[0]: another model has the id x too"]);
  });
});
