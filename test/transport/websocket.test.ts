// WebSockets against real servers: Bun's own where all is well, bare sockets where it is not.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createServer } from "node:tls";
import type { Server } from "bun";
import fc from "fast-check";
import type { ProxyRoute, Route } from "../../src/registry/deployment.ts";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";
import { createHttpTransport } from "../../src/transport/client.ts";
import { createResolver } from "../../src/transport/resolver.ts";
import {
  MessageReader,
  messageBytesMax,
  type WebSocketEvent,
} from "../../src/transport/websocket-frames.ts";
import { deadlinesFor, directRoute, longDeadlines } from "../probe/target.ts";
import {
  agreed,
  closing,
  frame,
  type ServerSocket,
  type SocketServer,
  startSocketServer,
} from "../provider/websocket.ts";
import { eventually } from "../servers/process.ts";
import { type Authority, createAuthority } from "./authority.ts";
import { startProxy } from "./proxy.ts";

const transport = createHttpTransport({
  resolver: createResolver(),
  keep: { idleMs: 60_000, perKey: 8, total: 8, ageMs: 600_000 },
});
let stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});
afterAll(() => transport.close());

function ask(
  url: string,
  more: { route?: Partial<Route>; headers?: Record<string, string> } = {},
  deadlines = longDeadlines,
) {
  return transport.exchange(
    { method: "GET", url, headers: more.headers ?? {}, body: null },
    { deadlines, bodyBytesMax: 256 * 1024, route: { ...directRoute, ...more.route } },
  );
}

function serving(act: (socket: ServerSocket, head: string) => void): SocketServer {
  const server = startSocketServer(act);
  stops.push(server.stop);
  return server;
}

/** A server that agrees and then sends these bytes, with the handshake or after it. */
const sending = (...bytes: Buffer[]) =>
  serving(
    (socket, head) => void socket.write(Buffer.concat([Buffer.from(agreed(head)), ...bytes])),
  );

/** Bun's own server: says hello, and remembers how it was asked and closed. */
function startBun(tls?: { key: string; cert: string }) {
  const seen: { headers: Record<string, string>[]; closes: number[] } = { headers: [], closes: [] };
  const server: Server<undefined> = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    ...(tls === undefined ? {} : { tls }),
    fetch(request, upgrading) {
      seen.headers.push(request.headers.toJSON() as Record<string, string>);
      if (new URL(request.url).pathname === "/refused") {
        return Response.json({ error: { code: "invalid_api_key" } }, { status: 401 });
      }
      return upgrading.upgrade(request) ? undefined : new Response("no", { status: 400 });
    },
    websocket: {
      open: (socket) => void socket.send('{"type":"hello"}'),
      message() {},
      close: (_socket, code) => void seen.closes.push(code),
    },
  });
  stops.push(() => void server.stop(true));
  return { port: server.port, seen };
}

