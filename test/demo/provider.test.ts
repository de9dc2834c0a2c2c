// The simulated provider as a client meets it: keys, bodies, paths and the faults on the wire.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isUp, latencyOf, playedBy } from "../../src/demo/behaviour.ts";
import { type DemoProvider, startDemoProvider } from "../../src/demo/provider.ts";

let provider: DemoProvider;
let nowMs = 0;
beforeAll(() => {
  provider = startDemoProvider({ latencyMs: 0, nowMs: () => nowMs });
});
afterAll(() => provider.stop());

const chat = { model: "m", messages: [{ role: "user", content: "ping" }], max_tokens: 16 };
const bearer = { authorization: "Bearer sk-demo" };
const claude = { "x-api-key": "sk-demo", "anthropic-version": "2023-06-01" };
const google = { "x-goog-api-key": "sk-demo" };

/** One well-formed question to every family. */
const questions = {
  openai: { path: "/v1/chat/completions", headers: bearer, body: chat, lacks: "messages" },
  azure: {
    path: "/openai/deployments/d/chat/completions?api-version=2024-10-21",
    headers: { "api-key": "sk-demo" },
    body: chat,
    lacks: "messages",
  },
  anthropic: { path: "/v1/messages", headers: claude, body: chat, lacks: "max_tokens" },
  gemini: {
    path: "/v1beta/models/g:generateContent",
    headers: google,
    body: { contents: [{ parts: [{ text: "ping" }] }] },
    lacks: "contents",
  },
  cohere: { path: "/v2/chat", headers: bearer, body: chat, lacks: "messages" },
} as const;
const families = Object.keys(questions) as (keyof typeof questions)[];

function post(path: string, headers: Record<string, string>, body: unknown): Promise<Response> {
  return fetch(`${provider.url}${path}`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

describe("the simulated provider", () => {
  test.each(families)("answers a well-formed question in the manner of %s", async (family) => {
    const { path, headers, body } = questions[family];
    const answer = await post(`/ok-1${path}`, headers, body);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("pong")]);
  });

  test.each(families)("refuses a question without the key of %s with 401", async (family) => {
    const { path, body } = questions[family];
    const answer = await post(`/ok-1${path}`, {}, body);
    expect(answer.status).toBe(401);
  });

  test.each(families)("refuses a body that %s would refuse with 400", async (family) => {
    const { path, headers, lacks } = questions[family];
    const answer = await post(`/ok-1${path}`, headers, {});
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(lacks)]);
  });

  test("a body that is not JSON is a bad request", async () => {
    expect((await post("/ok-1/v1/chat/completions", bearer, "{")).status).toBe(400);
  });

  test("Ollama needs no key", async () => {
    const answer = await post("/ok-1/api/chat", {}, { model: "q", messages: [] });
    expect(answer.status).toBe(200);
  });

  test.each([
    ["/v1/models", bearer, "data"],
    ["/v1/models", claude, "data"],
    ["/openai/models", { "api-key": "sk-demo" }, "data"],
    ["/v1beta/models", google, "models"],
    ["/api/tags", {}, "models"],
  ])("lists the demo's models at %s (%o)", async (path, headers, key) => {
    const answer = await fetch(`${provider.url}/ok-1${path}`, {
      headers: headers as Record<string, string>,
    });
    expect(JSON.stringify(((await answer.json()) as Record<string, unknown>)[key])).toContain(
      "claude-sonnet-4-5",
    );
  });

  test.each(["/", "/ok-1/v3/chat", "/nonsense-1/v1/models", "/ok-x/v1/models"])(
    "%s is nobody's address",
    async (path) => {
      expect((await fetch(`${provider.url}${path}`)).status).toBe(404);
    },
  );

  test.each([
    ["openai", "retry-after", "20"],
    ["openai", "x-ratelimit-remaining-requests", "0"],
    ["anthropic", "retry-after", "20"],
    ["anthropic", "anthropic-ratelimit-requests-remaining", "0"],
    ["gemini", "retry-after", null],
  ] as const)("over its limit, %s says %s: %p", async (family, header, value) => {
    const { path, headers, body } = questions[family];
    const answer = await post(`/limited-1${path}`, headers, body);
    expect([answer.status, answer.headers.get(header)]).toEqual([429, value]);
  });

  test("over its limit, Gemini says in the body when to come back", async () => {
    const { path, headers, body } = questions.gemini;
    const answer = await post(`/limited-1${path}`, headers, body);
    expect(await answer.text()).toContain('"retryDelay":"20s"');
  });

  test("a hanging deployment is silent until the client gives up", async () => {
    const { path, headers, body } = questions.openai;
    const answer = fetch(`${provider.url}/hang-1${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(100),
    });
    await expect(answer).rejects.toThrow("timed out");
  });

  test("a flapping deployment is well and ill by turns", async () => {
    const { path, headers, body } = questions.openai;
    const seen: number[] = [];
    for (nowMs of [0, 29_999, 30_000, 59_999, 60_000]) {
      seen.push((await post(`/flapping-0${path}`, headers, body)).status);
    }
    expect(seen).toEqual([200, 200, 502, 502, 200]);
  });

  test("counts the requests that it got", async () => {
    const before = provider.requests();
    await fetch(`${provider.url}/ok-1/api/tags`);
    expect(provider.requests()).toBe(before + 1);
  });
});

describe("a behaviour", () => {
  test("is read from the address with the deployment's number and the path that follows", () => {
    expect(playedBy("/slow-12/v1/models")).toEqual({
      behaviour: "slow",
      number: 12,
      path: "/v1/models",
    });
  });

  test("is never read from a word that objects have by nature", () => {
    expect(playedBy("/constructor-1/x")).toBeNull();
  });

  test("reading an address never throws", () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        playedBy(path);
      }),
    );
  });

  test("has a latency that depends on deployment and answer alone, and is never negative", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(1_000_000), (number, answer) => {
        const latencyMs = latencyOf(number, answer);
        expect(latencyMs).toBe(latencyOf(number, answer));
        expect(latencyMs).toBeWithin(10, 2000);
      }),
    );
  });

  test("deployments differ in latency, and so do the answers of one", () => {
    const many = Array.from({ length: 200 }, (_, at) => at);
    expect(new Set(many.map((number) => latencyOf(number, 0))).size).toBeGreaterThan(50);
    expect(new Set(many.map((answer) => latencyOf(7, answer))).size).toBeGreaterThan(20);
  });

  test("of flapping differs in phase between deployments", () => {
    const up = Array.from({ length: 50 }, (_, number) => isUp(number, 0));
    expect(new Set(up).size).toBe(2);
  });
});
