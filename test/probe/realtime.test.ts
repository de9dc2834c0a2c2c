// Probes of the mode realtime, over the wire.

import { afterEach, describe, expect, test } from "bun:test";
import { questionOf } from "../../src/probe/families.ts";
import type { ProbeTarget } from "../../src/registry/deployment.ts";
import { agreed, closing, frame, startSocketServer } from "../provider/websocket.ts";
import { eventually } from "../servers/process.ts";
import { ask } from "./prober.ts";
import { longDeadlines, secretKey, target } from "./target.ts";

let stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});

/** Asks a server that answers the handshake with this, or with these frames. */
async function probe(answer: string | Buffer, changes: Partial<ProbeTarget> = {}) {
  const server = startSocketServer((socket, head) => {
    const bytes = typeof answer === "string" ? Buffer.from(answer) : answer;
    const agreement = typeof answer === "string" ? "" : agreed(head);
    socket.write(Buffer.concat([Buffer.from(agreement), bytes]));
  });
  stops.push(server.stop);
  const baseUrl = server.url.replace("ws:", "http:").replace("/realtime", "");
  const subject = target({ mode: "realtime", model: "gpt-realtime", baseUrl, ...changes });
  return { ...(await ask({ target: subject, deadlines: longDeadlines })), server };
}

const event = (body: object) => frame(1, JSON.stringify(body));
const refusal = (status: string, error: object) => {
  const body = JSON.stringify({ error });
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};

describe("a realtime model", () => {
  test("is well when its first event begins a session, and nothing is said or paid", async () => {
    const { outcome, server } = await probe(event({ type: "session.created", session: {} }));
    expect(outcome).toMatchObject({ class: "ok", httpStatus: 101, text: "" });
    expect(outcome.usage).toEqual({ promptTokens: null, completionTokens: null });
    expect(server.heads[0]).toStartWith("GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\n");
    expect(server.heads[0]).toContain(`authorization: Bearer ${secretKey}\r\n`);
    await eventually("the close frame has come", () => server.frames.length > 0);
    expect(server.frames).toEqual([{ opcode: 8, payload: Buffer.of(3, 232) }]);
  });

  test("of xAI is well when it begins with the conversation", async () => {
    const { outcome } = await probe(event({ type: "conversation.created" }), { provider: "xai" });
    expect(outcome.class).toBe("ok");
  });

  test("that only writes down is asked for such a session, without a model, which is refused there", async () => {
    const begun = event({ type: "transcription_session.created", session: {} });
    const { outcome, server } = await probe(begun, { model: "gpt-4o-mini-transcribe" });
    expect(outcome.class).toBe("ok");
    expect(server.heads[0]).toStartWith("GET /v1/realtime?intent=transcription HTTP/1.1\r\n");
  });

  test.each([
    ["v1", "wss://r.openai.azure.com/openai/v1/realtime?intent=transcription"],
    [
      "2025-04-01-preview",
      "wss://r.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&intent=transcription",
    ],
  ])("that only writes down is asked at Azure's %s in the same way", (apiVersion, url) => {
    const subject = target({
      ...({ family: "azure", provider: "azure", mode: "realtime", apiVersion } as const),
      ...{ model: "ears", baseModel: "gpt-4o-transcribe", baseUrl: "https://r.openai.azure.com" },
    });
    expect(questionOf(subject).request(subject).url).toBe(url);
  });

  const failures: [title: string, answer: string | Buffer, expected: string][] = [
    [
      "whose first event is an error",
      event({
        type: "error",
        error: { type: "invalid_request_error", code: "model_not_found", message: "No such model" },
      }),
      "model_not_found",
    ],
    [
      "whose account is empty",
      event({ type: "error", error: { type: "insufficient_quota", message: "You exceeded it" } }),
      "billing",
    ],
    [
      "whose server fails in the session",
      event({ type: "error", error: { type: "server_error", message: "Something broke" } }),
      "server_error",
    ],
    ["that begins with another event", event({ type: "response.done" }), "protocol"],
    ["that begins with something else than JSON", frame(1, "hello"), "protocol"],
    ["whose key is refused", refusal("401 Unauthorized", { code: "invalid_api_key" }), "auth"],
    [
      "that nobody knows",
      refusal("404 Not Found", { code: "model_not_found", message: "The model does not exist" }),
      "model_not_found",
    ],
    ["over its rate", refusal("429 Too Many Requests", { message: "Slow down" }), "rate_limited"],
    [
      "whose server answers without switching",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
      "protocol",
    ],
    ["that is closed by policy", closing(1008, "Policy violation"), "permission"],
    ["that is closed for its key", closing(1008, "Incorrect API key provided"), "auth"],
    [
      "that is closed with a code in the reason",
      closing(3000, "invalid_request_error.invalid_api_key"),
      "auth",
    ],
    ["that is closed by a failing server", closing(1011), "server_error"],
    ["that is closed for want of room", closing(1013, "Server is overloaded"), "overloaded"],
    ["that is closed with a status of HTTP", closing(4429, "slow down"), "rate_limited"],
    ["that is closed for no reason", closing(1000), "protocol"],
  ];
  for (const [title, answer, expected] of failures) {
    test(`${title} ends as ${expected}`, async () => {
      const { outcome } = await probe(answer);
      expect(outcome.class).toBe(expected as "auth");
      expect(outcome.text).not.toBe("");
    });
  }

  test("that echoes the key when it closes gives nothing of it away", async () => {
    const { outcome } = await probe(closing(1008, `bad key ${secretKey}`));
    expect(outcome.text).toContain("(1008): bad key");
    expect(outcome.text).not.toContain("1234567890");
  });
});

describe("the address of a realtime model", () => {
  const azure = {
    family: "azure",
    provider: "azure",
    baseUrl: "https://a.openai.azure.com",
  } as const;
  const addresses: [title: string, changes: Partial<ProbeTarget>, url: string][] = [
    ["of OpenAI", {}, "wss://api.openai.com/v1/realtime?model=gpt-realtime"],
    [
      "of OpenAI from that of a chat",
      { baseUrl: "https://api.openai.com/v1/chat/completions" },
      "wss://api.openai.com/v1/realtime?model=gpt-realtime",
    ],
    [
      "of Azure's v1 API",
      { ...azure, apiVersion: "v1" },
      "wss://a.openai.azure.com/openai/v1/realtime?model=gpt-realtime",
    ],
    [
      "of Azure's preview",
      { ...azure, apiVersion: "2024-10-01-preview" },
      "wss://a.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=gpt-realtime",
    ],
    [
      "on this machine",
      { baseUrl: "http://127.0.0.1:8000/v1" },
      "ws://127.0.0.1:8000/v1/realtime?model=gpt-realtime",
    ],
  ];
  for (const [title, changes, url] of addresses) {
    test(`${title} is ${url}`, () => {
      const subject = target({ mode: "realtime", model: "gpt-realtime", ...changes });
      expect(questionOf(subject).request(subject).url).toBe(url);
    });
  }

  test("is asked with Azure's own header for the key", () => {
    const subject = target({ mode: "realtime", ...azure, apiVersion: "v1" });
    expect(questionOf(subject).request(subject).headers).toMatchObject({ "api-key": secretKey });
  });
});