describe("a WebSocket", () => {
  test("is opened, gives its first message, and is closed with 1000", async () => {
    const { port, seen } = startBun();
    const { response, phases, peer } = await ask(`ws://127.0.0.1:${port}/v1/realtime?model=x`, {
      headers: { authorization: "Bearer k", connection: "close", upgrade: "h2c" },
    });
    expect(response).toMatchObject({ status: 101, body: '{"type":"hello"}', truncated: false });
    expect(seen.headers).toMatchObject([
      { authorization: "Bearer k", connection: "Upgrade", upgrade: "websocket" },
    ]);
    expect(phases.connectMs).toBeGreaterThan(0);
    expect(phases.firstByteMs).toBeGreaterThan(0);
    expect(peer).toMatchObject({ address: "127.0.0.1", reused: false });
    await eventually("the server saw the close frame", () => seen.closes.length > 0);
    expect(seen.closes).toEqual([1000]);
  });

  test("never goes over a connection that was kept, and leaves none behind", async () => {
    const { port } = startBun();
    const http = await ask(`http://127.0.0.1:${port}/refused`);
    const refused = await ask(`ws://127.0.0.1:${port}/refused`);
    const again = await ask(`ws://127.0.0.1:${port}/refused`);
    expect([http, refused, again].map(({ peer }) => peer.reused)).toEqual([false, false, false]);
  });

  test("that is refused gives the answer of HTTP", async () => {
    const { port } = startBun();
    const { response } = await ask(`ws://127.0.0.1:${port}/refused`);
    expect(response).toMatchObject({ status: 401, body: '{"error":{"code":"invalid_api_key"}}' });
  });

  const messages: [title: string, bytes: Buffer[], body: string][] = [
    ["in one frame", [frame(1, "hello")], "hello"],
    ["in fragments", [frame(1, "he", false), frame(0, "l", false), frame(0, "lo")], "hello"],
    [
      "with a ping between its fragments",
      [frame(1, "he", false), frame(9, "?"), frame(0, "llo")],
      "hello",
    ],
    ["after a pong that nobody asked for", [frame(10, ""), frame(1, "hello")], "hello"],
    ["in a binary frame", [frame(2, "hello")], "hello"],
    ["that is empty", [frame(1, "")], ""],
    ["of 300 bytes", [frame(1, "x".repeat(300))], "x".repeat(300)],
    ["as long as the bound", [frame(1, "x".repeat(messageBytesMax))], "x".repeat(messageBytesMax)],
    [
      "with a character split between fragments",
      [frame(1, Buffer.of(0xc3), false), frame(0, Buffer.of(0xa9))],
      "é",
    ],
    ["before what follows", [frame(1, "hello"), closing(1011)], "hello"],
  ];
  for (const [title, bytes, body] of messages) {
    test(`gives a message ${title}`, async () => {
      expect((await ask(sending(...bytes).url)).response).toMatchObject({ status: 101, body });
    });
  }

  test("gives the same message when every byte comes for itself", async () => {
    const server = serving((socket, head) => {
      const bytes = Buffer.concat([Buffer.from(agreed(head)), frame(9, "?"), frame(1, "hello")]);
      let at = 0;
      socket.data.timer = setInterval(() => {
        socket.write(bytes.subarray(at, at + 1));
        at += 1;
      }, 0);
    });
    expect((await ask(server.url)).response?.body).toBe("hello");
  });

  test("answers a ping with its payload, masked", async () => {
    const server = sending(frame(9, "are you there"), frame(1, "hello"));
    await ask(server.url);
    await eventually("pong and close have come", () => server.frames.length === 2);
    expect(server.frames).toEqual([
      { opcode: 10, payload: Buffer.from("are you there") },
      { opcode: 8, payload: Buffer.of(3, 232) },
    ]);
  });

  const closes: [title: string, bytes: Buffer, code: number, reason: string][] = [
    ["with a code and a reason", closing(1008, "who are you"), 1008, "who are you"],
    ["with a code alone", closing(1011), 1011, ""],
    ["without a code", frame(8, ""), 1005, ""],
  ];
  for (const [title, bytes, closeCode, body] of closes) {
    test(`that is closed ${title} before its first message says so`, async () => {
      const server = sending(bytes);
      expect((await ask(server.url)).response).toMatchObject({ status: 101, closeCode, body });
      await eventually("it is closed", () => server.open() === 0);
    });
  }
});

describe("the reader of frames", () => {
  test("never fails, whatever bytes come in whatever pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (pieces) => {
        const reader = new MessageReader(() => {});
        for (const piece of pieces) if (reader.take(Buffer.from(piece)) !== null) return;
      }),
      { numRuns: 500 },
    );
  });

  test("finds the same message wherever its bytes are split", () => {
    const part = fc.record({ words: fc.string({ maxLength: 300 }), ping: fc.boolean() });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), fc.nat(64), (parts, size) => {
        const frames = parts.flatMap(({ words, ping }, index) => [
          frame(index === 0 ? 1 : 0, words, index === parts.length - 1),
          ...(ping && index < parts.length - 1 ? [frame(9, "?")] : []),
        ]);
        const bytes = Buffer.concat(frames);
        const reader = new MessageReader(() => {});
        let event: WebSocketEvent | null = null;
        for (let at = 0; at < bytes.length && event === null; at += size + 1) {
          event = reader.take(bytes.subarray(at, at + size + 1));
        }
        const text = Buffer.from(parts.map(({ words }) => words).join("")).toString();
        expect(event).toEqual({ kind: "message", text });
      }),
    );
  });
});

