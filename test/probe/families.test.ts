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

  test.each([
    [401, { error: { message: "x", type: "invalid_request_error", code: "missing_scope" } }],
    [
      403,
      { error: { message: "You have insufficient permissions. Missing scopes: api.model.read." } },
    ],
  ])("that a real key may not ask is no fault of the key's (%d)", async (status, body) => {
    const { outcome } = await probe({ rung: "metadata" }, [status, body]);
    expect(outcome).toMatchObject({ class: "bad_probe", text: expect.stringContaining("is real") });
  });

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
