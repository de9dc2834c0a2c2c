// A server of other people's making takes our questions for what Bedrock and Vertex AI take them, and we understand its answers:
// @copilotkit/aimock, which wants a key in one case and looks at no signature in the other.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LLMock } from "@copilotkit/aimock";
import { systemClock } from "../../src/clock.ts";
import { createLogins } from "../../src/logins/logins.ts";
import { createProber } from "../../src/probe/probe.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { resolve, type Values } from "../registry/entry.ts";
import { longDeadlines } from "./target.ts";

const key = "sk-aimock-0123456789abcdef";
const withKeys = new LLMock({ port: 0, host: "127.0.0.1", auth: { apiKeys: [key] } });
const open = new LLMock({ port: 0, host: "127.0.0.1" });
beforeAll(async () => {
  for (const one of [withKeys, open]) {
    const usage = { prompt_tokens: 5, completion_tokens: 2, input_tokens: 5, output_tokens: 2 };
    one.on({ endpoint: "chat" }, { content: "pong", usage });
    one.onEmbedding(/.*/, { embedding: [0.1, 0.2] });
    await one.start();
  }
});
afterAll(() => Promise.all([withKeys.stop(), open.stop()]));

const ask = createProber({
  transport: createHttpTransport({ resolver: createResolver(), keep: keepNone }),
  bodyBytesMax: 64 * 1024,
  clock: systemClock,
  logins: createLogins(() => Promise.reject(new Error("nothing is exchanged")), systemClock),
});

async function probe(params: Values, settings: { stream?: boolean } = {}) {
  const { target, problem, skipped } = resolve(params, {}, {}, settings);
  if (target === null) throw new Error(problem ?? skipped ?? "there is no target");
  return (await ask({ target, deadlines: longDeadlines })).outcome;
}

const vertex = { vertex_project: "p", vertex_location: "us-east5" };
const signing = { aws_access_key_id: "AKIDTEST", aws_secret_access_key: "a-secret-access-key" };

describe("a stranger's server understands and is understood in", () => {
  test("Bedrock's converse, with a bearer key", async () => {
    const model = "bedrock/anthropic.claude-3-haiku-20240307-v1:0";
    const outcome = await probe({ model, api_base: withKeys.url, api_key: key });
    expect({ class: outcome.class, text: outcome.text }).toEqual({ class: "ok", text: "" });
  });

  test("Bedrock's converse, signed", async () => {
    const model = "bedrock/us.amazon.nova-lite-v1:0";
    const outcome = await probe({ model, ...signing, aws_bedrock_runtime_endpoint: open.url });
    expect({ class: outcome.class, text: outcome.text }).toEqual({ class: "ok", text: "" });
  });

  for (const stream of [false, true]) {
    test(`Gemini on Vertex AI${stream ? ", as a stream" : ""}`, async () => {
      const model = "vertex_ai/gemini-2.5-flash";
      const outcome = await probe(
        { model, ...vertex, api_base: withKeys.url, api_key: key },
        { stream },
      );
      expect({ class: outcome.class, text: outcome.text }).toEqual({ class: "ok", text: "" });
    });
  }

  test("OpenAI's chat at Bedrock's own endpoint, signed", async () => {
    const outcome = await probe({
      model: "bedrock_mantle/openai.gpt-oss-120b",
      api_base: `${open.url}/v1`,
      ...signing,
    });
    expect({ class: outcome.class, text: outcome.text }).toEqual({ class: "ok", text: "" });
  });
});

test("a wrong key is told by a stranger's server", async () => {
  const model = "bedrock/anthropic.claude-3-haiku-20240307-v1:0";
  const outcome = await probe({ model, api_base: withKeys.url, api_key: "sk-wrong" });
  expect(outcome.class).toBe("auth");
});