describe("a server that", () => {
  const masked = Buffer.concat([Buffer.of(0x81, 0x81, 1, 2, 3, 4), Buffer.of(0x60)]);
  const handshakes: [title: string, answer: (head: string) => string, words: string][] = [
    ["accepts another key", () => agreed("Sec-WebSocket-Key: other"), "Accept"],
    ["accepts no key", (head) => agreed(head).replace(/Sec-WebSocket-Accept.*\r\n/, ""), "Accept"],
    [
      "upgrades to something else",
      (head) => agreed(head).replace("websocket", "h2c"),
      "something else",
    ],
    [
      "adds an extension",
      (head) => agreed(head, "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
      "extension",
    ],
    [
      "adds a subprotocol",
      (head) => agreed(head, "Sec-WebSocket-Protocol: chat\r\n"),
      "subprotocol",
    ],
  ];
  for (const [title, answer, words] of handshakes) {
    test(`${title} in the handshake is not believed`, async () => {
      const server = serving((socket, head) => void socket.write(answer(head)));
      const { failure } = await ask(server.url);
      expect(failure?.class).toBe("protocol");
      expect(failure?.text).toContain(words);
      await eventually("it is closed", () => server.open() === 0);
    });
  }

  const frames: [title: string, bytes: Buffer[], words: string][] = [
    ["masks its frames", [masked], "masked"],
    [
      "sends random bytes",
      [Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 167 + 115) % 256))],
      "cannot be read",
    ],
    ["sends text that is no UTF-8", [frame(1, Buffer.of(0xff, 0xfe))], "UTF-8"],
    [
      "announces a message without end",
      [Buffer.from([0x81, 127, 127, 255, 255, 255, 255, 255, 255, 255])],
      "longer than",
    ],
    ["sends a message over the bound", [frame(1, "x".repeat(messageBytesMax + 1))], "longer than"],
    [
      "sends fragments over the bound",
      Array.from({ length: 5 }, (_, i) => frame(i === 0 ? 1 : 0, "x".repeat(16_384), false)),
      "longer than",
    ],
    [
      "sends empty fragments without end",
      Array.from({ length: 2000 }, (_, i) => frame(i === 0 ? 1 : 0, "", false)),
      "no message in",
    ],
    ["continues what was not begun", [frame(0, "x")], "order"],
    ["begins a message in a message", [frame(1, "x", false), frame(1, "y")], "order"],
    ["sends a ping in fragments", [frame(9, "x", false)], "control frame"],
    ["sends a ping over its bound", [frame(9, "x".repeat(126))], "control frame"],
    ["sends an unknown opcode", [frame(3, "x")], "opcode"],
    ["compresses though nobody agreed", [Buffer.of(0xc1, 1, 0x60)], "extension"],
    ["closes with half a code", [frame(8, "x")], "half a code"],
  ];
  for (const [title, bytes, words] of frames) {
    test(`${title} ends as protocol, and its connection is closed`, async () => {
      const server = sending(...bytes);
      const { failure } = await ask(server.url);
      expect(failure?.class).toBe("protocol");
      expect(failure?.text).toContain(words);
      await eventually("it is closed", () => server.open() === 0);
    });
  }

  const ends: [
    title: string,
    act: (socket: ServerSocket, head: string) => void,
    expected: OutcomeClass,
  ][] = [
    ["never answers the handshake", () => {}, "timeout_first_byte"],
    ["agrees and says nothing", (socket, head) => void socket.write(agreed(head)), "timeout_total"],
    [
      "agrees and pings without end",
      (socket, head) => {
        socket.write(agreed(head));
        socket.data.timer = setInterval(() => socket.write(frame(9, "?")), 5);
      },
      "timeout_total",
    ],
    [
      "agrees and hangs up",
      (socket, head) => {
        socket.write(agreed(head));
        socket.end();
      },
      "reset",
    ],
    [
      "hangs up in the middle of a frame",
      (socket, head) => {
        socket.write(Buffer.concat([Buffer.from(agreed(head)), frame(1, "hello").subarray(0, 4)]));
        socket.end();
      },
      "reset",
    ],
    [
      "answers like an SSH server",
      (socket) => void socket.write("SSH-2.0-OpenSSH_9.2\r\n"),
      "protocol",
    ],
  ];
  for (const [title, act, expected] of ends) {
    test(`${title} ends as ${expected}`, async () => {
      const server = serving(act);
      const { failure } = await ask(server.url, {}, deadlinesFor(expected));
      expect(failure?.class).toBe(expected);
      await eventually("it is closed", () => server.open() === 0);
    });
  }

  test("switches though it was asked for HTTP is refused", async () => {
    const server = serving((socket, head) => void socket.write(agreed(head)));
    const { failure } = await ask(server.url.replace("ws:", "http:"));
    expect(failure?.class).toBe("protocol");
  });
});

