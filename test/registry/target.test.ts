import { describe, expect, test } from "bun:test";
import { questionOf } from "../../src/probe/families.ts";
import { resolve, type Values } from "./entry.ts";

describe("a probe", () => {
  test("of a wildcard asks the model that the operator named", () => {
    const { target, model } = resolve(
      { model: "openai/*", api_key: "k" },
      { health_check_model: "openai/gpt-4o-mini" },
    );
    expect(model).toBe("openai/*");
    expect(target?.model).toBe("gpt-4o-mini");
  });

  const asked: [model: string, healthModel: string, provider: string, wire: string][] = [
    ["*", "anthropic/claude-3-haiku", "anthropic", "claude-3-haiku"],
    ["openai/*", "gpt-4o-mini", "openai", "gpt-4o-mini"],
    ["openai/*", "my-own", "openai", "my-own"],
    ["groq/*", "meta-llama/llama-4", "groq", "meta-llama/llama-4"],
    ["openrouter/*", "openrouter/openai/gpt-4o", "openrouter", "openai/gpt-4o"],
  ];
  for (const [model, healthModel, provider, wire] of asked) {
    test(`of ${model} with health_check_model ${healthModel} asks ${provider} for ${wire}`, () => {
      const { target } = resolve({ model, api_key: "k" }, { health_check_model: healthModel });
      expect(target).toMatchObject({ provider, model: wire });
    });
  }

  test("of a wildcard whose model is an embedding is an embedding", () => {
    const info = { health_check_model: "openai/text-embedding-3-small" };
    expect(resolve({ model: "openai/*", api_key: "k" }, info).mode).toBe("embedding");
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
    [
      "of an Azure name that hides its model",
      { model: "azure/prod", api_base: "https://a.example" },
      {},
      "max_completion_tokens",
      16,
    ],
    [
      "of an Azure name that tells its model",
      { model: "azure/our-gpt-4o", api_base: "https://a.example" },
      {},
      "max_tokens",
      16,
    ],
    [
      "of a wildcard with a limit for reasoning models",
      { model: "openai/*" },
      { health_check_model: "o3", health_check_max_tokens_reasoning: 64 },
      "max_completion_tokens",
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

  test("costs no more for what stands in extra_body: no tools or searches, and no other limit", () => {
    const { target } = resolve({
      model: "openai/x",
      api_key: "k",
      extra_body: {
        ...{ tools: [1], parallel_tool_calls: false, mcp_servers: [1], enable_search: true },
        ...{ background: true, max_output_tokens: 9000, max_new_tokens: 9000 },
        ...{ provider: { order: ["a"] }, options: { num_predict: 9000 } },
      },
    });
    expect(target?.extraBody).toEqual({ provider: { order: ["a"] } });
  });

  const nested: [model: string, extra: Values, expected: object][] = [
    [
      "gemini/gemini-2.5-flash",
      {
        generationConfig: {
          ...{ maxOutputTokens: 9000, temperature: 0, thinkingConfig: {} },
          mediaResolution: "LOW",
        },
      },
      { generationConfig: { maxOutputTokens: 16, mediaResolution: "LOW" } },
    ],
    [
      "ollama/llama3.2",
      { options: { num_predict: 9000, top_p: 1, num_ctx: 2048 } },
      { options: { num_predict: 16, num_ctx: 2048 } },
    ],
    [
      "watsonx_text/ibm/granite",
      { parameters: { max_new_tokens: 9000, decoding_method: "greedy" } },
      { parameters: { max_new_tokens: 16, decoding_method: "greedy" } },
    ],
    [
      "bedrock/amazon.nova-lite-v1:0",
      {
        inferenceConfig: { maxTokens: 9000, stopSequences: ["a"] },
        requestMetadata: { team: "a" },
      },
      { inferenceConfig: { maxTokens: 16 }, requestMetadata: { team: "a" } },
    ],
  ];
  for (const [model, extra, expected] of nested) {
    test(`of ${model} keeps its own limit beside what extra_body adds`, () => {
      const base = model.startsWith("watsonx") ? { api_base: "https://w.example" } : {};
      const { target } = resolve({ model, api_key: "k", ...base, extra_body: extra });
      if (target === null) throw new Error("not probed");
      const { body } = questionOf(target).request(target);
      expect(JSON.parse(body ?? "")).toMatchObject(expected);
      expect(body).not.toContain("9000");
    });
  }

  test("keeps the limit beside what health_check_params add, unless they name another", () => {
    const limitWith = (more: Values) => {
      const params = { model: "gemini/gemini-2.5-flash", api_key: "k" };
      const { target } = resolve(params, { health_check_params: { generationConfig: more } });
      if (target === null) throw new Error("not probed");
      const { body } = questionOf(target).request(target);
      return JSON.parse(body ?? "").generationConfig;
    };
    expect(limitWith({ temperature: 0 })).toEqual({ maxOutputTokens: 16, temperature: 0 });
    expect(limitWith({ maxOutputTokens: 5 })).toEqual({ maxOutputTokens: 5 });
  });

  test("leaves out what additional_drop_params names, and nothing that it cannot do without", () => {
    const { target } = resolve(
      {
        model: "openai/gpt-4o",
        api_key: "k",
        mode: "chat",
        safe_prompt: true,
        extra_body: { provider: "a", enable_thinking: false },
        additional_drop_params: [
          ...["max_tokens", "safe_prompt", "provider", "messages"],
          ...["tools[*].function.strict", 3],
        ],
      },
      { health_check_params: { seed: 1 } },
    );
    if (target === null) throw new Error("not probed");
    const { body } = questionOf(target).request(target);
    expect(JSON.parse(body ?? "")).toEqual({
      model: "gpt-4o",
      messages: [{ role: "user", content: "ping" }],
      enable_thinking: false,
      seed: 1,
    });
  });

  test("keeps the deadlines of its deployment", () => {
    const { deadlines } = resolve({ model: "openai/x", api_key: "k" }, { health_check_timeout: 2 });
    expect(deadlines).toEqual({ connectMs: 2000, firstByteMs: 2000, totalMs: 2000 });
  });

  const addresses: [title: string, params: Values, family: string, url: string, model: string][] = [
    [
      "a whole Azure address with its version",
      {
        model: "azure/d",
        api_base:
          "https://a.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
      },
      "azure",
      "https://a.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
      "d",
    ],
    [
      "an Azure deployment that is marked as reasoning",
      { model: "azure/o_series/d", api_base: "https://a.openai.azure.com" },
      "azure",
      "https://a.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-02-01-preview",
      "d",
    ],
    [
      "a model of Azure AI Foundry",
      { model: "azure_ai/grok-3", api_base: "https://a.services.ai.azure.com/models" },
      "azure_ai",
      "https://a.services.ai.azure.com/models/chat/completions",
      "grok-3",
    ],
    [
      "Claude of Azure AI Foundry",
      { model: "azure_ai/claude-haiku-4-5", api_base: "https://a.services.ai.azure.com" },
      "anthropic",
      "https://a.services.ai.azure.com/anthropic/v1/messages",
      "claude-haiku-4-5",
    ],
    [
      "a serverless deployment of Azure",
      { model: "azure_ai/mistral", api_base: "https://m.eastus.models.ai.azure.com/v1" },
      "azure_ai",
      "https://m.eastus.models.ai.azure.com/v1/chat/completions",
      "mistral",
    ],
    [
      "an inference provider of Hugging Face",
      { model: "huggingface/together/deepseek-ai/DeepSeek-R1" },
      "openai",
      "https://router.huggingface.co/v1/chat/completions",
      "deepseek-ai/DeepSeek-R1:together",
    ],
    [
      "an endpoint of one's own at Hugging Face",
      { model: "huggingface/tgi", api_base: "https://x.endpoints.huggingface.cloud/" },
      "openai",
      "https://x.endpoints.huggingface.cloud/v1/chat/completions",
      "tgi",
    ],
    [
      "a dedicated model of Baseten",
      { model: "baseten/abcd1234" },
      "openai",
      "https://model-abcd1234.api.baseten.co/environments/production/sync/v1/chat/completions",
      "abcd1234",
    ],
    [
      "Docker's model runner",
      { model: "docker_model_runner/ai/smol", api_base: "http://box:22088/engines/llama.cpp" },
      "openai",
      "http://box:22088/engines/llama.cpp/v1/chat/completions",
      "ai/smol",
    ],
    [
      "a provider without completions of its own, for a chat",
      { model: "groq/llama", mode: "completion" },
      "openai",
      "https://api.groq.com/openai/v1/chat/completions",
      "llama",
    ],
    [
      "OpenAI's completions",
      { model: "text-completion-openai/gpt-3.5-turbo-instruct" },
      "openai",
      "https://api.openai.com/v1/completions",
      "gpt-3.5-turbo-instruct",
    ],
  ];
  for (const [title, { mode, ...params }, family, url, model] of addresses) {
    test(`asks ${title}`, () => {
      const info = mode === undefined ? {} : { mode };
      const { target } = resolve({ api_key: "k", ...params }, info);
      if (target === null) throw new Error("not probed");
      expect(target).toMatchObject({ family, model });
      expect(questionOf(target).request(target).url).toBe(url);
    });
  }
});

describe("a stream is asked for", () => {
  const model = { model: "openai/gpt-4o", api_key: "k" };
  const of = (fleet: boolean, info: Values = {}, rung = "completion") =>
    resolve(model, info, {}, { stream: fleet, rung: rung as "completion" }).target?.stream;

  test("where the setting says so, and otherwise not", () => {
    expect([of(true), of(false)]).toEqual([true, false]);
  });

  test("where the deployment says so, whatever the setting says", () => {
    expect(of(false, { health_check_stream: true })).toBe(true);
    expect(of(true, { health_check_stream: false })).toBe(false);
  });

  test("where the deployment's health_check_params say so, which are not sent as such", () => {
    const { target } = resolve(model, { health_check_params: { stream: true, seed: 1 } });
    expect(target).toMatchObject({ stream: true, extraBody: { seed: 1 } });
  });

  test("of no embedding, and not with the free question", () => {
    expect(of(true, { mode: "embedding" })).toBe(false);
    expect(of(true, {}, "metadata")).toBe(false);
  });
});

describe("a realtime model", () => {
  test("of Azure without a version is asked at the v1 API, and with one at that version", () => {
    const params = { model: "azure/gpt-realtime", api_base: "https://a.example", api_key: "k" };
    expect(resolve(params).target).toMatchObject({ mode: "realtime", apiVersion: "v1" });
    const dated = resolve({ ...params, api_version: "2024-10-01-preview" });
    expect(dated.target).toMatchObject({ apiVersion: "2024-10-01-preview" });
  });

  test("is not streamed and has no limit of tokens", () => {
    const { target } = resolve(
      { model: "openai/gpt-realtime", api_key: "k" },
      {},
      {},
      { stream: true },
    );
    expect(target).toMatchObject({ mode: "realtime", stream: false, maxTokens: null });
  });

  test("of a provider that speaks another API is left out, with the reason", () => {
    const info = { mode: "realtime" };
    const { target, skipped } = resolve({ model: "anthropic/live", api_key: "k" }, info);
    expect(target).toBeNull();
    expect(skipped).toContain("mode realtime of provider anthropic");
  });
});
