// Probes that ask for a stream, over the wire: what the first token is in each family's words, and what a stream without one means.

import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { questionOf } from "../../src/probe/families.ts";
import type { FamilyName, ProbeTarget } from "../../src/registry/deployment.ts";
import { type StreamingOptions, startStreaming } from "../provider/streaming.ts";
import { eventually } from "../servers/process.ts";
import { ask, bodyBytesMax } from "./prober.ts";
import { longDeadlines, shortDeadlines, target } from "./target.ts";

let stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});

async function probe(
  pieces: readonly (string | Uint8Array)[],
  changes: Partial<ProbeTarget> = {},
  options: StreamingOptions = {},
  deadlines = longDeadlines,
) {
  const server = startStreaming(pieces, options);
  stops.push(server.stop);
  const { outcome, adapted } = await ask({
    target: target({ baseUrl: server.url, stream: true, ...changes }),
    deadlines,
  });
  return { outcome, adapted, server };
}

const sse = (...events: unknown[]) =>
  events.map((event) => (typeof event === "string" ? event : `data: ${JSON.stringify(event)}\n\n`));
const typed = (...events: { type: string }[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
const chunk = (delta: object, finish_reason: string | null = null) => ({
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta, finish_reason }],
});
const role = chunk({ role: "assistant", content: "" });
const done = "data: [DONE]\n\n";

interface Case {
  readonly changes: Partial<ProbeTarget>;
  readonly path: string;
  readonly type?: string;
  readonly asked: object;
  /** What comes before the first token, the token, and the rest. */
  readonly before: readonly string[];
  readonly token: string;
  readonly rest: readonly string[];
  readonly usage: [number | null, number | null];
}

const anthropicStart = {
  type: "message_start",
  message: { id: "m", type: "message", content: [], usage: { input_tokens: 8, output_tokens: 1 } },
};
const blockStart = {
  type: "content_block_start",
  index: 0,
  content_block: { type: "text", text: "" },
};
const blockDelta = {
  type: "content_block_delta",
  index: 0,
  delta: { type: "text_delta", text: "pong" },
};
const messageDelta = (stop_reason: string) => ({
  type: "message_delta",
  delta: { stop_reason },
  usage: { output_tokens: 4 },
});
const geminiPart = (text: string, more: object = {}) => ({
  candidates: [{ content: { role: "model", parts: [{ text }] }, ...more }],
  usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 2 },
});

const cases: Readonly<Record<string, Case>> = {
  "OpenAI chat": {
    changes: {},
    path: "/chat/completions",
    asked: { stream: true, max_tokens: 16 },
    before: sse(": OPENROUTER PROCESSING\n\n", role),
    token: sse(chunk({ content: "pong" }))[0] ?? "",
    rest: sse({ ...chunk({}, "stop"), usage: { prompt_tokens: 8, completion_tokens: 2 } }, done),
    usage: [8, 2],
  },
  "OpenAI completions": {
    changes: { mode: "completion" },
    path: "/completions",
    asked: { stream: true, prompt: "ping" },
    before: sse({ choices: [{ index: 0, text: "", finish_reason: null }] }),
    token: sse({ choices: [{ index: 0, text: "pong", finish_reason: null }] })[0] ?? "",
    rest: [done],
    usage: [null, null],
  },
  Azure: {
    changes: { family: "azure", provider: "azure", apiVersion: "2024-10-21" },
    path: "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
    asked: { stream: true },
    before: sse({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] }, role),
    token: sse(chunk({ content: "pong" }))[0] ?? "",
    rest: sse(chunk({}, "stop"), done),
    usage: [null, null],
  },
  Anthropic: {
    changes: { family: "anthropic", provider: "anthropic" },
    path: "/v1/messages",
    asked: { stream: true, max_tokens: 16 },
    before: typed(anthropicStart, blockStart, { type: "ping" }),
    token: typed(blockDelta)[0] ?? "",
    rest: typed({ type: "content_block_stop" }, messageDelta("end_turn"), { type: "message_stop" }),
    usage: [8, 4],
  },
  Gemini: {
    changes: { family: "gemini", provider: "gemini", model: "g" },
    path: "/models/g:streamGenerateContent?alt=sse",
    asked: { generationConfig: { maxOutputTokens: 16 } },
    before: sse(geminiPart("")),
    token: sse(geminiPart("pong"))[0] ?? "",
    rest: sse(geminiPart("", { finishReason: "STOP" })),
    usage: [4, 2],
  },
  Cohere: {
    changes: { family: "cohere", provider: "cohere" },
    path: "/v2/chat",
    asked: { stream: true },
    before: typed({ type: "message-start" }, { type: "content-start" }),
    token:
      sse({ type: "content-delta", delta: { message: { content: { text: "pong" } } } })[0] ?? "",
    rest: sse({
      type: "message-end",
      delta: {
        finish_reason: "COMPLETE",
        usage: { billed_units: { input_tokens: 1, output_tokens: 2 } },
      },
    }),
    usage: [1, 2],
  },
  "Ollama chat": {
    changes: { family: "ollama", provider: "ollama_chat" },
    path: "/api/chat",
    type: "application/x-ndjson",
    asked: { stream: true },
    before: ['{"message":{"role":"assistant","content":""},"done":false}\n'],
    token: '{"message":{"role":"assistant","content":"pong"},"done":false}\n',
    rest: ['{"message":{"content":""},"done":true,"prompt_eval_count":5,"eval_count":2}\n'],
    usage: [5, 2],
  },
  "Ollama generate": {
    changes: { family: "ollama", provider: "ollama" },
    path: "/api/generate",
    type: "application/x-ndjson",
    asked: { stream: true },
    before: [],
    token: '{"response":"pong","done":false}\n',
    rest: ['{"response":"","done":true,"prompt_eval_count":5,"eval_count":2}\n'],
    usage: [5, 2],
  },
};

