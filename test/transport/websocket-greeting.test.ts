// WebSockets whose server speaks only when it is spoken to, against Bun's own server.

import { afterAll, describe, expect, test } from "bun:test";
import { createHttpTransport, keepNone } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import { directRoute, longDeadlines } from "../probe/target.ts";

let head: Record<string, string> = {};
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, self) {
    head = request.headers.toJSON() as Record<string, string>;
    return self.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 });
  },
  websocket: {
    message(socket, message) {
      const kind = typeof message === "string" ? "text" : "bytes";
      socket.send(`${kind} of ${message.length}, ending with ${message.slice(-1).toString()}`);
    },
  },
});
afterAll(() => server.stop(true));

const transport = createHttpTransport({ resolver: createResolver(), keep: keepNone });
const greet = (body: string) =>
  transport.exchange(
    { method: "GET", url: `ws://127.0.0.1:${server.port}/live`, headers: {}, body },
    { deadlines: longDeadlines, bodyBytesMax: 1024, route: directRoute },
  );

describe("a WebSocket that is greeted first", () => {
  for (const length of [1, 125, 126, 65_535]) {
    test(`hears a greeting of ${length} bytes`, async () => {
      const { response } = await greet(`${"x".repeat(length - 1)}!`);
      expect(response?.body).toBe(`text of ${length}, ending with !`);
    });
  }

  test("hears it after the handshake and not with it", async () => {
    await greet("hello");
    expect(head["content-length"]).toBeUndefined();
  });

  test("is not opened for a greeting that is too long for a frame", async () => {
    const { failure } = await greet("x".repeat(65_536));
    expect(failure?.text).toContain("too long");
  });
});
