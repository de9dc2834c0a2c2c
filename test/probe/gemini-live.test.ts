// Sessions of Gemini Live, over the wire.

import { afterEach, describe, expect, test } from "bun:test";
import { agreed, closing, frame, startSocketServer } from "../provider/websocket.ts";
import { eventually } from "../servers/process.ts";
import { ask } from "./prober.ts";
import { longDeadlines, secretKey, target } from "./target.ts";

let stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});

/** Asks a server that answers with these frames. */
async function probe(answer: Buffer) {
  const server = startSocketServer((socket, head) => {
    socket.write(Buffer.concat([Buffer.from(agreed(head)), answer]));
  });
  stops.push(server.stop);
  const subject = target({
    family: "gemini",
    provider: "gemini",
    mode: "realtime",
    model: "gemini-live-2.5-flash",
    baseUrl: server.url.replace("ws:", "http:").replace("/v1/realtime", "/v1beta"),
  });
  const { outcome } = await ask({ target: subject, deadlines: longDeadlines });
  return { outcome, server };
}

describe("a session of Gemini Live", () => {
  test("is begun with its setup, as binary JSON is answered, and costs nothing", async () => {
    const { outcome, server } = await probe(frame(2, JSON.stringify({ setupComplete: {} })));
    expect(outcome).toMatchObject({
      class: "ok",
      text: "",
      usage: { promptTokens: null, completionTokens: null },
    });
    await eventually("setup and close have come", () => server.frames.length === 2);
    const [setup, close] = server.frames;
    expect(JSON.parse(setup?.payload.toString() ?? "")).toEqual({
      setup: {
        model: "models/gemini-live-2.5-flash",
        generationConfig: { responseModalities: ["AUDIO"] },
      },
    });
    expect(close?.opcode).toBe(8);
  });

  test("shows its key in a header, and not in its address", async () => {
    const { server } = await probe(frame(2, JSON.stringify({ setupComplete: {} })));
    expect(server.heads[0]).toContain(`x-goog-api-key: ${secretKey}\r\n`);
    expect(server.heads[0]?.split("\r\n")[0]).toBe(
      "GET /ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent HTTP/1.1",
    );
  });

  const ends: [title: string, answer: Buffer, expected: string][] = [
    ["with a wrong key", closing(1007, "API key not valid. Please pass a valid API key."), "auth"],
    [
      "of a model that does not talk",
      closing(1008, "models/x is not found for API version v1beta, or is not supported"),
      "model_not_found",
    ],
    [
      "of an account that is used up",
      closing(1011, "You exceeded your current quota, please check your plan and billing details"),
      "billing",
    ],
    ["whose setup is refused", closing(1007, "Request contains an invalid argument."), "bad_probe"],
    ["that is not there", closing(1011, "Internal error encountered."), "server_error"],
    ["that begins otherwise", frame(2, JSON.stringify({ serverContent: {} })), "protocol"],
  ];
  for (const [title, answer, expected] of ends) {
    test(`${title} ends as ${expected}`, async () => {
      expect((await probe(answer)).outcome.class).toBe(expected as "auth");
    });
  }
});