describe("through a proxy", () => {
  let authority: Authority;
  let route: Partial<Route>;
  beforeAll(() => {
    authority = createAuthority();
    route = { caFile: authority.caFile };
  });
  afterAll(() => authority.remove());

  async function proxied(): Promise<{ proxy: ProxyRoute; heads: string[] }> {
    const started = await startProxy();
    stops.push(started.stop);
    const { port, heads } = started;
    return {
      proxy: { secure: false, hostname: "127.0.0.1", port, authorization: "Basic x" },
      heads,
    };
  }

  test("a plain WebSocket goes through a tunnel, as its standard wants", async () => {
    const { port } = startBun();
    const { proxy, heads } = await proxied();
    const { response } = await ask(`ws://name.example:${port}/`, { route: { proxy } });
    expect(response?.body).toBe('{"type":"hello"}');
    expect(heads[0]).toStartWith(`CONNECT name.example:${port} HTTP/1.1`);
    expect(heads[0]).toContain("Proxy-Authorization: Basic x");
  });

  test("a WebSocket over TLS goes through a tunnel, and tells the server's certificate", async () => {
    const certificate = authority.sign(["name.example"]);
    const { port, seen } = startBun({
      key: readFileSync(certificate.keyFile, "utf8"),
      cert: readFileSync(certificate.certFile, "utf8"),
    });
    const { proxy } = await proxied();
    const { response, phases, peer } = await ask(`wss://name.example:${port}/`, {
      route: { ...route, proxy },
    });
    expect(response?.body).toBe('{"type":"hello"}');
    expect(phases.tlsMs).toBeGreaterThan(0);
    expect(peer.certificateEndMs).toBeGreaterThan(Date.now());
    expect(seen.headers[0]).not.toHaveProperty("proxy-authorization");
    await eventually("the server saw the close frame", () => seen.closes.length > 0);
    expect(seen.closes).toEqual([1000]);
  });

  test("that itself speaks TLS a plain WebSocket goes through a tunnel too", async () => {
    const { port } = startBun();
    const plain = await startProxy();
    const certificate = authority.sign(["127.0.0.1"]);
    const secured = createServer(
      { key: readFileSync(certificate.keyFile), cert: readFileSync(certificate.certFile) },
      (socket) => {
        const inner = connect(plain.port, "127.0.0.1");
        for (const one of [socket, inner]) one.on("error", () => {});
        socket.pipe(inner).pipe(socket);
      },
    );
    await new Promise<void>((resolve) => secured.listen(0, "127.0.0.1", resolve));
    stops.push(plain.stop, () => secured.close());
    const proxy = {
      ...{ secure: true, hostname: "127.0.0.1", authorization: null },
      port: (secured.address() as { port: number }).port,
    };
    const { response } = await ask(`ws://name.example:${port}/`, { route: { ...route, proxy } });
    expect(response?.body).toBe('{"type":"hello"}');
    expect(plain.heads[0]).toStartWith(`CONNECT name.example:${port} `);
  });

  test("that does not let it through, the failure is the proxy's", async () => {
    const refusing = await startProxy("403 Forbidden");
    stops.push(refusing.stop);
    const proxy = {
      secure: false,
      hostname: "127.0.0.1",
      port: refusing.port,
      authorization: null,
    };
    const { failure } = await ask("ws://name.example/", { route: { proxy } });
    expect(failure).toMatchObject({ class: "connect", text: expect.stringContaining("proxy") });
  });
});