describe.each(Object.entries(cases))("a stream of %s", (_, one) => {
  const options = one.type === undefined ? {} : { type: one.type };

  test("is asked for, ends at its first token, and the connection is closed", async () => {
    const pieces = [...one.before, one.token];
    const { outcome, server } = await probe(pieces, one.changes, { ...options, after: "open" });
    expect(server.lines).toEqual([`POST ${one.path} HTTP/1.1`]);
    expect(server.asked).toMatchObject([one.asked]);
    expect(outcome).toMatchObject({ class: "ok", httpStatus: 200 });
    expect(outcome.phases.firstTokenMs).toBeGreaterThan(0);
    expect(outcome.usage).toEqual({
      promptTokens: null,
      completionTokens: null,
      uncounted: true,
    });
    await eventually("the connection is closed", () => server.open() === 0);
  });

  test("has no first token in what comes before it", async () => {
    const { outcome } = await probe(
      one.before,
      one.changes,
      { ...options, after: "open" },
      shortDeadlines,
    );
    expect(outcome.class).toBe("timeout_total");
    expect(outcome.phases.firstTokenMs).toBeNull();
  });

  test("that came whole tells its usage too", async () => {
    const pieces = [...one.before, one.token, ...one.rest];
    const { outcome } = await probe(pieces, one.changes, options);
    expect(outcome.class).toBe("ok");
    expect(outcome.phases.firstTokenMs).toBeGreaterThan(0);
    const [promptTokens, completionTokens] = one.usage;
    expect(outcome.usage).toEqual({ promptTokens, completionTokens });
  });

  test("means the same however it is cut into pieces, with any line ends", async () => {
    const text = [...one.before, one.token].join("");
    for (const lines of one.type === undefined ? ["\n", "\r\n", "\r"] : ["\n", "\r\n"]) {
      const bytes = Buffer.from(text.replaceAll("\n", lines));
      const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
      const { outcome } = await probe(pieces, one.changes, { ...options, after: "open" });
      expect(outcome.class).toBe("ok");
    }
  });

  test("that ends before anything was said is not an answer", async () => {
    const { outcome } = await probe([], one.changes, options);
    expect(outcome.class).toBe("protocol");
  });
});

describe("the first token is", () => {
  const openai: [title: string, delta: object][] = [
    ["a thought that is called reasoning_content", { reasoning_content: "hm" }],
    ["a thought that is called reasoning", { reasoning: "hm" }],
    ["a list of thoughts, as Mistral has it", { content: [{ type: "thinking" }] }],
    ["a call of a tool", { tool_calls: [{ index: 0 }] }],
  ];
  for (const [title, delta] of openai) {
    test(title, async () => {
      const { outcome } = await probe(sse(role, chunk(delta)), {}, { after: "open" });
      expect(outcome).toMatchObject({ class: "ok", phases: { firstTokenMs: expect.any(Number) } });
    });
  }

  test("a thought of Claude", async () => {
    const thought = { ...blockDelta, delta: { type: "thinking_delta", thinking: "hm" } };
    const { outcome } = await probe(
      typed(anthropicStart, blockStart, thought),
      { family: "anthropic", provider: "anthropic" },
      { after: "open" },
    );
    expect(outcome).toMatchObject({ class: "ok", phases: { firstTokenMs: expect.any(Number) } });
  });

  test("whole when its characters of several bytes are split", async () => {
    const [event = ""] = sse(chunk({ content: "日本語 – né 🦀" }));
    const pieces = Array.from(Buffer.from(event), (byte) => Uint8Array.of(byte));
    const { outcome } = await probe(pieces, {}, { after: "open" });
    expect(outcome.class).toBe("ok");
  });

  test("a refusal of the model, which is said so", async () => {
    const { outcome } = await probe(sse(role, chunk({ refusal: "I" })), {}, { after: "open" });
    expect(outcome.class).toBe("ok_limited_output");
  });
});

