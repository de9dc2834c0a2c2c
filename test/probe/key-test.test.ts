// A list of models that everybody gets does not prove a key: its host is asked once with a wrong one.

import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/clock.ts";
import { createKeyTests, publicListRemark } from "../../src/probe/key-test.ts";
import { createProber } from "../../src/probe/probe.ts";
import type { ProbeTarget } from "../../src/registry/deployment.ts";
import { freeMeaning } from "../../src/schedule/rung-choice.ts";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { longDeadlines, secretKey, target } from "./target.ts";

type Answer = (key: string | null) => Response | Promise<Response>;

/** The keys that the server was shown, in order. */
let seen: (string | null)[] = [];
let answer: Answer = () => list();
const list = () => Response.json({ object: "list", data: [{ id: "gpt-4o" }] });
const refusal = () => Response.json({ error: { code: "invalid_api_key" } }, { status: 401 });
const toItsOwn: Answer = (key) => (key === `Bearer ${secretKey}` ? list() : refusal());

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    const key = request.headers.get("authorization");
    seen.push(key);
    return answer(key);
  },
});
const baseUrl = `http://127.0.0.1:${server.port}/v1`;
afterAll(() => server.stop(true));
beforeEach(() => {
  seen = [];
  answer = () => list();
});

/** A prober that knows nothing of the host yet. */
function startProber() {
  const ask = createProber({
    transport: createHttpTransport({ resolver: createResolver(), keep: keepNone }),
    bodyBytesMax: 64 * 1024,
    clock: systemClock,
    keyTests: createKeyTests(),
  });
  return async (changes: Partial<ProbeTarget> = {}) => {
    const subject = target({ provider: "openai_like", rung: "metadata", baseUrl, ...changes });
    return (await ask({ target: subject, deadlines: longDeadlines })).outcome;
  };
}

describe("a list of models that may be for everybody", () => {
  test("stands in for the paid question where a wrong key is refused", async () => {
    answer = toItsOwn;
    const outcome = await startProber()();
    expect([outcome.class, outcome.text, freeMeaning(outcome)]).toEqual(["ok", "", "recorded"]);
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(`Bearer ${secretKey}`);
  });

  test("does not where everybody gets it, and says so", async () => {
    const outcome = await startProber()();
    expect([outcome.class, outcome.text]).toEqual(["ok", publicListRemark]);
    expect(freeMeaning(outcome)).toBe("provesNothing");
  });

  test.each([
    ["refuses a wrong key", toItsOwn],
    ["answers a wrong key", list],
  ] as const)("of a host that %s is asked for once with it", async (_, answers) => {
    answer = answers;
    const probe = startProber();
    const texts = [await probe(), await probe(), await probe({ apiKey: secretKey })];
    expect(seen.filter((key) => key !== `Bearer ${secretKey}`)).toHaveLength(1);
    expect(new Set(texts.map(({ text }) => text)).size).toBe(1);
  });

  test("is asked for with a wrong key three times at most where that tells nothing", async () => {
    answer = (key) =>
      key === `Bearer ${secretKey}` ? list() : new Response("busy", { status: 503 });
    const probe = startProber();
    const texts: string[] = [];
    for (let count = 0; count < 5; count += 1) texts.push((await probe()).text);
    expect(texts).toEqual(["", "", publicListRemark, publicListRemark, publicListRemark]);
    expect(seen.filter((key) => key !== `Bearer ${secretKey}`)).toHaveLength(3);
  });

  test("is asked for with one wrong key, however many ask at once", async () => {
    answer = toItsOwn;
    const probe = startProber();
    await Promise.all([probe(), probe(), probe(), probe()]);
    expect(seen.filter((key) => key !== `Bearer ${secretKey}`)).toHaveLength(1);
  });

  test("is not asked for with a wrong key after the right one was refused", async () => {
    answer = () => refusal();
    expect((await startProber()()).class).toBe("auth");
    expect(seen).toEqual([`Bearer ${secretKey}`]);
  });

  test("is not asked for with a key where the deployment has none", async () => {
    expect((await startProber()({ apiKey: null })).text).toBe("");
    expect(seen).toEqual([null]);
  });

  test("is asked for with a wrong key in place of the operator's own header", async () => {
    const headers = { authorization: "Bearer the-operators-own" };
    const outcome = await startProber()({ apiKey: null, headers });
    expect(outcome.text).toBe(publicListRemark);
    expect(seen[0]).toBe("Bearer the-operators-own");
    expect(seen[1]).not.toContain("operators-own");
  });

  test("is that of a known provider's models at another host", async () => {
    expect((await startProber()({ provider: "groq" })).text).toBe(publicListRemark);
  });

  test.each([
    ["is documented to want the key", { provider: "litellm_proxy" }],
    ["is known to be for everybody", { provider: "sambanova" }],
  ])("is asked for as it is where it %s", async (_, changes) => {
    expect((await startProber()(changes)).text).toBe("");
    expect(seen).toHaveLength(1);
  });
});
