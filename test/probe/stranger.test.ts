// A server of other people's making takes our questions for what the real ones take them, and we understand its answers:
// @copilotkit/aimock, which plays OpenAI, Azure, OpenRouter and Anthropic, and wants the key.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LLMock } from "@copilotkit/aimock";
import { systemClock } from "../../src/clock.ts";
import { createProber } from "../../src/probe/probe.ts";
import type { Mode } from "../../src/registry/deployment.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { resolve } from "../registry/entry.ts";
import { longDeadlines } from "./target.ts";

const key = "sk-stranger-0123456789abcdef";
const stranger = new LLMock({ port: 0, host: "127.0.0.1", auth: { apiKeys: [key] } });

beforeAll(async () => {
  stranger.on(
    { endpoint: "chat" },
    { content: "pong", usage: { prompt_tokens: 5, completion_tokens: 2 } },
  );
  stranger.onEmbedding(/.*/, { embedding: [0.1, 0.2] });
  stranger.onImage(/.*/, { image: { b64Json: "aGVsbG8=" } });
  stranger.onSpeech(/.*/, { audio: "SUQzBAAAAAAA" });
  stranger.onTranscription({ transcription: { text: "" } });
  stranger.onModerate(/.*/, { flagged: false, categories: { hate: false } });
  await stranger.start();
});
afterAll(() => stranger.stop());

const ask = createProber({
  transport: createHttpTransport({ resolver: createResolver(), keep: keepNone }),
  bodyBytesMax: 64 * 1024,
  clock: systemClock,
});

interface Asked {
  readonly model: string;
  readonly mode?: Mode;
  /** Behind the stranger's address. */
  readonly path?: string;
  readonly key?: string;
  readonly rung?: "completion" | "metadata";
  readonly stream?: boolean;
}

async function probe({ model, mode, path = "", key: own = key, ...settings }: Asked) {
  const { target, problem, skipped } = resolve(
    { model, api_base: `${stranger.url}${path}`, api_key: own },
    mode === undefined ? {} : { mode },
    {},
    settings,
  );
  if (target === null) throw new Error(problem ?? skipped ?? "there is no target");
  const rung = settings.rung ?? "completion";
  return (await ask({ target: { ...target, rung }, deadlines: longDeadlines })).outcome;
}

describe("a stranger's server understands and is understood in", () => {
  const v1 = "/v1";
  const cases: readonly Asked[] = [
    { model: "openai/gpt-4o", path: v1 },
    { model: "openai/gpt-5-mini", path: v1 },
    { model: "openai/gpt-4o", path: v1, stream: true },
    { model: "openai/gpt-5-codex", path: v1 },
    { model: "openai/gpt-5-codex", path: v1, stream: true },
    { model: "openai/text-embedding-3-small", path: v1 },
    { model: "openai/gpt-image-1", path: v1 },
    { model: "openai/tts-1", path: v1 },
    { model: "openai/whisper-1", path: v1 },
    { model: "openai/omni-moderation-latest", path: v1 },
    { model: "openai/gpt-4o", mode: "batch", path: v1 },
    { model: "openai/gpt-realtime", path: v1 },
    { model: "openai/gpt-4o", path: v1, rung: "metadata" },
    { model: "groq/llama-3.3-70b", path: "/openai/v1" },
    { model: "openrouter/openai/gpt-4o", path: "/api/v1" },
    { model: "openrouter/openai/gpt-4o", path: "/api/v1", rung: "metadata" },
    { model: "azure/gpt-4o" },
    { model: "azure/text-embedding-3-small" },
    { model: "anthropic/claude-sonnet-4-5" },
  ];
  for (const one of cases) {
    const how = [one.mode, one.stream && "as a stream", one.rung === "metadata" && "for free"];
    test([one.model, ...how].filter(Boolean).join(", "), async () => {
      const outcome = await probe(one);
      expect({ class: outcome.class, text: outcome.text }).toEqual({ class: "ok", text: "" });
    });
  }
});

test("a stranger's count of tokens is read, and the model it names", async () => {
  const outcome = await probe({ model: "openai/gpt-4o", path: "/v1" });
  expect(outcome.usage).toEqual({ promptTokens: 5, completionTokens: 2 });
  expect(outcome.servedModel).toBe("gpt-4o");
});

describe("a wrong key is told by a stranger's server to", () => {
  for (const { model, path } of [
    { model: "openai/gpt-4o", path: "/v1" },
    { model: "azure/gpt-4o", path: "" },
    { model: "openai/tts-1", path: "/v1" },
    { model: "openrouter/openai/gpt-4o", path: "/api/v1" },
  ]) {
    test(model, async () => {
      expect((await probe({ model, path, key: "sk-wrong" })).class).toBe("auth");
    });
  }
});
