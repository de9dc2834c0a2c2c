// OpenAI's responses as a stream: what its first token is, and what an end without one means.

import { describe, expect, test } from "bun:test";
import { questionOf } from "../../src/probe/families.ts";
import { target } from "./target.ts";

const streamed = target({ mode: "responses", stream: true, model: "gpt-5-codex" });

function stream(events: readonly object[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
}

const created = {
  type: "response.created",
  response: { model: "gpt-5-codex-1", status: "queued" },
};
const delta = { type: "response.output_text.delta", delta: "po" };

function read(events: readonly object[], truncated = false) {
  const body = stream(events);
  const answer = { status: 200, headers: {}, body, truncated };
  return questionOf(streamed).read(streamed, answer);
}

describe("a stream of a response", () => {
  test("is asked for", () => {
    expect(questionOf(streamed).request(streamed).body).toContain('"stream":true');
  });

  const sights: [title: string, events: readonly object[], sight: string | null][] = [
    ["has its first token with the first words", [created, delta], "token"],
    [
      "has its first token with the first thought",
      [created, { type: "response.reasoning_summary_text.delta", delta: "hm" }],
      "token",
    ],
    ["has none while it is only begun", [created, { type: "response.in_progress" }], null],
    ["can end without one", [created, { type: "response.completed", response: {} }], "end"],
  ];
  for (const [title, events, sight] of sights) {
    test(title, () => {
      const watch = questionOf(streamed).request(streamed).watch?.();
      expect(watch?.(stream(events))).toBe(sight as null);
    });
  }

  test("that is left at its first token is well, and what it cost is not known", () => {
    expect(read([created, delta], true)).toMatchObject({
      class: "ok",
      servedModel: "gpt-5-codex-1",
      usage: { promptTokens: null, completionTokens: null, uncounted: true },
    });
  });

  test("that ends in full is counted", () => {
    const response = {
      status: "completed",
      model: "gpt-5-codex-1",
      usage: { input_tokens: 7, output_tokens: 3 },
    };
    expect(read([created, delta, { type: "response.completed", response }])).toMatchObject({
      class: "ok",
      usage: { promptTokens: 7, completionTokens: 3 },
    });
  });

  test("that ends at the limit before its first word is alive", () => {
    const response = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    expect(read([created, { type: "response.incomplete", response }]).class).toBe(
      "ok_limited_output",
    );
  });

  test("that fails is judged by its error", () => {
    const response = {
      status: "failed",
      error: { code: "rate_limit_exceeded", message: "Rate limit reached" },
    };
    expect(read([created, { type: "response.failed", response }]).class).toBe("rate_limited");
  });

  test("that breaks off with an error is judged by it", () => {
    const error = { type: "error", code: "server_error", message: "The server had an error" };
    expect(read([created, error]).class).toBe("server_error");
  });
});
