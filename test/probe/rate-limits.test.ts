import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { exhaustedMs, rateLimitsOf } from "../../src/probe/rate-limits.ts";

const nowMs = Date.UTC(2026, 10, 21, 12);

describe("rate-limit headers", () => {
  test.each([
    [
      "openai",
      {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": "29990",
        "x-ratelimit-reset-tokens": "6m0s",
      },
      { limit: 500, remaining: 499, resetMs: nowMs + 120 },
      { limit: 30_000, remaining: 29_990, resetMs: nowMs + 360_000 },
    ],
    [
      "anthropic",
      {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "49",
        "anthropic-ratelimit-requests-reset": "2026-11-21T12:00:30Z",
        "anthropic-ratelimit-tokens-limit": "1000",
        "anthropic-ratelimit-tokens-remaining": "900",
        "anthropic-ratelimit-tokens-reset": "2026-11-21T12:01:00Z",
        "anthropic-ratelimit-output-tokens-limit": "100",
        "anthropic-ratelimit-output-tokens-remaining": "10",
        "anthropic-ratelimit-output-tokens-reset": "2026-11-21T12:02:00Z",
      },
      { limit: 50, remaining: 49, resetMs: nowMs + 30_000 },
      { limit: 100, remaining: 10, resetMs: nowMs + 120_000 },
    ],
    [
      "cerebras",
      {
        "x-ratelimit-limit-requests-day": "14400",
        "x-ratelimit-remaining-requests-day": "14000",
        "x-ratelimit-reset-requests-day": "33011.38",
        "x-ratelimit-limit-tokens-minute": "60000",
        "x-ratelimit-remaining-tokens-minute": "0",
        "x-ratelimit-reset-tokens-minute": "11.5",
      },
      { limit: 14_400, remaining: 14_000, resetMs: nowMs + 33_011_380 },
      { limit: 60_000, remaining: 0, resetMs: nowMs + 11_500 },
    ],
    [
      "sambanova, in seconds since the epoch",
      {
        "x-ratelimit-limit-requests": "40",
        "x-ratelimit-remaining-requests": "39",
        "x-ratelimit-reset-requests": String(nowMs / 1000 + 60),
      },
      { limit: 40, remaining: 39, resetMs: nowMs + 60_000 },
      null,
    ],
    [
      "openrouter, in milliseconds since the epoch",
      {
        "x-ratelimit-limit": "20",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(nowMs + 5000),
      },
      { limit: 20, remaining: 0, resetMs: nowMs + 5000 },
      null,
    ],
    [
      "together_ai",
      {
        "x-ratelimit-limit": "10",
        "x-ratelimit-remaining": "9",
        "x-tokenlimit-limit": "3000",
        "x-tokenlimit-remaining": "2900",
      },
      { limit: 10, remaining: 9, resetMs: null },
      { limit: 3000, remaining: 2900, resetMs: null },
    ],
    [
      "mistral",
      {
        "x-ratelimit-limit-req-minute": "60",
        "x-ratelimit-remaining-req-minute": "58",
        "x-ratelimit-limit-tokens-minute": "500000",
        "x-ratelimit-remaining-tokens-minute": "499000",
      },
      { limit: 60, remaining: 58, resetMs: null },
      { limit: 500_000, remaining: 499_000, resetMs: null },
    ],
    [
      "the draft of the IETF",
      { ratelimit: '"default";r=50;t=30', "ratelimit-policy": '"default";q=100;w=60' },
      { limit: null, remaining: 50, resetMs: nowMs + 30_000 },
      null,
    ],
    [
      "an older draft of the IETF",
      { ratelimit: "limit=100, remaining=0, reset=7" },
      { limit: 100, remaining: 0, resetMs: nowMs + 7000 },
      null,
    ],
    [
      "azure, which shows -1 where it does not count",
      { "x-ratelimit-remaining-requests": "-1", "x-ratelimit-remaining-tokens": "12" },
      null,
      { limit: null, remaining: 12, resetMs: null },
    ],
  ])("of %s are read", (_, headers, requests, tokens) => {
    expect(rateLimitsOf(headers, nowMs)).toEqual({ requests, tokens });
  });

  test.each([
    ["none", { "content-type": "application/json" }],
    [
      "others of a like name",
      { "x-ratelimit-type": "UserByModel", "x-ratelimit-over-limit": "yes" },
    ],
    ["a policy alone", { "ratelimit-policy": '"default";q=100;w=60' }],
    ["what is no number", { "x-ratelimit-remaining-requests": "many" }],
  ])("that are %s say nothing", (_, headers: Record<string, string>) => {
    expect(rateLimitsOf(headers, nowMs)).toBeNull();
  });

  test("never fail, and never tell a negative number or a reset in the past", () => {
    const word = fc.constantFrom(
      ...["limit", "remaining", "reset", "requests", "tokens", "day", "minute", "per", "input", ""],
    );
    const name = fc
      .tuple(
        fc.constantFrom("x-ratelimit", "anthropic-ratelimit", "ratelimit", "x-tokenlimit"),
        fc.array(word, { maxLength: 4 }),
      )
      .map(([first, words]) => [first, ...words].join("-"));
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.stringMatching(/^(\d{1,20}[dhms]){0,3}(\d{1,5}ms)?$/),
    );
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 6 }), (headers) => {
        const limits = rateLimitsOf(headers, nowMs);
        for (const one of [limits?.requests, limits?.tokens]) {
          if (one === null || one === undefined) continue;
          for (const count of [one.limit, one.remaining]) {
            expect(count === null || (Number.isSafeInteger(count) && count >= 0)).toBe(true);
          }
          expect(one.resetMs === null || one.resetMs >= nowMs).toBe(true);
        }
      }),
    );
  });
});

describe("a limit that is used up", () => {
  const used = { limit: 10, remaining: 0, resetMs: nowMs + 4000 };

  test("is waited for until the later of both begins anew", () => {
    const limits = { requests: used, tokens: { ...used, resetMs: nowMs + 9000 } };
    expect(exhaustedMs(limits, nowMs, true)).toBe(9000);
  });

  test.each([
    ["something is left", { ...used, remaining: 1 }],
    ["nobody says until when", { ...used, resetMs: null }],
    ["there may be no such limit", { ...used, limit: 0 }],
    ["the limit itself is not told", { ...used, limit: null }],
  ])("is none where %s", (_, requests) => {
    expect(exhaustedMs({ requests, tokens: null }, nowMs, true)).toBeNull();
  });
});
