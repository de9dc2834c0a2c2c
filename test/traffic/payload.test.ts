import { describe, expect, test } from "bun:test";
import { readPayload } from "../../src/traffic/payload.ts";
import { failureClassOf } from "../../src/traffic/traffic-class.ts";
import { failure, payload, startSeconds } from "./payloads.ts";

describe("a standard logging payload", () => {
  test("tells who was asked, how long it took, and what it cost", () => {
    expect(readPayload(payload("chatcmpl-1"))).toEqual({
      id: "chatcmpl-1",
      class: "ok",
      startMs: startSeconds * 1000,
      endMs: (startSeconds + 2) * 1000,
      firstTokenMs: 500,
      overheadMs: 3.2,
      modelId: "a",
      modelName: "gpt",
      apiBase: "https://api.openai.com/v1/",
      provider: "openai",
      team: "Payments",
      keyAlias: "billing-service",
      promptTokens: 10,
      completionTokens: 20,
      costUsd: 0.0125,
      cacheHit: false,
      healthCheck: false,
    });
  });

  test("has no time to the first token where nothing was streamed", () => {
    expect(readPayload(payload("1", { stream: null }))).toMatchObject({ firstTokenMs: null });
  });

  test("may have its deployment's id among the hidden parameters only", () => {
    expect(readPayload(payload("1", { model_id: "" }))).toMatchObject({ modelId: "a" });
    const none = payload("1", { model_id: null, hidden_params: null });
    expect(readPayload(none)).toMatchObject({ modelId: null });
  });

  test("of the proxy's own health check, or of its cache, says so", () => {
    const tagged = payload("1", { request_tags: ["litellm-internal-health-check"] });
    expect(readPayload(tagged)).toMatchObject({ healthCheck: true });
    expect(readPayload(payload("1", { cache_hit: true }))).toMatchObject({ cacheHit: true });
    expect(readPayload(payload("1", { cache_hit: "True" }))).toMatchObject({ cacheHit: true });
  });

  test("of an older proxy, with half of its fields, is read too", () => {
    const { id, startTime, endTime, status } = payload("old");
    expect(readPayload({ id, startTime, endTime, status })).toMatchObject({
      class: "ok",
      modelName: "",
      costUsd: 0,
    });
  });

  const wrong: [title: string, value: unknown, says: RegExp][] = [
    ["null", null, /not a standard logging payload/],
    ["a text", "x", /not a standard logging payload/],
    ["a list", [], /not a standard logging payload/],
    ["no id", payload("", {}), /^id: /],
    ["times as texts", payload("1", { startTime: "2026-01-02 03:04:05" }), /^startTime: /],
    ["times in milliseconds", payload("1", { endTime: startSeconds * 1000 }), /^endTime: /],
    ["an unknown status", payload("1", { status: "fine" }), /^status: /],
    ["negative tokens", payload("1", { prompt_tokens: -1 }), /^prompt_tokens: /],
    ["a cost that is a text", payload("1", { response_cost: "0.1" }), /^response_cost: /],
    ["metadata that is a list", payload("1", { metadata: [] }), /^metadata/],
  ];
  for (const [title, value, says] of wrong) {
    test(`is refused with the name of the field: ${title}`, () => {
      expect(readPayload(value)).toEqual(expect.stringMatching(says));
    });
  }

  test("is refused without a word of what it says", () => {
    expect(readPayload(payload("1", { response_cost: "sk-secret" }))).not.toContain("secret");
  });
});

describe("a failure", () => {
  const cases: [exception: string, code: string, is: string][] = [
    ["RateLimitError", "429", "rate_limited"],
    ["litellm.exceptions.AuthenticationError", "401", "auth"],
    ["ContextWindowExceededError", "400", "context_window"],
    ["ContentPolicyViolationError", "400", "content_filter"],
    ["BadRequestError", "400", "bad_request"],
    ["Timeout", "408", "timeout"],
    ["ServiceUnavailableError", "503", "server_error"],
    ["APIConnectionError", "500", "connect"],
    ["BudgetExceededError", "400", "proxy"],
    ["HTTPException", "429", "proxy"],
    ["GuardrailRaisedException", "", "guardrail"],
    ["SomethingNew", "529", "overloaded"],
    ["SomethingNew", "418", "bad_request"],
    ["SomethingNew", "599", "server_error"],
    ["", "", "other"],
  ];
  for (const [exception, code, is] of cases) {
    test(`${exception || "without a name"} ${code} is ${is}`, () => {
      expect(failureClassOf(exception, code)).toBe(is as ReturnType<typeof failureClassOf>);
    });
  }

  test("is told more closely by what newer proxies say besides", () => {
    const normalized = (name: string) =>
      failureClassOf("InternalServerError", "500", { normalized: name });
    expect(normalized("500_PROVIDER_CONNECTION_ERROR")).toBe("connect");
    expect(normalized("503_PROVIDER_OVERLOADED")).toBe("overloaded");
    expect(normalized("500_PROVIDER_INTERNAL_ERROR")).toBe("server_error");
    const none = { normalized: "429_NO_HEALTHY_DEPLOYMENTS" };
    expect(failureClassOf("SomethingNew", "429", none)).toBe("proxy");
  });

  test("has its class by the payload's exception, with a code that is text or number", () => {
    expect(readPayload(failure("1", "Timeout", "408"))).toMatchObject({ class: "timeout" });
    const numbered = failure("1", "", "", { error_information: { error_code: 429 } });
    expect(readPayload(numbered)).toMatchObject({ class: "rate_limited" });
    const ofProxy = failure("1", "", "", {
      error_information: {
        ...{ error_code: "429", error_class: "RateLimitError" },
        error_rate_limit_category: "litellm_rate_limit",
      },
    });
    expect(readPayload(ofProxy)).toMatchObject({ class: "proxy" });
    const unnamed = failure("1", "", "", { error_information: null });
    expect(readPayload(unnamed)).toMatchObject({ class: "other" });
  });
});
