// The one adaptive change, over the wire: what is refused, and what is asked then.

import { afterAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { createProber } from "../../src/probe/probe.ts";
import type { ProbeTarget } from "../../src/registry/deployment.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { playProviders } from "../provider/played.ts";
import { longDeadlines, target } from "./target.ts";

const world = playProviders();
afterAll(() => world.stop());
const ask = createProber({
  transport: world.playing(createHttpTransport({ resolver: createResolver(), keep: keepNone })),
  bodyBytesMax: 64 * 1024,
  clock: systemClock,
});

const chatAnswer = { choices: [{ message: { content: "pong" }, finish_reason: "stop" }] };
const refusal = (message: string, param: string | null = null) => ({
  error: { message, type: "invalid_request_error", param, code: "x" },
});

/** Asks twice; the second answer is a success. */
async function probe(
  changes: Partial<ProbeTarget>,
  status: number,
  refused: object,
  answer: unknown = chatAnswer,
) {
  const json = { "content-type": "application/json" };
  world.answering([
    { status, headers: json, body: JSON.stringify(refused) },
    {
      status: 200,
      headers: json,
      body: typeof answer === "string" ? answer : JSON.stringify(answer),
    },
  ]);
  const asked = await ask({ target: target(changes), deadlines: longDeadlines });
  const [first, second] = world.seen;
  return { ...asked, first, second };
}

describe("a model that is asked for a chat and", () => {
  test("is only served as responses is asked for a response, and this is remembered", async () => {
    const { outcome, adapted, second } = await probe(
      { model: "o1-pro" },
      404,
      refusal("This model is only supported in v1/responses and not in v1/chat/completions."),
      { status: "completed" },
    );
    expect(second?.url).toBe("https://api.openai.com/v1/responses");
    expect(outcome.class).toBe("ok");
    expect(adapted?.mode).toBe("responses");
  });

  test("is no chat model is asked for a completion", async () => {
    const { outcome, second } = await probe(
      { model: "davinci-002" },
      404,
      refusal(
        "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?",
      ),
      { choices: [{ text: "pong" }] },
    );
    expect(second?.url).toBe("https://api.openai.com/v1/completions");
    expect(outcome.class).toBe("ok");
  });

  test("does not exist is not asked again", async () => {
    const { outcome, second } = await probe({}, 404, {
      error: { message: "The model `x` does not exist", code: "model_not_found" },
    });
    expect(second).toBeUndefined();
    expect(outcome.class).toBe("model_not_found");
  });
});

describe("a field that is refused", () => {
  const responses = { mode: "responses" } as const;
  const cases: [
    title: string,
    changes: Partial<ProbeTarget>,
    status: number,
    body: object,
    name: string,
  ][] = [
    ["store", responses, 400, refusal("Unknown parameter: 'store'.", "store"), "store"],
    [
      "reasoning effort of a response",
      { ...responses, reasoningEffort: "low" },
      400,
      refusal("Unsupported parameter: 'reasoning' is not supported with this model."),
      "reasoning",
    ],
    [
      "the type of an input",
      { mode: "embedding", provider: "nvidia_nim", extraBody: { input_type: "query" } },
      422,
      { detail: [{ loc: ["body", "input_type"], msg: "Extra inputs are not permitted" }] },
      "input_type",
    ],
    [
      "the quality of an image",
      { mode: "image_generation", model: "gpt-image-1" },
      400,
      refusal("Unknown parameter: 'quality'.", "quality"),
      "quality",
    ],
  ];
  for (const [title, changes, status, body, name] of cases) {
    test(`is left out, and nothing else: ${title}`, async () => {
      const { first, second, adapted } = await probe(changes, status, body, {});
      const { [name]: refused, ...rest } = (first?.body ?? {}) as Record<string, unknown>;
      expect(refused).toBeDefined();
      expect<unknown>(second?.body).toEqual(rest);
      expect(adapted?.omitted).toEqual([name]);
    });
  }

  test("and is no field of ours is left alone", async () => {
    const { second, outcome } = await probe({}, 400, refusal("Unknown parameter: 'store'."));
    expect(second).toBeUndefined();
    expect(outcome.class).toBe("bad_probe");
  });

  test("of a model that we cannot ask without it is a refused probe", async () => {
    const { second } = await probe({}, 400, refusal("Unsupported parameter: 'messages'"));
    expect(second).toBeUndefined();
  });
});

describe("a thinking model of Alibaba", () => {
  const qwen = { provider: "dashscope", model: "qwen3-new" };

  test("that thinks in streams only is told not to think", async () => {
    const { second } = await probe(
      qwen,
      400,
      refusal("parameter.enable_thinking must be set to false for non-streaming calls"),
    );
    expect(second?.body).toMatchObject({ enable_thinking: false });
  });

  test("that only streams is asked for a stream", async () => {
    const { second, outcome } = await probe(
      qwen,
      400,
      refusal("This model only support stream mode, please enable the stream parameter."),
      'data: {"choices":[{"delta":{"content":"p"}}]}\n\ndata: [DONE]\n\n',
    );
    expect(second?.body).toMatchObject({ stream: true });
    expect(outcome.class).toBe("ok");
  });
});