describe("a stream without a token", () => {
  const anthropic = { family: "anthropic", provider: "anthropic" } as const;
  const limited: [title: string, pieces: string[], changes: Partial<ProbeTarget>][] = [
    ["that used up the limit", sse(role, chunk({}, "length"), done), {}],
    ["that was withheld by a filter", sse(role, chunk({}, "content_filter"), done), {}],
    [
      "of Claude that used up the limit",
      typed(anthropicStart, messageDelta("max_tokens"), { type: "message_stop" }),
      anthropic,
    ],
    [
      "of Claude that is a refusal",
      typed(anthropicStart, messageDelta("refusal"), { type: "message_stop" }),
      anthropic,
    ],
    [
      "of Gemini that used up the limit on thinking",
      sse({ candidates: [{ content: { role: "model" }, finishReason: "MAX_TOKENS" }] }),
      { family: "gemini", provider: "gemini" },
    ],
    [
      "of Gemini whose prompt was blocked",
      sse({ promptFeedback: { blockReason: "SAFETY" } }),
      { family: "gemini", provider: "gemini" },
    ],
  ];
  for (const [title, pieces, changes] of limited) {
    test(`${title} is limited output, also when the server does not close it`, async () => {
      const whole = await probe(pieces, changes);
      const open = await probe(pieces, changes, { after: "open" });
      expect(whole.outcome.class).toBe("ok_limited_output");
      expect(open.outcome.class).toBe("ok_limited_output");
      expect(open.outcome.phases.firstTokenMs).toBeNull();
    });
  }

  test("tells the usage that its last events have", async () => {
    const [, pieces = [], changes] = limited[2] ?? [];
    const { outcome } = await probe(pieces, changes, { after: "open" });
    expect(outcome.usage).toEqual({ promptTokens: 8, completionTokens: 4 });
  });

  test("that is closed properly after the role alone is not an answer", async () => {
    expect((await probe(sse(role))).outcome.class).toBe("protocol");
  });

  test("that is cut off is a reset", async () => {
    expect((await probe(sse(role), {}, { after: "cut" })).outcome.class).toBe("reset");
  });
});

describe("an error inside a stream is judged like an error answer:", () => {
  const anthropic = { family: "anthropic" as FamilyName, provider: "anthropic" };
  const errors: [
    title: string,
    pieces: string[],
    changes: Partial<ProbeTarget>,
    expected: string,
  ][] = [
    [
      "OpenAI's server error",
      sse(role, { error: { message: "The server had an error", type: "server_error" } }),
      {},
      "server_error",
    ],
    [
      "OpenRouter's rate limit in a chunk",
      sse({ ...chunk({ content: "" }, "error"), error: { code: 429, message: "Rate limited" } }),
      {},
      "rate_limited",
    ],
    [
      "Anthropic's overload",
      typed(anthropicStart, {
        type: "error",
        error: { type: "overloaded_error", message: "Overloaded" },
      } as { type: string }),
      anthropic,
      "overloaded",
    ],
    [
      "an event of the name error",
      ['event: error\ndata: {"message":"Incorrect API key","code":"invalid_api_key"}\n\n'],
      {},
      "auth",
    ],
    [
      "vLLM's old form",
      sse({ object: "error", message: "boom", type: "InternalServerError", code: 500 }),
      {},
      "server_error",
    ],
    [
      "Gemini's",
      sse({ error: { code: 503, status: "UNAVAILABLE", message: "The model is overloaded." } }),
      { family: "gemini", provider: "gemini" },
      "overloaded",
    ],
    [
      "MiniMax's, which looks like an answer",
      sse({ choices: null, base_resp: { status_code: 1002, status_msg: "rate limit" } }),
      { provider: "minimax" },
      "rate_limited",
    ],
    [
      "Ollama's line",
      ['{"error":"model \\"x\\" not found, try pulling it first"}\n'],
      { family: "ollama", provider: "ollama" },
      "model_not_found",
    ],
  ];
  for (const [title, pieces, changes, expected] of errors) {
    test(title, async () => {
      const { outcome } = await probe(pieces, changes);
      expect(outcome).toMatchObject({ class: expected, httpStatus: 200 });
      expect(outcome.text).not.toBe("");
      expect(outcome.phases.firstTokenMs).toBeNull();
    });
  }

  test("and it ends the exchange though the server leaves the stream open", async () => {
    const pieces = sse({ error: { message: "Overloaded", code: "overloaded_error" } });
    const { outcome } = await probe(pieces, {}, { after: "open" });
    expect(outcome.class).toBe("overloaded");
  });
});

