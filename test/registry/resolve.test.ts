import { describe, expect, test } from "bun:test";
import type { ModelEntry, Value } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/read.ts";
import type { Settings } from "../../src/config/settings.ts";
import type { Deployment } from "../../src/registry/deployment.ts";
import { litellmId } from "../../src/registry/litellm-id.ts";
import { withPrices } from "../../src/registry/price.ts";
import { notProbed, providers } from "../../src/registry/providers.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";

type Values = { [key: string]: Value };

const settings = parseConfig("", { file: "f", flags: {}, environment: {}, cores: 4 }).settings;

function entry(params: Values, info: Values = {}, modelName = "group"): ModelEntry {
  const place = { file: "f", line: 1, column: 1 };
  return { path: "model_list[0]", place, modelName, params, info, missing: [] };
}

function resolve(
  params: Values,
  info: Values = {},
  environment = {},
  changes: Partial<Settings> = {},
): Deployment {
  const { deployments } = resolveDeployments(
    [entry(params, info)],
    { ...settings, ...changes },
    environment,
  );
  const [first] = deployments;
  if (first === undefined) throw new Error("no deployment");
  return first;
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
    [{ model: "bedrock/us.anthropic.claude-3" }, "bedrock", undefined],
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
      const base = row.base ?? "http://box.example/base";
      const [keyVariable = ""] = row.keyEnv;
      const [baseVariable] = row.baseEnv;
      const environment = {
        [keyVariable]: "sk-env",
        ...(row.base === null && baseVariable !== undefined ? { [baseVariable]: base } : {}),
      };
      const own = baseVariable === undefined && row.base === null ? { api_base: base } : {};
      const { target, problem } = resolve({ model: `${name}/some-model`, ...own }, {}, environment);
      expect(problem).toBeNull();
      expect(target).toMatchObject({ family: row.family, provider: name, apiKey: "sk-env" });
      expect(target?.baseUrl).toStartWith(base);
      if (!row.needsKey) return;
      expect(resolve({ model: `${name}/some-model`, api_base: base }).problem).toContain(
        keyVariable,
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

  test("an unknown mode, with the right ones", () => {
    expect(resolve({ model: "openai/x", api_key: "k" }, { mode: "chatt" }).problem).toContain(
      "chat, completion, embedding",
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
      "disabled",
      {},
      { disable_background_health_check: true },
      {},
      /disable_background_health_check/,
    ],
    [
      "of another group",
      {},
      {},
      { modelGroups: ["other"] },
      /background_health_check_model_groups/,
    ],
    ["with probing off", {}, {}, { probingEnabled: false }, /interval is 0/],
    [
      "of a mode to come",
      {},
      { mode: "image_generation" },
      {},
      /mode image_generation is not probed/,
    ],
    ["a wildcard without a model to ask", { model: "openai/*" }, {}, {}, /health_check_model/],
  ];
  for (const [title, params, info, changes, reason] of cases) {
    test(title, () => {
      const deployment = resolve({ model: "openai/x", api_key: "k", ...params }, info, {}, changes);
      expect(deployment).toMatchObject({ target: null, problem: null });
      expect(deployment.skipped).toMatch(reason);
    });
  }

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

describe("a probe", () => {
  test("of a wildcard asks the model that the operator named", () => {
    const { target, model } = resolve(
      { model: "openai/*", api_key: "k" },
      { health_check_model: "openai/gpt-4o-mini" },
    );
    expect(model).toBe("openai/*");
    expect(target?.model).toBe("gpt-4o-mini");
  });

  const limits: [
    title: string,
    params: Values,
    info: Values,
    field: string,
    tokens: number | null,
  ][] = [
    ["of gpt-4o", { model: "openai/gpt-4o" }, {}, "max_tokens", 16],
    ["of an o-series model", { model: "openai/o3-mini" }, {}, "max_completion_tokens", 16],
    ["of gpt-5 and later", { model: "openai/gpt-5.1" }, {}, "max_completion_tokens", 16],
    [
      "of an Azure name with a base model",
      { model: "azure/prod", api_base: "https://a.example" },
      { base_model: "azure/gpt-5" },
      "max_completion_tokens",
      16,
    ],
    [
      "of an old Azure version",
      { model: "azure/gpt-5", api_base: "https://a.example", api_version: "2024-06-01" },
      {},
      "max_tokens",
      16,
    ],
    ["of Groq", { model: "groq/llama" }, {}, "max_completion_tokens", 16],
    [
      "with a limit of its own",
      { model: "openai/gpt-4o" },
      { health_check_max_tokens: 3 },
      "max_tokens",
      3,
    ],
    [
      "of a reasoning model with a limit for those",
      { model: "openai/o3" },
      { health_check_max_tokens_reasoning: 64 },
      "max_completion_tokens",
      64,
    ],
    [
      "of another model with a limit for others",
      { model: "openai/gpt-4o" },
      { health_check_max_tokens_non_reasoning: 4 },
      "max_tokens",
      4,
    ],
    [
      "that must not send a limit",
      { model: "openai/gpt-4o" },
      { health_check_supports_max_tokens: false },
      "max_tokens",
      null,
    ],
    ["of an embedding", { model: "openai/text-embedding-3-small" }, {}, "max_tokens", null],
  ];
  for (const [title, params, info, field, tokens] of limits) {
    test(`${title} sends ${tokens === null ? "no limit" : `${tokens} as ${field}`}`, () => {
      const { target } = resolve({ api_key: "k", ...params }, info);
      expect(target?.tokenField).toBe(field as "max_tokens");
      expect(target?.maxTokens).toBe(tokens);
    });
  }

  test("carries headers, and of extra_body only what decides whether a request works", () => {
    const { target } = resolve(
      {
        model: "openai/x",
        api_key: "k",
        extra_headers: { "X-Team": "a" },
        extra_body: { tools: [1], temperature: 1, enable_thinking: false },
      },
      { health_check_params: { temperature: 0 } },
    );
    expect(target?.headers).toEqual({ "x-team": "a" });
    expect(target?.extraBody).toEqual({ enable_thinking: false, temperature: 0 });
  });

  test("keeps the deadlines of its deployment", () => {
    const { deadlines } = resolve({ model: "openai/x", api_key: "k" }, { health_check_timeout: 2 });
    expect(deadlines).toEqual({ connectMs: 2000, firstByteMs: 2000, totalMs: 2000 });
  });

  test("of a model with an embedding's name is an embedding", () => {
    expect(resolve({ model: "cohere/embed-english-v3.0", api_key: "k" }).mode).toBe("embedding");
    expect(resolve({ model: "openai/gpt-4o", api_key: "k" }).mode).toBe("chat");
  });
});

describe("the id of a deployment", () => {
  test("is the configured one, as text", () => {
    expect(resolve({ model: "openai/x", api_key: "k" }, { id: 1 }).modelId).toBe("1");
  });

  const vectors: [params: Values, id: string][] = [
    [
      { model: "openai/gpt-4o", api_key: "sk-1" },
      "4dd5342a7af09ff2d1e0c75a0d7c5f6441d039d98c16866b0cf96d34cb1c7d69",
    ],
    [
      { model: "a", extra_headers: { X: "é", n: [1, 2.5, null, true] }, tags: ["a", "it's", 'q"'] },
      "6ef25f1c895729b4033b2b2fd1bdc803368c227cc01d7cf96c7ef7b98be553b5",
    ],
  ];
  for (const [params, id] of vectors) {
    test(`is else the one that LiteLLM derives (${id.slice(0, 8)}…)`, () =>
      expect(litellmId("gpt-4", params)).toBe(id));
  }

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

  test("of an unknown model is unknown, not zero", async () => {
    const [priced] = await withPrices([resolve({ model: "openai/my-own", api_key: "k" })]);
    expect(priced?.price).toEqual({
      inputUsdPerToken: null,
      outputUsdPerToken: null,
      source: "unknown",
    });
  });
});
