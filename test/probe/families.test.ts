import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { questionOf } from "../../src/probe/families.ts";
import type { ProbeTarget } from "../../src/registry/deployment.ts";
import { ask } from "./prober.ts";
import { longDeadlines, secretKey, target } from "./target.ts";

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

let seen: Seen[] = [];
let answers: Response[] = [];
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    const url = new URL(request.url);
    const text = await request.text();
    seen.push({
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: request.headers.toJSON() as Record<string, string>,
      body: text === "" ? null : JSON.parse(text),
    });
    return answers.shift() ?? new Response("nothing prepared", { status: 599 });
  },
});
const base = `http://127.0.0.1:${server.port}`;
afterAll(() => server.stop(true));
beforeEach(() => {
  seen = [];
  answers = [];
});

async function probe(
  changes: Partial<ProbeTarget>,
  ...prepared: [status: number, body: unknown][]
) {
  answers = prepared.map(([status, body]) => Response.json(body, { status }));
  const asked = await ask({
    target: target({ baseUrl: `${base}/v1`, ...changes }),
    deadlines: longDeadlines,
  });
  const [first] = seen;
  if (first === undefined) throw new Error("nothing was asked");
  return { ...asked, first };
}

const chatAnswer = {
  choices: [{ message: { role: "assistant", content: "pong" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 2 },
};
const urlAsked = (asked: ProbeTarget) => questionOf(asked).request(asked).url;
const ping = [{ role: "user", content: "ping" }];

describe("on the wire", () => {
  const cases: {
    title: string;
    target: Partial<ProbeTarget>;
    method?: string;
    path: string;
    headers: Record<string, string>;
    body: unknown;
    answer: unknown;
    usage?: [number | null, number | null];
  }[] = [
    {
      title: "OpenAI chat",
      target: { organization: "org-1" },
      path: "/v1/chat/completions",
      headers: { authorization: `Bearer ${secretKey}`, "openai-organization": "org-1" },
      body: { model: "gpt-4o", messages: ping, max_tokens: 16 },
      answer: chatAnswer,
      usage: [8, 2],
    },
    {
      title: "a reasoning model of OpenAI, with the new name of the limit",
      target: { model: "o3-mini", tokenField: "max_completion_tokens", reasoningEffort: "low" },
      path: "/v1/chat/completions",
      headers: {},
      body: {
        model: "o3-mini",
        messages: ping,
        max_completion_tokens: 16,
        reasoning_effort: "low",
      },
      answer: chatAnswer,
    },
    {
      title: "OpenAI completions",
      target: { mode: "completion" },
      path: "/v1/completions",
      headers: {},
      body: { model: "gpt-4o", prompt: "ping", max_tokens: 16 },
      answer: { choices: [{ text: "pong", finish_reason: "length" }] },
    },
    {
      title: "OpenAI embeddings, without any limit of output",
      target: { mode: "embedding", model: "text-embedding-3-small", maxTokens: null },
      path: "/v1/embeddings",
      headers: {},
      body: { model: "text-embedding-3-small", input: ["ping"] },
      answer: { data: [{ embedding: [0.1] }], usage: { prompt_tokens: 1, total_tokens: 1 } },
      usage: [1, null],
    },
    {
      title: "the free question of what speaks OpenAI's API",
      target: { rung: "metadata" },
      method: "GET",
      path: "/v1/models",
      headers: { authorization: `Bearer ${secretKey}` },
      body: null,
      answer: { data: [{ id: "gpt-4o" }] },
    },
    {
      title: "an address that already ends with the operation",
      target: { baseUrl: `${base}/proxy/v1/chat/completions`, provider: "openai_like" },
      path: "/proxy/v1/chat/completions",
      headers: {},
      body: { model: "gpt-4o", messages: ping, max_tokens: 16 },
      answer: chatAnswer,
    },
    {
      title: "headers and parameters that the operator added",
      target: { headers: { "x-team": "search" }, extraBody: { store: false } },
      path: "/v1/chat/completions",
      headers: { "x-team": "search" },
      body: { model: "gpt-4o", messages: ping, max_tokens: 16, store: false },
      answer: chatAnswer,
    },
    {
      title: "Azure chat with a dated version",
      target: {
        family: "azure",
        provider: "azure",
        model: "my-gpt",
        baseUrl: base,
        apiVersion: "2024-10-21",
      },
      path: "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21",
      headers: { "api-key": secretKey },
      body: { messages: ping, max_tokens: 16 },
      answer: chatAnswer,
      usage: [8, 2],
    },
    {
      title: "Azure with an Entra token",
      target: {
        family: "azure",
        provider: "azure",
        baseUrl: base,
        apiVersion: "2024-10-21",
        apiKey: "eyJhbGciOi.abc.def",
      },
      path: "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
      headers: { authorization: "Bearer eyJhbGciOi.abc.def" },
      body: { messages: ping, max_tokens: 16 },
      answer: chatAnswer,
    },
    {
      title: "Azure's v1 API, which names the model in the body",
      target: {
        family: "azure",
        provider: "azure",
        baseUrl: `${base}/openai/v1`,
        apiVersion: "preview",
      },
      path: "/openai/v1/chat/completions",
      headers: { "api-key": secretKey },
      body: { model: "gpt-4o", messages: ping, max_tokens: 16 },
      answer: chatAnswer,
    },
    {
      title: "an Azure address that names the deployment",
      target: {
        family: "azure",
        provider: "azure",
        baseUrl: `${base}/openai/deployments/d1`,
        apiVersion: "2024-10-21",
      },
      path: "/openai/deployments/d1/chat/completions?api-version=2024-10-21",
      headers: {},
      body: { messages: ping, max_tokens: 16 },
      answer: chatAnswer,
    },
    {
      title: "Azure's model list",
      target: {
        family: "azure",
        provider: "azure",
        baseUrl: base,
        apiVersion: "2024-10-21",
        rung: "metadata",
      },
      method: "GET",
      path: "/openai/models?api-version=2024-10-21",
      headers: { "api-key": secretKey },
      body: null,
      answer: { data: [{ id: "gpt-4o" }] },
    },
    {
      title: "Anthropic messages",
      target: {
        family: "anthropic",
        provider: "anthropic",
        model: "claude-sonnet-4-5",
        baseUrl: base,
      },
      path: "/v1/messages",
      headers: { "x-api-key": secretKey, "anthropic-version": "2023-06-01" },
      body: { model: "claude-sonnet-4-5", max_tokens: 16, messages: ping },
      answer: {
        type: "message",
        content: [{ type: "text", text: "pong" }],
        usage: { input_tokens: 8, output_tokens: 4 },
      },
      usage: [8, 4],
    },
    {
      title: "Anthropic's free question",
      target: {
        family: "anthropic",
        provider: "anthropic",
        model: "claude-sonnet-4-5",
        baseUrl: base,
        rung: "metadata",
      },
      method: "GET",
      path: "/v1/models/claude-sonnet-4-5",
      headers: { "x-api-key": secretKey },
      body: null,
      answer: { type: "model", id: "claude-sonnet-4-5" },
    },
    {
      title: "Gemini, with the key in a header and not in the URL",
      target: {
        family: "gemini",
        provider: "gemini",
        model: "gemini-2.5-flash",
        baseUrl: `${base}/v1beta`,
      },
      path: "/v1beta/models/gemini-2.5-flash:generateContent",
      headers: { "x-goog-api-key": secretKey },
      body: {
        contents: [{ role: "user", parts: [{ text: "ping" }] }],
        generationConfig: { maxOutputTokens: 16 },
      },
      answer: {
        candidates: [{ content: { parts: [{ text: "pong" }] }, finishReason: "STOP" }],
        usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 2, thoughtsTokenCount: 10 },
      },
      usage: [4, 12],
    },
    {
      title: "Gemini embeddings",
      target: {
        family: "gemini",
        provider: "gemini",
        model: "text-embedding-004",
        baseUrl: `${base}/v1beta`,
        mode: "embedding",
        maxTokens: null,
      },
      path: "/v1beta/models/text-embedding-004:embedContent",
      headers: {},
      body: { content: { parts: [{ text: "ping" }] } },
      answer: { embedding: { values: [0.1] } },
    },
    {
      title: "Cohere chat",
      target: { family: "cohere", provider: "cohere", model: "command-r", baseUrl: base },
      path: "/v2/chat",
      headers: { authorization: `Bearer ${secretKey}` },
      body: { model: "command-r", messages: ping, max_tokens: 16, stream: false },
      answer: {
        message: { role: "assistant", content: [{ type: "text", text: "pong" }] },
        finish_reason: "COMPLETE",
        usage: { billed_units: { input_tokens: 1, output_tokens: 2 } },
      },
      usage: [1, 2],
    },
    {
      title: "Cohere embeddings, with the input type they need",
      target: {
        family: "cohere",
        provider: "cohere",
        model: "embed-v4",
        baseUrl: base,
        mode: "embedding",
        maxTokens: null,
      },
      path: "/v2/embed",
      headers: {},
      body: {
        model: "embed-v4",
        texts: ["ping"],
        input_type: "search_query",
        embedding_types: ["float"],
      },
      answer: { embeddings: { float: [[0.1]] }, meta: { billed_units: { input_tokens: 1 } } },
      usage: [1, null],
    },
    {
      title: "Ollama chat",
      target: {
        family: "ollama",
        provider: "ollama_chat",
        model: "qwen2.5",
        baseUrl: base,
        apiKey: null,
      },
      path: "/api/chat",
      headers: {},
      body: { model: "qwen2.5", messages: ping, stream: false, options: { num_predict: 16 } },
      answer: { message: { content: "pong" }, done: true, prompt_eval_count: 5, eval_count: 2 },
      usage: [5, 2],
    },
    {
      title: "Ollama generate",
      target: {
        family: "ollama",
        provider: "ollama",
        model: "qwen2.5",
        baseUrl: base,
        apiKey: null,
      },
      path: "/api/generate",
      headers: {},
      body: { model: "qwen2.5", prompt: "ping", stream: false, options: { num_predict: 16 } },
      answer: { response: "pong", done: true },
    },
    {
      title: "Ollama's free question, which loads no model",
      target: {
        family: "ollama",
        provider: "ollama",
        model: "qwen2.5",
        baseUrl: base,
        apiKey: null,
        rung: "metadata",
      },
      path: "/api/show",
      headers: {},
      body: { model: "qwen2.5" },
      answer: { details: {} },
    },
  ];
  for (const {
    title,
    target: changes,
    method = "POST",
    path,
    headers,
    body,
    answer,
    usage,
  } of cases) {
    test(`${title}: method, path, headers and body are as documented, and the answer is understood`, async () => {
      const { outcome, first } = await probe(changes, [200, answer]);
      expect(first.method).toBe(method);
      expect(first.path).toBe(path);
      expect(first.headers).toMatchObject(headers);
      expect(first.headers["user-agent"]).toStartWith("fleetpulse/");
      expect(first.body).toEqual(body);
      expect(outcome).toMatchObject({ class: "ok", httpStatus: 200, text: "" });
      if (usage !== undefined) {
        expect(outcome.usage).toEqual({ promptTokens: usage[0], completionTokens: usage[1] });
      }
    });
  }
});

describe("alive, though the answer holds no words", () => {
  const cases: [title: string, changes: Partial<ProbeTarget>, answer: unknown][] = [
    [
      "a reasoning model that spent its whole allowance on thinking",
      {},
      { choices: [{ message: { content: "" }, finish_reason: "length" }] },
    ],
    [
      "a content filter",
      {},
      { choices: [{ message: { content: null }, finish_reason: "content_filter" }] },
    ],
    [
      "Gemini thinking up to the limit",
      { family: "gemini", provider: "gemini" },
      { candidates: [{ content: { role: "model" }, finishReason: "MAX_TOKENS" }] },
    ],
    [
      "Gemini's blocked words",
      { family: "gemini", provider: "gemini" },
      { promptFeedback: { blockReason: "SAFETY" } },
    ],
    [
      "a refusal in the field of its own",
      {},
      { choices: [{ message: { content: null, refusal: "I cannot" }, finish_reason: "stop" }] },
    ],
    [
      "Claude's refusal",
      { family: "anthropic", provider: "anthropic", baseUrl: base },
      { type: "message", content: [], stop_reason: "refusal" },
    ],
  ];
  for (const [title, changes, answer] of cases) {
    test(title, async () => {
      const { outcome } = await probe(changes, [200, answer]);
      expect(outcome.class).toBe("ok_limited_output");
      expect(outcome.text).not.toBe("");
    });
  }
});

describe("a 200 that is an error", () => {
  test("of OpenRouter is read as the error that it is", async () => {
    const { outcome } = await probe({ provider: "openrouter" }, [
      200,
      { error: { code: 402, message: "Insufficient credits" } },
    ]);
    expect(outcome.class).toBe("billing");
  });

  test("of a broken upstream behind OpenRouter is the status that it names", async () => {
    const { outcome } = await probe({ provider: "openrouter" }, [
      200,
      { error: { code: 502, message: "Provider returned error" } },
    ]);
    expect(outcome.class).toBe("server_error");
  });

  test("of MiniMax is read by its own code", async () => {
    const { outcome } = await probe({ provider: "minimax" }, [
      200,
      { base_resp: { status_code: 1008, status_msg: "insufficient balance" } },
    ]);
    expect(outcome.class).toBe("billing");
  });
});

describe("the one adaptive change", () => {
  const refused = (message: string, code = "unsupported_parameter") => ({
    error: { message, type: "invalid_request_error", code },
  });

  test("a model that wants max_completion_tokens gets it, and this is remembered", async () => {
    const { outcome, adapted } = await probe(
      {},
      [
        400,
        refused(
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        ),
      ],
      [200, chatAnswer],
    );
    expect(outcome.class).toBe("ok");
    expect(seen[1]?.body).toEqual({ model: "gpt-4o", messages: ping, max_completion_tokens: 16 });
    expect(adapted?.tokenField).toBe("max_completion_tokens");
  });

  test("a server that does not know max_completion_tokens gets max_tokens", async () => {
    const { outcome } = await probe(
      { tokenField: "max_completion_tokens" },
      [400, refused("Unrecognized request argument supplied: max_completion_tokens")],
      [200, chatAnswer],
    );
    expect(outcome.class).toBe("ok");
    expect(seen[1]?.body).toEqual({ model: "gpt-4o", messages: ping, max_tokens: 16 });
  });

  test("a limit below the model's minimum is raised", async () => {
    const { outcome } = await probe(
      { maxTokens: 1 },
      [
        400,
        refused(
          "Invalid 'max_tokens': integer below minimum value. Expected a value >= 16",
          "integer_below_min_value",
        ),
      ],
      [200, chatAnswer],
    );
    expect(outcome.class).toBe("ok");
    expect(seen[1]?.body).toMatchObject({ max_tokens: 16 });
  });

  test("that was refused as well is not remembered", async () => {
    const refusal = refused(
      "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens'",
    );
    const { adapted } = await probe({}, [400, refusal], [400, refused("no")]);
    expect(adapted).toBeNull();
  });

  test("happens once: a second refusal is a refused probe", async () => {
    const refusal = refused(
      "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens'",
    );
    const { outcome } = await probe({}, [400, refusal], [400, refused("no")]);
    expect(outcome.class).toBe("bad_probe");
    expect(seen).toHaveLength(2);
  });

  test("a refusal that names nothing of ours is not repeated", async () => {
    const { outcome } = await probe({}, [400, refused("messages: too few", "invalid_value")]);
    expect(outcome.class).toBe("bad_probe");
    expect(seen).toHaveLength(1);
  });
});

describe("a free question", () => {
  test("goes to one model where the provider answers for one, and to the list elsewhere", () => {
    const urlOf = (baseUrl: string) => urlAsked(target({ rung: "metadata", baseUrl }));
    expect(urlOf("https://api.openai.com/v1")).toBe("https://api.openai.com/v1/models/gpt-4o");
    expect(urlOf("https://gateway.example/v1")).toBe("https://gateway.example/v1/models");
  });

  test("whose list lacks the model is a remark, not a failure", async () => {
    const { outcome } = await probe({ rung: "metadata", provider: "sambanova" }, [
      200,
      { data: [{ id: "other" }] },
    ]);
    expect(outcome.class).toBe("ok");
    expect(outcome.text).toContain("does not name");
  });

  const noEndpoint: [
    title: string,
    changes: Partial<ProbeTarget>,
    status: number,
    body: unknown,
  ][] = [
    ["a list that is not there", {}, 404, { error: { message: "Not found" } }],
    ["a list that may not be read so", {}, 405, {}],
    [
      "a gateway without Anthropic's model route",
      { family: "anthropic", provider: "anthropic" },
      404,
      { detail: "Not Found" },
    ],
  ];
  for (const [title, changes, status, body] of noEndpoint) {
    test(`says nothing of the model at ${title}`, async () => {
      const { outcome } = await probe({ rung: "metadata", ...changes }, [status, body]);
      expect(outcome.class).toBe("bad_probe");
    });
  }

  test("about one model that does not exist says so", async () => {
    const { outcome } = await probe(
      { rung: "metadata", family: "anthropic", provider: "anthropic", baseUrl: base },
      [404, { type: "error", error: { type: "not_found_error", message: "model: claude-9" } }],
    );
    expect(outcome.class).toBe("model_not_found");
  });

  const addresses: [baseUrl: string, url: string][] = [
    ["https://eu.api.openai.com/v1", "https://eu.api.openai.com/v1/models/gpt-4o"],
    ["https://notapi.openai.com.example/v1", "https://notapi.openai.com.example/v1/models"],
  ];
  for (const [baseUrl, url] of addresses) {
    test(`at ${baseUrl} goes to ${url}`, () => {
      expect(urlAsked(target({ baseUrl, rung: "metadata" }))).toBe(url);
    });
  }
});

describe("an address that is none", () => {
  for (const family of ["openai", "azure", "anthropic", "gemini", "cohere", "ollama"] as const) {
    test(`is a mistake of the configuration for ${family}`, async () => {
      const subject = target({ family, provider: family, baseUrl: "nowhere" });
      const { outcome } = await ask({ target: subject, deadlines: longDeadlines });
      expect(outcome.class).toBe("config");
    });
  }
});

describe("secrets", () => {
  const echoes: [title: string, text: string][] = [
    ["in full", `Incorrect API key provided: ${secretKey}`],
    ["shortened", "Incorrect API key provided: sk-test-****cdef."],
    ["in a header", `bad header Authorization: Bearer ${secretKey}`],
    ["in a URL", `GET https://user:${secretKey}@host/?api_key=${secretKey}`],
    ["URL-encoded", encodeURIComponent(`key ${secretKey}`)],
  ];
  for (const [title, text] of echoes) {
    test(`a key that the upstream echoes ${title} does not appear in the outcome`, async () => {
      const { outcome } = await probe({ headers: { "x-extra": "another-secret-value" } }, [
        401,
        { error: { message: `${text} another-secret-value`, code: "invalid_api_key" } },
      ]);
      expect(outcome.class).toBe("auth");
      expect(JSON.stringify(outcome)).not.toContain("1234567890");
      expect(JSON.stringify(outcome)).not.toContain("cdef");
      expect(JSON.stringify(outcome)).not.toContain("another-secret-value");
    });
  }

  // No shape to know it by: only the key itself, or a part of it, can be recognised.
  const plainKey = "0123456789abcdef0123456789abcdef";

  for (const before of [100, 125, 135, 140, 145]) {
    test(`a key that is cut off after ${before} characters leaves nothing of itself behind`, async () => {
      const message = `${"x ".repeat(before / 2)}${plainKey} and more words ${"y ".repeat(60)}`;
      const { outcome } = await probe({ apiKey: plainKey }, [401, { error: { message } }]);
      expect(outcome.text).not.toContain("0123");
    });
  }

  test("a key that is sent without its mark is hidden as it was sent", async () => {
    const { outcome } = await probe(
      { family: "snowflake", provider: "snowflake", apiKey: `pat/${plainKey}` },
      [401, { message: `not known: ${plainKey}` }],
    );
    expect(outcome.text).toBe("HTTP 401: not known: [redacted]");
  });

  test("a key that stands in the query of the address is hidden", async () => {
    const { outcome } = await probe({ baseUrl: `${base}/v1?code=${plainKey}` }, [
      404,
      { error: { message: `Cannot POST /v1?code=${plainKey}` } },
    ]);
    expect(outcome.text).not.toContain("0123");
  });

  test("a credential of a configured header is hidden without its scheme too", async () => {
    const headers = { authorization: `Gateway ${plainKey}` };
    const { outcome } = await probe({ apiKey: null, headers }, [
      401,
      { error: { message: `unknown key ${plainKey}` } },
    ]);
    expect(outcome.text).toBe("HTTP 401: unknown key [redacted]");
  });
});