test("whatever stands in a stream, watching and reading it never throws", () => {
  const json = fc.json().map((text) => `data: ${text}\n\n`);
  const line = fc.json().map((text) => `${text}\n`);
  const words = fc.constantFrom(
    "data:",
    "event: error\n",
    ": x\n",
    "[DONE]",
    "\r",
    "\n\n",
    "\u{feff}",
  );
  const text = fc.array(fc.oneof(json, line, words, fc.string()), { maxLength: 8 });
  fc.assert(
    fc.property(
      text,
      fc.boolean(),
      fc.constantFrom(...Object.values(cases)),
      (pieces, truncated, one) => {
        const subject = target({ stream: true, ...one.changes });
        const question = questionOf(subject);
        const watch = question.request(subject).watch?.();
        for (const piece of pieces) watch?.(piece);
        const response = { status: 200, headers: {}, body: pieces.join(""), truncated };
        expect(question.read(subject, response).class).toBeString();
      },
    ),
  );
});

describe("asked for a stream, a server that", () => {
  test("answers with usual JSON is judged by it", async () => {
    const answer = {
      choices: [{ message: { role: "assistant", content: "pong" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 8, completion_tokens: 2 },
    };
    const { outcome } = await probe([JSON.stringify(answer)], {}, { type: "application/json" });
    expect(outcome.class).toBe("ok");
    expect(outcome.usage).toEqual({ promptTokens: 8, completionTokens: 2 });
    expect(outcome.phases.firstTokenMs).toBeNull();
  });

  test("answers with a login page does not pass", async () => {
    const { outcome } = await probe(["<html>Sign in</html>"], {}, { type: "text/html" });
    expect(outcome.class).toBe("protocol");
    expect(outcome.text).toContain("HTML");
  });

  test("answers with an error status is judged by it", async () => {
    const body = JSON.stringify({ error: { message: "Slow down", code: "rate_limit_exceeded" } });
    const { outcome } = await probe(
      [body],
      {},
      { type: "application/json", status: "429 Too Many" },
    );
    expect(outcome.class).toBe("rate_limited");
  });

  test("does not stream for this account is asked without a stream from then on", async () => {
    const message = "Your organization must be verified to stream this model.";
    const body = JSON.stringify({ error: { message, param: "stream", code: "unsupported_value" } });
    const { server } = await probe([body], {}, { type: "application/json", status: "400 Bad" });
    expect(server.asked).toMatchObject([{ stream: true }, {}]);
    expect(server.asked[1]).not.toHaveProperty("stream");
  });

  const drips: [title: string, pieces: string[], type?: string][] = [
    ["comments without end", [": ping\n\n"]],
    ["empty lines without end", ["\n"]],
    ["roles without end", sse(role)],
  ];
  for (const [title, pieces] of drips) {
    test(`sends ${title} runs into the deadline`, async () => {
      const { outcome, server } = await probe(pieces, {}, { after: "repeat" }, shortDeadlines);
      expect(outcome).toMatchObject({
        class: "timeout_total",
        text: expect.stringContaining("no first words within"),
      });
      await eventually("the connection is closed", () => server.open() === 0);
    });
  }

  const floods: [title: string, piece: string][] = [
    ["one event that never ends", `data: ${"x".repeat(16_384)}`],
    ["comments faster than they can be waited for", `: ${"x".repeat(16_384)}\n\n`],
    ["events that are no JSON", `data: ${"x".repeat(16_384)}\n\n`],
  ];
  for (const [title, piece] of floods) {
    test(`sends ${title} is read to the bound and not further`, async () => {
      const { outcome, server } = await probe([piece], {}, { after: "repeat" });
      expect(outcome).toMatchObject({ class: "protocol", text: expect.not.stringContaining("[") });
      expect(outcome.peer.bytesRead).toBeLessThan(4 * bodyBytesMax);
      await eventually("the connection is closed", () => server.open() === 0);
    });
  }

  test("sends a huge event with the first token in it passes when it fits the bound", async () => {
    const [event = ""] = sse(chunk({ content: "x".repeat(60_000) }));
    expect((await probe([event], {}, { after: "open" })).outcome.class).toBe("ok");
  });
});
